"""A referral may be written about."""

from dataclasses import replace

from services.notifications.actions.plan_messages import (
    Occasion,
    messages_on,
    plan_messages,
    plan_together,
)
from services.notifications.on.coach_assigned import plan_welcome
from services.notifications.rules.follows import Who
from services.notifications.rules.keywords import HOLDING, Meaning, follows_of
from services.notifications.rules.steps import Cause, Reply
from services.notifications.store import referrals
from services.notifications.store.planned import NewMessage
from shared.events import (
    FlagSource,
    RecipientKind,
    ReferralAccepted,
    ReferralAmended,
    SafetyFlagged,
)
from shared.transaction import Batch, Transaction


async def referrals_accepted(tx: Transaction, batch: Batch[ReferralAccepted]) -> None:
    """Keep what sending needs, tell the clinic, and ask the person whether the number is theirs.

    Where the coach's yes arrived first, the welcome could not be planned then: it is now. Where
    something was written before that nobody has looked at yet, and it holds, a human looks first.
    """
    known = await referrals.accepted(tx.connection, [context.event for context in batch])
    planned: list[NewMessage] = []
    for event in tx.each(batch):
        said_before, referral = known[event.referral_id]
        planned += messages_on(tx, _occasion(event))
        if referral.first_contact_by is not None:
            await plan_welcome(tx, referral)
        for meaning in HOLDING:
            if meaning.value in said_before:
                await _flag(tx, event, meaning)
    await plan_together(tx, planned)


async def _flag(tx: Transaction, event: ReferralAccepted, meaning: Meaning) -> None:
    """The number is held since that text; only a named human's release of this referral ends it."""
    follows = follows_of(meaning, Who.PERSON)
    tx.emit(
        SafetyFlagged(
            subject_id=event.referral_id,
            person_id=event.person_id,
            flag=follows.flag or "danger",
            source=FlagSource.EARLIER_TEXT,
        )
    )
    for note in follows.notes:
        to_the_clinic = replace(
            _occasion(event),
            cause=Reply(Who.PERSON, note),
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
    await referrals.accepted(tx.connection, [event])
