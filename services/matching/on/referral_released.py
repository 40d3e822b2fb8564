"""A named human released the hold."""

from services.matching.actions.ask_next_coach import Asking, ask_next_coach
from services.matching.rules.states import Overruled, SearchState, release_of
from services.matching.store import searches
from shared.events import ReferralReleased
from shared.transaction import Transaction


async def referral_released(tx: Transaction, event: ReferralReleased, asking: Asking) -> None:
    """Go on where the hold began; an offer does not survive a hold, so coaches are asked anew."""
    search = await searches.locked(tx.connection, event.referral_id)
    if search is None or search.state is not SearchState.HELD:
        return
    trigger = release_of(search.state_before_hold or SearchState.SEARCHING)
    moved = await searches.move(tx.connection, search, trigger, next_action_at=tx.now, at=tx.now)
    if isinstance(moved, Overruled):
        return
    if moved.state in (SearchState.SEARCHING, SearchState.REMATCHING):
        await ask_next_coach(tx, moved, asking)
