"""A referral ends or pauses. From this commit on no automated message for it starts."""

from uuid import UUID

from services.notifications.actions.human_tasks import close_tasks, looked_at
from services.notifications.actions.numbers import flag_numbers
from services.notifications.actions.plan_messages import about, plan_messages
from services.notifications.rules.keywords import HOLDING, Meaning
from services.notifications.rules.steps import Cause
from services.notifications.store import contacts, messages, referrals
from services.notifications.store.referrals import KnownReferral
from shared.events import (
    ConsentRevoked,
    ReferralCancelRequested,
    ReferralClosed,
    ReferralHeld,
    ReferralReleased,
    ReferralWithdrawn,
)
from shared.tasks import Outcome, TaskKind
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
        for released in await contacts.release(tx.connection, event.referral_id):
            if revoked:
                await looked_at(tx, released, [Meaning.REVOCATION], Outcome.REFERRAL_OVER)
        await _nobody_to_reach(tx, known)
    tx.audit(event.type, "referral", event.referral_id)


async def _nobody_to_reach(tx: Transaction, known: KnownReferral | None) -> None:
    """With a person's last referral ends the need for their number; others may still share it."""
    person_id = known.person_id if known is not None else None
    if person_id is not None and not await referrals.of_person(tx.connection, person_id):
        await close_tasks(tx, person_id, Outcome.REFERRAL_OVER, [TaskKind.NUMBER_TO_MEND])
        number = await contacts.number_of(tx.connection, person_id)
        if number is not None:
            await flag_numbers(tx, [number])


async def referral_held(tx: Transaction, event: ReferralHeld) -> None:
    """A human looks first; automated messages to the person wait."""
    await referrals.hold(tx.connection, event.referral_id, held=True)


async def referral_released(tx: Transaction, event: ReferralReleased) -> None:
    """The human has looked: what waited is judged anew, where nothing else holds the number."""
    await referrals.hold(tx.connection, event.referral_id, held=False)
    await _lift(tx, event.referral_id)


async def _lift(tx: Transaction, referral_id: UUID) -> None:
    """A text held the number at once; that ends with the last referral it held."""
    for released in await contacts.release(tx.connection, referral_id):
        await looked_at(tx, released, HOLDING, Outcome.HOLD_RELEASED)
    await messages.hold_is_over(tx.connection, referral_id)
    tx.wake(Wakeable.SENDER)
