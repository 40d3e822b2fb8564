"""A pause is over and its coach has not said how it goes on: a supervisor is asked."""

from services.matching.actions.human_tasks import open_task
from services.matching.rules.pausing import PAUSE_GRACE
from services.matching.rules.states import OfferState
from services.matching.store import offers, searches
from services.matching.timers import PauseReviewDue
from shared.tasks import TaskKind
from shared.transaction import Transaction


async def pause_review_due(tx: Transaction, timer: PauseReviewDue) -> None:
    """Ask, unless support goes on again or is over, or the day of the review was moved."""
    await searches.locked(tx.connection, timer.referral_id)
    offer = await offers.locked(tx.connection, timer.offer_id)
    if offer is None or offer.state is not OfferState.ACCEPTED or offer.paused_until is None:
        return
    if offer.paused_until + PAUSE_GRACE <= tx.now:
        await open_task(tx, TaskKind.PAUSE_TO_REVIEW, timer.referral_id, "pause-is-over")
