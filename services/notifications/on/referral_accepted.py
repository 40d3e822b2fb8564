"""A referral may be written about."""

from dataclasses import replace

from services.notifications.actions.plan_messages import Occasion, plan_messages
from services.notifications.on.coach_assigned import plan_welcome
from services.notifications.rules.steps import Cause
from services.notifications.store import referrals
from shared.events import RecipientKind, ReferralAccepted, ReferralAmended, SafetyFlagged
from shared.transaction import Batch, Transaction


async def referrals_accepted(tx: Transaction, batch: Batch[ReferralAccepted]) -> None:
    """Keep what sending needs, tell the clinic, and ask the person whether the number is theirs.

    Where the coach's yes arrived first, the welcome could not be planned then: it is now. Where
    the person wrote of danger before and nobody has looked, a human looks first.
    """
    for event in tx.each(batch):
        await _keep(tx, event)
        await plan_messages(tx, _occasion(event))
    known = await referrals.known_so_far(
        tx.connection, [context.event.referral_id for context in batch]
    )
    for event in tx.each(batch):
        referral = known[event.referral_id]
        if referral["first_contact_by"] is not None:
            await plan_welcome(tx, referral)
        if referral["unread_danger"]:
            await _flag(tx, event)


async def _flag(tx: Transaction, event: ReferralAccepted) -> None:
    """The number is held since that text; only a named human's release of this referral ends it."""
    tx.emit(
        SafetyFlagged(
            subject_id=event.referral_id,
            person_id=event.person_id,
            flag="danger",
            source="earlier_text",
        )
    )
    to_the_clinic = replace(
        _occasion(event),
        cause=Cause.SAFETY_FLAGGED,
        recipients={RecipientKind.CLINIC: event.clinic_id},
    )
    await plan_messages(tx, to_the_clinic)


def _occasion(event: ReferralAccepted) -> Occasion:
    return Occasion(
        cause=Cause.REFERRAL_ACCEPTED,
        subject_id=event.referral_id,
        recipients={
            RecipientKind.PERSON: event.person_id,
            RecipientKind.CLINIC: event.clinic_id,
        },
        occasion_id=event.referral_id,
        referral_id=event.referral_id,
        episode=event.episode,
        zone=event.zone,
    )


async def referral_amended(tx: Transaction, event: ReferralAmended) -> None:
    """Keep what changed."""
    await _keep(tx, event)


async def _keep(tx: Transaction, event: ReferralAccepted | ReferralAmended) -> None:
    await referrals.accepted(
        tx.connection,
        event.referral_id,
        event.clinic_id,
        event.person_id,
        event.reference,
        event.episode,
        event.consent_expires_at,
    )
