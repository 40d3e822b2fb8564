"""A referral ends or pauses: withdrawn, closed, revoked, held, or asked to be cancelled.

Each stops the open offer at once. A running assignment ends with the referral; while a
cancellation waits for its confirmation, or a hold for its release, the coach stays.
"""

from services.matching.actions.end_assignment import end_assignment
from services.matching.actions.human_tasks import close_tasks
from services.matching.actions.withdraw_offer import withdraw_offer
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
from shared.events import (
    ConsentRevoked,
    ReferralCancelRequested,
    ReferralClosed,
    ReferralHeld,
    ReferralWithdrawn,
)
from shared.tasks import Outcome
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
    if isinstance(event, ReferralCancelRequested):
        await searches.note_end_request(tx.connection, event.referral_id, at=tx.now)
    moved = await searches.move(
        tx.connection, search, search_trigger, next_action_at=None, at=tx.now
    )
    if isinstance(moved, Overruled):
        return
    tx.cancel_all(event.referral_id)
    tx.audit(event.type, "referral", event.referral_id)
    if moved.state is SearchState.CLOSED:
        await close_tasks(tx, event.referral_id, Outcome.REFERRAL_OVER)
    if offer is None:
        return
    if offer.state is OfferState.OPEN:
        await withdraw_offer(tx, offer, offer_trigger, reason)
    elif moved.state is SearchState.CLOSED:
        withdrawn = offer_trigger is OfferTrigger.CLINIC_WITHDRAWS
        ends = OfferTrigger.REFERRAL_IS_CLOSED if withdrawn else offer_trigger
        await end_assignment(tx, offer, ends, why_ended(event).value)


def why_ended(event: Stop) -> EndReason:
    """Why a running assignment ends: after most of them the person is not written to any more."""
    match event:
        case ConsentRevoked():
            return EndReason.CONSENT_REVOKED
        case ReferralClosed(outcome="deceased"):
            return EndReason.DECEASED
        case ReferralClosed(outcome="declined-by-person"):
            return EndReason.DECLINED_BY_PERSON
        case _:
            return EndReason.REFERRAL_CLOSED
