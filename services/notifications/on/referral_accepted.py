"""A referral may be written about."""

from services.notifications.on.coach_assigned import plan_welcome
from services.notifications.on.plan_messages import Occasion, plan_messages
from services.notifications.rules.steps import Cause
from services.notifications.store import referrals
from shared.events import RecipientKind, ReferralAccepted, ReferralAmended
from shared.transaction import Transaction


async def referral_accepted(tx: Transaction, event: ReferralAccepted) -> None:
    """Keep what sending needs, tell the clinic, and ask the person whether the number is theirs."""
    await _keep(tx, event)
    await plan_messages(
        tx,
        Occasion(
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
        ),
    )

    known = await referrals.find(tx.connection, event.referral_id)
    if known is not None and known["first_contact_by"] is not None:
        await plan_welcome(tx, known)


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
