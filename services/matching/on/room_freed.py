"""A place is free again: whoever waits longest, and fits, is next."""

from services.matching.actions.ask_next_coach import Asking, ask_next_coach
from services.matching.rules.states import Overruled, SearchState, SearchTrigger
from services.matching.rules.waitlist import Turn, next_turn
from services.matching.store import searches
from services.matching.timers import RoomIsFreed
from shared.transaction import Transaction

FRONT = 50
"""How many of the waitlist are looked at for one free place."""


async def room_freed(tx: Transaction, timer: RoomIsFreed, asking: Asking) -> None:
    """Offer the freed place to the first in order for whom it fits, then look again."""
    waiting = await searches.waiting(
        tx.connection, limit=FRONT, most_lapses=asking.offers_before_supervisor
    )
    people = [one.need.person_id for one in waiting]
    roster = await asking.roster.load(tx.connection, people) if people else {}
    for one in waiting:
        if not isinstance(next_turn([one], roster.values(), now=tx.now), Turn):
            continue
        search = await searches.locked(tx.connection, one.need.referral_id)
        if search is None or search.state is not SearchState.WAITLISTED:
            continue
        moved = await searches.move(
            tx.connection, search, SearchTrigger.ROOM_IS_FREED, next_action_at=tx.now, at=tx.now
        )
        if not isinstance(moved, Overruled):
            await ask_next_coach(tx, moved, asking)
            tx.schedule(tx.now, RoomIsFreed(coach_id=timer.coach_id))
            return
