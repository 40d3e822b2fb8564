"""What at notifications waits for a human. It keeps the board itself, so no event tells of it."""

from collections.abc import Collection
from uuid import UUID

from services.notifications.rules.follows import Who
from services.notifications.rules.keywords import KEYWORDS, Meaning, follows_of
from services.notifications.rules.ladder import WHEN_OPENED
from services.notifications.store import alarms, inbound
from services.notifications.timers import AlarmDue
from shared import task_store
from shared.tasks import Outcome, Task, TaskKind, due_at
from shared.transaction import Transaction


async def open_task(tx: Transaction, kind: TaskKind, subject_id: UUID, reason: str) -> None:
    """Ask a human; one task of a kind is open for a subject at most."""
    task = Task(tx.new_id(), kind, subject_id, reason, tx.now, due_at(kind, now=tx.now))
    await put_on_board(tx, "notifications", task)


async def put_on_board(tx: Transaction, owner: str, task: Task) -> None:
    """Show a task, and wake somebody for it: at once or when its time is over."""
    if await task_store.open_one(tx.connection, owner, task):
        await alarms.watch(tx.connection, task.task_id)
        at = tx.now if task.kind in WHEN_OPENED else task.due_at
        tx.schedule(at, AlarmDue(task_id=task.task_id))


async def close_tasks(
    tx: Transaction, subject_id: UUID, outcome: Outcome, kinds: Collection[TaskKind]
) -> None:
    """Nobody has to act any more, because somebody has or because nothing is left to do."""
    await task_store.close_about(
        tx.connection, "notifications", subject_id, kinds, outcome, at=tx.now, by=tx.actor
    )


async def looked_at(
    tx: Transaction, writer_id: UUID, meanings: Collection[Meaning], outcome: Outcome
) -> None:
    """A named human has looked at what somebody wrote of these: it is read, and the tasks end."""
    kinds = {follows_of(meaning, Who.PERSON).task for meaning in meanings} - {None}
    rows = [row for row in KEYWORDS if Who.PERSON in row.follows]
    said = [row.meaning.value for row in rows if row.follows[Who.PERSON].task in kinds]
    await inbound.mark_meanings_read(tx.connection, writer_id, said, at=tx.now)
    await close_tasks(tx, writer_id, outcome, [kind for kind in TaskKind if kind in kinds])
