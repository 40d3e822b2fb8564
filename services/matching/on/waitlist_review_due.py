"""A referral that waits is looked at again."""

from services.matching.actions.ask_next_coach import OfferContext, ask_next_coach
from services.matching.actions.check_access import news_waits
from services.matching.rules.deadlines import NEWS_REVIEW_EVERY, review_at
from services.matching.rules.states import Overruled, SearchState, SearchTrigger
from services.matching.store import searches
from services.matching.timers import WaitlistReviewDue
from shared.transaction import Transaction


async def waitlist_review_due(
    tx: Transaction, timer: WaitlistReviewDue, context: OfferContext
) -> None:
    """Search again; a coach who let it lapse before may be asked once more only by a supervisor."""
    search = await searches.locked(tx.connection, timer.referral_id)
    if search is None or search.state is not SearchState.WAITLISTED:
        return
    if await news_waits(tx, search.need):
        tx.schedule(review_at(tx.now, every=NEWS_REVIEW_EVERY), timer)
        return
    moved = await searches.move(
        tx.connection, search, SearchTrigger.REVIEW_IS_DUE, next_action_at=tx.now, at=tx.now
    )
    if not isinstance(moved, Overruled):
        await ask_next_coach(tx, moved, context)
