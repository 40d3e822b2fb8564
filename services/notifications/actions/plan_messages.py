"""Something happened: plan the messages that follow it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notifications.rules.plan import PLAN_VERSION, steps_on
from services.notifications.rules.steps import Cause, DaysAfter, Reply, due_at
from services.notifications.store import planned as planned_rows
from services.notifications.store.planned import NewMessage
from services.notifications.store.referrals import KnownReferral
from shared.events import RecipientKind
from shared.transaction import Transaction, Wakeable


@dataclass(frozen=True, slots=True)
class Occasion:
    """What happened, to whom it may be told, and what tells it apart from the next of its kind.

    `subject_id` is the referral, or the person or coach where there is none.
    """

    cause: Cause | Reply
    subject_id: UUID
    recipients: Mapping[RecipientKind, UUID | None]
    occasion_id: UUID
    referral_id: UUID | None = None
    episode: int = 1
    offer_id: UUID | None = None
    remind_at: datetime | None = None
    zone: str = "UTC"
    language: str | None = None
    """In which the text that it answers is written; None where the recipient's own holds."""


async def plan_messages(tx: Transaction, occasion: Occasion) -> None:
    """Plan every step that follows."""
    await plan_together(tx, messages_on(tx, occasion))


async def plan_together(tx: Transaction, messages: Sequence[NewMessage]) -> None:
    """Plan what follows several occasions."""
    if messages:
        tx.wake(Wakeable.SENDER)
        await planned_rows.plan(tx.connection, messages, at=tx.now)


def messages_on(tx: Transaction, occasion: Occasion) -> list[NewMessage]:
    """A message for every step that follows; a recipient that is not known has no step."""
    planned = []
    for step in steps_on(occasion.cause):
        recipient_id = occasion.recipients.get(step.to)
        if recipient_id is None:
            continue
        zone = ZoneInfo(occasion.zone) if isinstance(step.timing, DaysAfter) else ZoneInfo("UTC")
        due = due_at(step, happened_at=tx.now, zone=zone, remind_at=occasion.remind_at)
        planned.append(
            NewMessage(
                message_id=tx.new_id(),
                subject_id=occasion.subject_id,
                referral_id=occasion.referral_id,
                occasion_id=occasion.occasion_id,
                episode=occasion.episode,
                plan_version=PLAN_VERSION,
                step=step.name,
                recipient_kind=step.to.value,
                recipient_id=recipient_id,
                offer_id=occasion.offer_id,
                due_at=due,
                correlation_id=tx.correlation_id,
                language=occasion.language,
            )
        )
    return planned


def about(
    referral: KnownReferral, cause: Cause | Reply, *, occasion_id: UUID | None = None
) -> Occasion:
    """An occasion of a known referral: its person, its coach and its clinic may be told.

    A coach who has only been asked is told nothing of the person.
    """
    assigned = referral.first_contact_by is not None
    return Occasion(
        cause=cause,
        subject_id=referral.referral_id,
        recipients={
            RecipientKind.PERSON: referral.person_id,
            RecipientKind.COACH: referral.coach_id if assigned else None,
            RecipientKind.CLINIC: referral.clinic_id,
        },
        occasion_id=occasion_id or referral.referral_id,
        referral_id=referral.referral_id,
        episode=referral.episode,
    )
