"""A referral that waits is looked at again."""

from services.matching.actions.ask_next_coach import Asking, ask_next_coach
from services.matching.rules.states import Overruled, SearchState, SearchTrigger
from services.matching.store import searches
from services.matching.timers import WaitlistReviewDue
from shared.transaction import Transaction


async def waitlist_review_due(tx: Transaction, timer: WaitlistReviewDue, asking: Asking) -> None:
    """Search again; whoever let it lapse before may be asked once more only by a supervisor."""
    search = await searches.locked(tx.connection, timer.referral_id)
    if search is None or search.state is not SearchState.WAITLISTED:
        return
    moved = await searches.move(
        tx.connection, search, SearchTrigger.REVIEW_IS_DUE, next_action_at=tx.now, at=tx.now
    )
    if not isinstance(moved, Overruled):
        await ask_next_coach(tx, moved, asking)
