"""What notifications has to do later, besides sending."""

from typing import ClassVar
from uuid import UUID

from shared.transaction import Timer


class AlarmDue(Timer):
    """An open task may have to wake somebody, or the next one."""

    kind: ClassVar[str] = "alarm_due"
    task_id: UUID

    @property
    def key(self) -> str:
        return str(self.task_id)

    @property
    def subject_id(self) -> UUID:
        return self.task_id


class OnCallTestDue(Timer):
    """The one on call is asked whether they can be woken."""

    kind: ClassVar[str] = "on_call_test_due"
    asks: bool = True
    """False for the first one, which only finds out when the next is due."""

    @property
    def key(self) -> str:
        return "daily"

    @property
    def subject_id(self) -> UUID:
        return UUID(int=0)
