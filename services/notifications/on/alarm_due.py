"""An open task wakes somebody, or the next one, until somebody acts on it."""

from services.notifications.actions.call_staff import note, write_to_clinics, write_to_staff
from services.notifications.actions.on_call import referrals_of, staff_by_rung
from services.notifications.rules.ladder import Call, LookAgain, Policy, Rest, Rung, decide
from services.notifications.rules.steps import Cause
from services.notifications.store import alarms
from services.notifications.timers import AlarmDue
from shared.logs import log
from shared.tasks import TaskKind
from shared.transaction import Transaction


async def alarm_due(tx: Transaction, timer: AlarmDue, policy: Policy) -> None:
    """Ask the ladder what this task needs now, do it, and come back when the ladder says so."""
    found = await alarms.lock_open(tx.connection, timer.task_id)
    if found is None:
        return
    subject_id, alarm = found
    staff = await staff_by_rung(tx.connection, now=tx.now, zone=policy.zone)
    clinics = await referrals_of(tx.connection, subject_id)
    answering = {rung for rung, people in {**staff, Rung.CLINIC: clinics}.items() if people}
    match decide(alarm, now=tx.now, policy=policy, answering=answering):
        case Call(rung=rung, calls=calls, then=then):
            await alarms.begin(tx.connection, timer.task_id, at=tx.now)
            await alarms.called(tx.connection, timer.task_id, calls, at=tx.now)
            people = clinics if rung is Rung.CLINIC else staff[rung]
            entry_id = await note(tx, timer.task_id, rung.value, people=len(people))
            if rung is Rung.CLINIC:
                await write_to_clinics(tx, entry_id, clinics)
            else:
                await write_to_staff(tx, _why(alarm.kind, rung), entry_id, staff[rung])
            tx.audit("alarm.called", "task", timer.task_id, rung=rung.value, people=len(people))
            tx.schedule(then, timer)
        case LookAgain(at=at):
            if not answering:
                log.error("nobody_to_call", kind=alarm.kind.value)
            tx.schedule(at, timer)
        case Rest():
            tx.audit("alarm.rests", "task", timer.task_id)


def _why(kind: TaskKind, rung: Rung) -> Cause:
    unanswered = kind is TaskKind.ON_CALL_TEST and rung is not Rung.ON_CALL
    return Cause.ON_CALL_IS_SILENT if unanswered else Cause.STAFF_CALLED
