"""A coach left, was suspended or lost the credential: whoever they support gets another one."""

from services.matching.actions.ask_next_coach import OfferContext, ask_next_coach
from services.matching.actions.change_coach import change_coach
from services.matching.actions.withdraw_offer import withdraw_open_offer
from services.matching.rules.states import (
    OfferState,
    OfferTrigger,
    SearchState,
    WithdrawalReason,
)
from services.matching.store import coaches, offers, searches
from services.matching.timers import CoachLeft
from shared.events import COACH_LEFT
from shared.transaction import Transaction


async def coach_left(tx: Transaction, timer: CoachLeft, context: OfferContext) -> None:
    """Take one person over, who has waited longest, and come back for the next.

    Nobody any more when the coach was restored meanwhile.
    """
    if await coaches.is_active(tx.connection, timer.coach_id):
        return
    referral_id = await offers.first_live_of_coach(tx.connection, timer.coach_id)
    if referral_id is None:
        return
    tx.schedule(tx.now, timer)
    search = await searches.locked(tx.connection, referral_id)
    offer = await offers.live_of(tx.connection, referral_id)
    if search is None or offer is None or offer.coach_id != timer.coach_id:
        return
    gone = OfferTrigger.COACH_IS_NO_LONGER_ELIGIBLE
    if offer.state is OfferState.ACCEPTED:
        await change_coach(tx, search, offer, gone, COACH_LEFT, context)
        return
    reason = WithdrawalReason.NO_LONGER_ELIGIBLE
    moved = await withdraw_open_offer(tx, search, offer, gone, reason)
    if moved.state is SearchState.SEARCHING:
        await ask_next_coach(tx, moved, context)
