"""Somebody who works here writes: `OK 41` says that they act on that task, START undoes STOP.

An OK that does not say to what is asked back: who is called at night believes that it was heard.
"""

from uuid import UUID

from services.notifications.actions.call_staff import somebody_acts, write_to_staff
from services.notifications.rules.ok_reply import code_in, lacks_code, says_start
from services.notifications.rules.steps import Cause
from services.notifications.store import alarms, contacts, inbound
from services.notifications.store.inbound import StoredText
from shared import task_store
from shared.tasks import TaskKind
from shared.transaction import Transaction


async def staff_texted(tx: Transaction, phone_hash: bytes, provider_id: str, body: str) -> bool:
    """Do what a text of the staff means. False when it has to be read like anybody else's.

    One who is also a coach or a person here starts their texts again as such.
    """
    code = code_in(body)
    if code is None and not says_start(body) and not lacks_code(body):
        return False
    staff_id = await alarms.staff_by_phone(tx.connection, phone_hash)
    if staff_id is None:
        return False
    if code is None and await contacts.by_phone(tx.connection, phone_hash):
        return False
    meaning = "start" if says_start(body) else "acknowledged" if code else "code_missing"
    kept = StoredText(provider_id, "staff", staff_id, None, False, meaning)
    if not await inbound.keep(tx.connection, kept, at=tx.now):
        return True
    tx.actor = f"staff:{staff_id}"
    if code is not None:
        await _acknowledge(tx, staff_id, code)
    elif lacks_code(body):
        await write_to_staff(tx, Cause.STAFF_CODE_MISSING, tx.new_id(), [staff_id])
    else:
        await contacts.opt_in(tx.connection, phone_hash)
        await write_to_staff(tx, Cause.STAFF_OPTED_IN, tx.new_id(), [staff_id])
    return True


async def _acknowledge(tx: Transaction, staff_id: UUID, code: int) -> None:
    task_id = await alarms.open_by_code(tx.connection, code)
    task = await task_store.find(tx.connection, task_id) if task_id is not None else None
    if task is None:
        await write_to_staff(tx, Cause.STAFF_CALL_IS_OVER, tx.new_id(), [staff_id])
        return
    tx.audit("task.acknowledged", "task", task.task_id)
    entry_id = await somebody_acts(tx, task)
    was_test = task.kind is TaskKind.ON_CALL_TEST
    cause = Cause.ON_CALL_ANSWERED if was_test else Cause.STAFF_TOOK_CALL
    await write_to_staff(tx, cause, entry_id, [staff_id])
