"""What waits for a human at intake and matching: opened and closed, on its owner's topic.

Key: the task, so that a key that has failed never hides the task about its own failure.
"""

from typing import Annotated, ClassVar
from uuid import UUID

from shared.events.base import CodeField, Event, Instant
from shared.tasks import Outcome, TaskKind

CodeText = Annotated[str, CodeField]


class TaskEvent(Event):
    task_id: UUID

    @property
    def key(self) -> UUID:
        return self.task_id


class TaskOpened(TaskEvent):
    """`subject_id` is the referral or person; `reason` is a code that tells more."""

    kind: TaskKind
    subject_id: UUID
    reason: CodeText
    opened_at: Instant
    due_at: Instant


class TaskClosed(TaskEvent):
    """Somebody acted, or there is nothing left to do; `outcome` says which."""

    outcome: Outcome


class ReferralTaskOpened(TaskOpened):
    """Something at intake waits for a human."""

    topic: ClassVar[str] = "alongside.referrals.v1"
    type: ClassVar[str] = "referral.task_opened"


class ReferralTaskClosed(TaskClosed):
    """It waits no longer."""

    topic: ClassVar[str] = "alongside.referrals.v1"
    type: ClassVar[str] = "referral.task_closed"


class AssignmentTaskOpened(TaskOpened):
    """Something at matching waits for a human."""

    topic: ClassVar[str] = "alongside.assignments.v1"
    type: ClassVar[str] = "assignment.task_opened"


class AssignmentTaskClosed(TaskClosed):
    """It waits no longer."""

    topic: ClassVar[str] = "alongside.assignments.v1"
    type: ClassVar[str] = "assignment.task_closed"
