"""The person wrote OTHER: they want somebody else, and need not say why."""

from services.matching.actions.ask_next_coach import OfferContext, ask_next_coach
from services.matching.actions.end_assignment import end_assignment
from services.matching.actions.human_tasks import close_tasks
from services.matching.rules.states import (
    OfferState,
    OfferTrigger,
    Overruled,
    SearchTrigger,
)
from services.matching.store import coaches, offers, searches
from services.matching.store.offers import Offer
from services.matching.store.searches import Search
from shared.events import OTHER_COACH, REMATCHING, ReplyReceived
from shared.tasks import Outcome
from shared.transaction import Transaction


async def reply_received(tx: Transaction, event: ReplyReceived, context: OfferContext) -> None:
    """Release the coach, keep the two apart from now on, and ask the next one.

    The search keeps its place among those who wait. Under a hold nobody is asked before a human
    has released it. Only the coach whom the person was told of is meant: one who said yes since
    is not.
    """
    if event.answer != OTHER_COACH:
        return
    search = await searches.locked(tx.connection, event.subject_id)
    offer = await offers.live_of(tx.connection, event.subject_id)
    if search is None or offer is None or not _is_meant(event, offer):
        return
    await coaches.keep_apart(tx.connection, offer.coach_id, search.need.person_id)
    await _release(tx, search, offer)
    if search.end_requested:
        return
    again = await searches.ask_on(tx.connection, search, all_again=False, at=tx.now)
    begins = SearchTrigger.CHANGE_OF_COACH_BEGINS
    moved = await searches.move(tx.connection, again, begins, next_action_at=tx.now, at=tx.now)
    if isinstance(moved, Overruled):
        await searches.rematch_after_hold(tx.connection, search.referral_id)
    else:
        await ask_next_coach(tx, moved, context)


def _is_meant(event: ReplyReceived, offer: Offer) -> bool:
    return offer.state is OfferState.ACCEPTED and event.offer_id == offer.offer_id


async def _release(tx: Transaction, search: Search, offer: Offer) -> None:
    """Nothing of the former coach's is due any more; a hold's own timers are not here."""
    tx.cancel_all(search.referral_id)
    await close_tasks(tx, search.referral_id, Outcome.COACH_CHANGED)
    asks = OfferTrigger.PERSON_ASKS_FOR_ANOTHER
    await end_assignment(tx, offer, asks, REMATCHING)
    tx.audit("coach.changed", "referral", search.referral_id, coach_id=str(offer.coach_id))
