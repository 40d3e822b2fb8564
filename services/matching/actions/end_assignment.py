"""An assignment is over: its place is free, and the others are told why."""

from services.matching.rules.states import OfferTrigger
from services.matching.store import offers
from services.matching.store.offers import Offer
from services.matching.timers import PlaceFreed
from shared.events import AssignmentEnded
from shared.transaction import Transaction


async def end_assignment(
    tx: Transaction, offer: Offer, trigger: OfferTrigger, outcome: str
) -> None:
    """End a locked assignment. Raises IllegalTransitionError."""
    await offers.move(tx.connection, offer, trigger, reason=outcome, at=tx.now)
    tx.schedule(tx.now, PlaceFreed(coach_id=offer.coach_id))
    tx.emit(
        AssignmentEnded(
            referral_id=offer.referral_id,
            offer_id=offer.offer_id,
            coach_id=offer.coach_id,
            outcome=outcome,
        )
    )
