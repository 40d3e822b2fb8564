"""What at matching waits for a human: opened and closed with the change that causes it."""

from collections.abc import Collection
from uuid import UUID

from shared import task_store
from shared.events import AssignmentTaskClosed, AssignmentTaskOpened
from shared.tasks import ABOUT_SEARCHES, Outcome, Task, TaskKind, due_at
from shared.transaction import Transaction

OWNED = ABOUT_SEARCHES
"""What matching asks humans for."""


async def open_task(tx: Transaction, kind: TaskKind, referral_id: UUID, reason: str) -> None:
    """Ask a human; one task of a kind is open for a referral at most."""
    task = Task(tx.new_id(), kind, referral_id, reason, tx.now, due_at(kind, now=tx.now))
    if await task_store.open_one(tx.connection, "matching", task):
        tx.emit(
            AssignmentTaskOpened(
                task_id=task.task_id,
                kind=kind,
                subject_id=referral_id,
                reason=reason,
                opened_at=task.opened_at,
                due_at=task.due_at,
            )
        )


async def close_tasks(
    tx: Transaction,
    referral_id: UUID,
    outcome: Outcome,
    kinds: Collection[TaskKind] = OWNED,
) -> None:
    """Nobody has to act any more, because somebody has or because nothing is left to do."""
    for task_id in await task_store.close_about(
        tx.connection, "matching", referral_id, kinds, outcome, at=tx.now, by=tx.actor
    ):
        tx.emit(AssignmentTaskClosed(task_id=task_id, outcome=outcome))
