"""A referral ends or pauses: withdrawn, closed, revoked, held, or asked to be cancelled.

Each stops the open offer at once. A running assignment ends with the referral; while a
cancellation waits for its confirmation, or a hold for its release, the coach stays.
"""

from services.matching.actions.withdraw_offer import take_back
from services.matching.rules.states import (
    EndReason,
    OfferState,
    OfferTrigger,
    Overruled,
    SearchState,
    SearchTrigger,
    WithdrawalReason,
)
from services.matching.store import offers, searches
from services.matching.store.offers import Offer
from services.matching.timers import RoomIsFreed
from shared.events import (
    AssignmentEnded,
    ConsentRevoked,
    ReferralCancelRequested,
    ReferralClosed,
    ReferralHeld,
    ReferralWithdrawn,
)
from shared.transaction import Transaction

Stop = ReferralWithdrawn | ReferralClosed | ConsentRevoked | ReferralHeld | ReferralCancelRequested

STOPS: dict[type[Stop], tuple[SearchTrigger, OfferTrigger, WithdrawalReason]] = {
    ReferralWithdrawn: (
        SearchTrigger.REFERRAL_IS_WITHDRAWN,
        OfferTrigger.CLINIC_WITHDRAWS,
        WithdrawalReason.REFERRAL_WITHDRAWN,
    ),
    ReferralClosed: (
        SearchTrigger.REFERRAL_IS_CLOSED,
        OfferTrigger.REFERRAL_IS_CLOSED,
        WithdrawalReason.REFERRAL_CLOSED,
    ),
    ConsentRevoked: (
        SearchTrigger.CONSENT_IS_REVOKED,
        OfferTrigger.CONSENT_IS_REVOKED,
        WithdrawalReason.CONSENT_REVOKED,
    ),
    ReferralHeld: (
        SearchTrigger.REFERRAL_IS_HELD,
        OfferTrigger.REFERRAL_IS_HELD,
        WithdrawalReason.REFERRAL_HELD,
    ),
    ReferralCancelRequested: (
        SearchTrigger.CANCELLATION_IS_REQUESTED,
        OfferTrigger.CANCELLATION_IS_REQUESTED,
        WithdrawalReason.REFERRAL_WITHDRAWN,
    ),
}


async def referral_stopped(tx: Transaction, event: Stop) -> None:
    """Stop what is still to come for this referral."""
    search_trigger, offer_trigger, reason = STOPS[type(event)]
    search = await searches.locked(tx.connection, event.referral_id)
    if search is None:
        return
    offer = await offers.live_of(tx.connection, event.referral_id)
    moved = await searches.move(
        tx.connection, search, search_trigger, next_action_at=None, at=tx.now
    )
    if isinstance(moved, Overruled):
        return
    tx.cancel_all(event.referral_id)
    tx.audit(event.type, "referral", event.referral_id)
    if offer is None:
        return
    if offer.state is OfferState.OPEN:
        await take_back(tx, offer, offer_trigger, reason)
    elif moved.state is SearchState.CLOSED:
        await _end_assignment(tx, offer, offer_trigger)


async def _end_assignment(tx: Transaction, offer: Offer, trigger: OfferTrigger) -> None:
    ends = OfferTrigger.REFERRAL_IS_CLOSED if trigger is OfferTrigger.CLINIC_WITHDRAWS else trigger
    outcome = EndReason.REFERRAL_CLOSED.value
    await offers.move(tx.connection, offer, ends, reason=outcome, at=tx.now)
    tx.schedule(tx.now, RoomIsFreed(coach_id=offer.coach_id))
    tx.emit(
        AssignmentEnded(
            referral_id=offer.referral_id,
            offer_id=offer.offer_id,
            coach_id=offer.coach_id,
            outcome=outcome,
        )
    )
