"""A coach may have a free place: the one who has waited longest, and fits, is next."""

from services.matching.actions.ask_next_coach import OfferContext, ask_best_coach
from services.matching.actions.check_access import news_waits
from services.matching.rules.states import Overruled, SearchState, SearchTrigger
from services.matching.rules.waitlist import Turn, Waiting, next_turn
from services.matching.store import searches
from services.matching.timers import PlaceFreed
from shared.transaction import Transaction

PAGE = 200
"""How many of the waitlist are read at a time."""


async def place_freed(tx: Transaction, timer: PlaceFreed, context: OfferContext) -> None:
    """Offer the place to the first in order for whom it fits, then look again.

    The whole waitlist is looked at: a place is free for others only when nobody on it fits.
    """
    last: Waiting | None = None
    while True:
        page = await searches.waiting(
            tx.connection,
            limit=PAGE,
            max_lapses=context.offers_before_supervisor,
            now=tx.now,
            after=last,
        )
        if not page:
            return
        last = page[-1]
        people = [one.need.person_id for one in page]
        coach = await context.roster.find(tx.connection, timer.coach_id, people=people)
        if coach is None or not coach.has_room:
            return
        for one in page:
            if not isinstance(next_turn([one], [coach], now=tx.now), Turn):
                continue
            if await _offer(tx, one, context):
                tx.schedule(tx.now, timer)
                return


async def _offer(tx: Transaction, waiting: Waiting, context: OfferContext) -> bool:
    """Ask the coach who fits best of all; False when this search waits no more, or for news."""
    search = await searches.locked(tx.connection, waiting.need.referral_id)
    if search is None or search.state is not SearchState.WAITLISTED:
        return False
    if await news_waits(tx, search.need):
        return False
    moved = await searches.move(
        tx.connection, search, SearchTrigger.PLACE_IS_FREED, next_action_at=tx.now, at=tx.now
    )
    if isinstance(moved, Overruled):
        return False
    roster = await context.roster.load(tx.connection, [search.need.person_id])
    asked = waiting.already_asked
    await ask_best_coach(tx, moved, roster, context, already_asked=asked)
    return True
