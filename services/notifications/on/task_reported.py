"""Intake or matching asks a human, or needs one no longer: the board follows."""

from services.notifications.actions.human_tasks import put_on_board
from shared import task_store
from shared.events import (
    OWNERS,
    AssignmentTaskClosed,
    AssignmentTaskOpened,
    ReferralTaskClosed,
    ReferralTaskOpened,
)
from shared.tasks import Task
from shared.transaction import Transaction

Opened = ReferralTaskOpened | AssignmentTaskOpened
Closed = ReferralTaskClosed | AssignmentTaskClosed


async def task_opened(tx: Transaction, event: Opened) -> None:
    """Put the task on the board; it may wake somebody."""
    task = Task(
        event.task_id, event.kind, event.subject_id, event.reason, event.opened_at, event.due_at
    )
    await put_on_board(tx, OWNERS[event.topic], task)


async def task_closed(tx: Transaction, event: Closed) -> None:
    """Take the task from the board; it stays readable with the reason."""
    await task_store.close_one(
        tx.connection, event.task_id, event.outcome, at=tx.now, by=f"system:{OWNERS[event.topic]}"
    )
