"""The person wrote OTHER: they want somebody else, and need not say why."""

from services.matching.actions.ask_next_coach import OfferContext
from services.matching.actions.change_coach import change_coach
from services.matching.rules.states import OfferState, OfferTrigger
from services.matching.store import coaches, offers, searches
from services.matching.store.offers import Offer
from shared.events import OTHER_COACH, REMATCHING, ReplyReceived
from shared.transaction import Transaction


async def reply_received(tx: Transaction, event: ReplyReceived, context: OfferContext) -> None:
    """Release the coach, keep the two apart from now on, and ask the next one.

    Only the coach whom the person was told of is meant: one who said yes since is not.
    """
    if event.answer != OTHER_COACH:
        return
    search = await searches.locked(tx.connection, event.subject_id)
    offer = await offers.live_of(tx.connection, event.subject_id)
    if search is None or offer is None or not _is_meant(event, offer):
        return
    await coaches.keep_apart(tx.connection, offer.coach_id, search.need.person_id)
    asks = OfferTrigger.PERSON_ASKS_FOR_ANOTHER
    await change_coach(tx, search, offer, asks, REMATCHING, context)


def _is_meant(event: ReplyReceived, offer: Offer) -> bool:
    return offer.state is OfferState.ACCEPTED and event.offer_id == offer.offer_id
