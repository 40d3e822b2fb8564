"""A named human released the hold."""

from uuid import UUID

from services.matching.actions.ask_next_coach import OfferContext, ask_next_coach
from services.matching.rules.pausing import PAUSE_GRACE
from services.matching.rules.states import Overruled, SearchState, release_of
from services.matching.store import offers, searches
from services.matching.timers import FirstContactDue, PauseReviewDue
from shared.events import ReferralReleased
from shared.transaction import Transaction


async def referral_released(
    tx: Transaction, event: ReferralReleased, context: OfferContext
) -> None:
    """Go on where the hold began; an offer does not survive a hold, so coaches are asked anew."""
    search = await searches.locked(tx.connection, event.referral_id)
    if search is None or search.state is not SearchState.HELD:
        return
    trigger = release_of(search.state_before_hold or SearchState.SEARCHING)
    moved = await searches.move(tx.connection, search, trigger, next_action_at=tx.now, at=tx.now)
    if isinstance(moved, Overruled):
        return
    if moved.state is SearchState.ASSIGNED:
        await _await_coach(tx, event.referral_id)
    if moved.state in (SearchState.SEARCHING, SearchState.REMATCHING):
        await ask_next_coach(tx, moved, context)


async def _await_coach(tx: Transaction, referral_id: UUID) -> None:
    """The hold took the deadlines away; they count again, or are over already."""
    offer = await offers.live_of(tx.connection, referral_id)
    if offer is None or offer.first_contact_by is None:
        return
    if offer.paused_until is not None:
        due = max(offer.paused_until + PAUSE_GRACE, tx.now)
        tx.schedule(due, PauseReviewDue(offer_id=offer.offer_id, referral_id=referral_id))
        return
    if not await offers.contacts(tx.connection, offer.offer_id):
        due = max(offer.first_contact_by, tx.now)
        tx.schedule(due, FirstContactDue(offer_id=offer.offer_id, referral_id=referral_id))
