"""Somebody is called by text and mail, or answers a call."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.notifications.actions.human_tasks import close_tasks
from services.notifications.actions.plan_messages import Occasion, about, plan_messages
from services.notifications.rules.steps import Cause
from services.notifications.store import alarms
from services.notifications.store.alarms import LogEntry
from services.notifications.store.referrals import KnownReferral
from shared.events import RecipientKind
from shared.task_store import Listed
from shared.tasks import Outcome, TaskKind
from shared.transaction import Transaction


async def note(tx: Transaction, task_id: UUID, what: str, *, people: int = 0) -> UUID:
    """Keep what happened to an alarm; what is said of it has the entry as its occasion."""
    entry = LogEntry(tx.new_id(), task_id, what, tx.now, tx.actor, people)
    await alarms.note(tx.connection, entry)
    return entry.entry_id


async def write_to_staff(
    tx: Transaction, cause: Cause, occasion_id: UUID, staff: Sequence[UUID]
) -> None:
    """Kind, clock and link, to each of them."""
    for staff_id in staff:
        await plan_messages(
            tx,
            Occasion(
                cause=cause,
                subject_id=staff_id,
                recipients={RecipientKind.STAFF: staff_id},
                occasion_id=occasion_id,
            ),
        )


async def write_to_clinics(
    tx: Transaction, occasion_id: UUID, referrals: Sequence[KnownReferral]
) -> None:
    """Ask the clinic of each referral once more to look at its hold."""
    for known in referrals:
        occasion = about(known, Cause.CLINIC_CALLED, occasion_id=occasion_id)
        only = {RecipientKind.CLINIC: known.clinic_id}
        await plan_messages(tx, replace(occasion, recipients=only))


async def somebody_acts(tx: Transaction, task: Listed) -> UUID:
    """Somebody says that they act on it: the ladder waits for them to look.

    The daily test asks for no more than this answer.
    """
    await alarms.acknowledge(tx.connection, task.task_id, at=tx.now)
    if task.kind is TaskKind.ON_CALL_TEST:
        await close_tasks(tx, task.subject_id, Outcome.ON_CALL_ANSWERED, [task.kind])
    return await note(tx, task.task_id, "acknowledged")
