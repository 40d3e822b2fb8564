"""A referral ends or pauses. From this commit on no automated message for it starts."""

from uuid import UUID

from services.notifications.actions.plan_messages import about, plan_messages
from services.notifications.rules.steps import Cause
from services.notifications.store import contacts, messages, referrals
from shared.events import (
    ConsentRevoked,
    ReferralCancelRequested,
    ReferralClosed,
    ReferralHeld,
    ReferralReleased,
    ReferralWithdrawn,
)
from shared.transaction import Transaction, Wakeable

Ending = ReferralWithdrawn | ReferralClosed | ConsentRevoked | ReferralCancelRequested

ENDINGS: dict[type[Ending], tuple[str, Cause]] = {
    ReferralWithdrawn: ("ended", Cause.REFERRAL_WITHDRAWN),
    ReferralClosed: ("ended", Cause.REFERRAL_CLOSED),
    ConsentRevoked: ("ended", Cause.CONSENT_REVOKED),
    ReferralCancelRequested: ("ending", Cause.REFERRAL_CANCEL_REQUESTED),
}


async def referral_stopped(tx: Transaction, event: Ending) -> None:
    """Stop what is planned, by the state that every send re-reads, and tell whom it concerns."""
    standing, cause = ENDINGS[type(event)]
    revoked = isinstance(event, ConsentRevoked)
    await referrals.move(tx.connection, event.referral_id, standing, revoked=revoked)
    known = await referrals.find(tx.connection, event.referral_id)
    if known is not None:
        await plan_messages(tx, about(known, cause))
    if standing == "ended":
        await contacts.release(tx.connection, event.referral_id)
    tx.audit(event.type, "referral", event.referral_id)


async def referral_held(tx: Transaction, event: ReferralHeld) -> None:
    """A human looks first; automated messages to the person wait."""
    await referrals.hold(tx.connection, event.referral_id, held=True)


async def referral_released(tx: Transaction, event: ReferralReleased) -> None:
    """The human has looked: what waited is judged anew, where nothing else holds the number."""
    await referrals.hold(tx.connection, event.referral_id, held=False)
    await _lift(tx, event.referral_id)


async def _lift(tx: Transaction, referral_id: UUID) -> None:
    """A text of danger held the number at once; that ends with the last referral it held."""
    await contacts.release(tx.connection, referral_id)
    await messages.hold_is_over(tx.connection, referral_id)
    tx.wake(Wakeable.SENDER)
