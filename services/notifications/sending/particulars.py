"""What only some messages need to be composed, read when one of them is due."""

from dataclasses import dataclass

from services.notifications.rules.kinds import WRITTEN_BY_HAND, Kind
from services.notifications.rules.steps import Step
from services.notifications.store import alarms, answers
from services.notifications.store.alarms import Called
from services.notifications.store.due_messages import DueMessage
from shared.db import Connection


@dataclass(frozen=True, slots=True, repr=False)
class Particulars:
    """`answer` is what a human wrote, sealed; `called` is what somebody of the staff is told of."""

    answer: str | None = None
    called: Called | None = None


NOTHING = Particulars()
CALLS = frozenset(
    {
        *(Kind.STAFF_CALLED, Kind.STAFF_CALLED_MAIL, Kind.STAFF_CALL_TAKEN),
        *(Kind.STAFF_UNANSWERED, Kind.STAFF_UNANSWERED_MAIL),
    }
)


async def particulars_of(connection: Connection, due: DueMessage, step: Step) -> Particulars:
    """Ask only for what this step needs; nearly all need nothing."""
    if step.kind in WRITTEN_BY_HAND:
        return Particulars(answer=await answers.sealed_of(connection, due.occasion_id))
    if step.kind in CALLS:
        return Particulars(called=await alarms.of_entry(connection, due.occasion_id))
    return NOTHING
