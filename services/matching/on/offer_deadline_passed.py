"""A coach has not answered in time: this is where an offer expires."""

from services.matching.actions.ask_next_coach import OfferContext, ask_next_coach
from services.matching.actions.withdraw_offer import question_has_not_left
from services.matching.rules.states import OfferState, OfferTrigger, Overruled, SearchTrigger
from services.matching.store import offers, searches
from services.matching.timers import OfferDeadlinePassed, PlaceFreed
from shared.events import OfferExpired
from shared.transaction import Transaction


async def offer_deadline_passed(
    tx: Transaction, timer: OfferDeadlinePassed, context: OfferContext
) -> None:
    """Expire the offer, unless somebody settled it meanwhile, and ask the next coach.

    A coach whom the question has not reached let nothing pass: it is taken back, and no lapse.
    """
    search = await searches.locked(tx.connection, timer.referral_id)
    offer = await offers.locked(tx.connection, timer.offer_id)
    if search is None or offer is None or offer.state is not OfferState.OPEN:
        return
    if offer.sent_at is None and offer.seen_at is None:
        return await question_has_not_left(tx, search, offer, context)
    await offers.move(tx.connection, offer, OfferTrigger.DEADLINE_PASSES, reason=None, at=tx.now)
    tx.schedule(tx.now, PlaceFreed(coach_id=offer.coach_id))
    tx.emit(
        OfferExpired(
            referral_id=offer.referral_id, offer_id=offer.offer_id, coach_id=offer.coach_id
        )
    )
    tx.audit("offer.expired", "referral", offer.referral_id, coach_id=str(offer.coach_id))
    await searches.count_lapse(tx.connection, offer.referral_id)
    moved = await searches.move(
        tx.connection, search, SearchTrigger.DEADLINE_PASSES, next_action_at=tx.now, at=tx.now
    )
    if not isinstance(moved, Overruled):
        await ask_next_coach(tx, moved.after_lapse(), context)
