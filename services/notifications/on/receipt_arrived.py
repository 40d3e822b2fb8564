"""The provider says how far a text got."""

from uuid import UUID

from services.notifications.actions.message_events import (
    emit_delivered,
    emit_sent,
    emit_undelivered,
)
from services.notifications.actions.plan_messages import about, plan_messages
from services.notifications.rules.states import (
    ACTIONS,
    NO_RECEIPT_AFTER,
    Action,
    Receipt,
    State,
    Trigger,
    after,
    classify,
    fold_receipt,
)
from services.notifications.rules.steps import Cause
from services.notifications.store import contacts, messages, referrals
from services.notifications.store.messages import Outcome
from shared.db import Row
from shared.transaction import Transaction

RECEIPTS = {
    "accepted": Receipt.QUEUED,
    "queued": Receipt.QUEUED,
    "sending": Receipt.QUEUED,
    "sent": Receipt.SENT,
    "delivered": Receipt.DELIVERED,
    "undelivered": Receipt.UNDELIVERED,
    "failed": Receipt.UNDELIVERED,
}


async def receipt_arrived(
    tx: Transaction,
    message_id: UUID,
    *,
    status: str,
    provider_id: str,
    code: int | None,
    phone_hash: bytes | None,
) -> bool:
    """Fold one receipt; it may come twice, late or out of order. False for an unknown message.

    A receipt for a message whose outcome was not recorded is the evidence that it was taken.
    """
    rows = await messages.locked(tx.connection, [message_id])
    incoming = RECEIPTS.get(status)
    if not rows or incoming is None:
        return False
    row = rows[0]
    state = State(row["state"])
    if state in (State.CLAIMED, State.UNKNOWN, State.PARKED):
        state = after(state, Trigger.LOOK_UP_FINDS_IT)
        overdue_at = tx.now + NO_RECEIPT_AFTER
        taken = Outcome(state.value, next_at=overdue_at, provider_id=provider_id)
        await messages.settle(tx.connection, message_id, taken, at=tx.now)
        emit_sent(tx, row)
    current = Receipt(row["receipt"]) if row["receipt"] else Receipt.QUEUED
    folded = fold_receipt(current, incoming)
    await messages.set_receipt(tx.connection, message_id, folded.value)
    if folded is current or state not in (State.SENT, State.NO_RECEIPT):
        return True
    await _finish(tx, row, state, folded, code, phone_hash)
    return True


async def _finish(
    tx: Transaction,
    row: Row,
    state: State,
    receipt: Receipt,
    code: int | None,
    phone_hash: bytes | None,
) -> None:
    if receipt is Receipt.DELIVERED:
        state = after(state, Trigger.RECEIPT_SAYS_DELIVERED)
        await messages.settle(tx.connection, row["message_id"], Outcome(state.value), at=tx.now)
        emit_delivered(tx, row)
    elif receipt is Receipt.UNDELIVERED:
        reason = classify(code or 0)
        state = after(state, Trigger.RECEIPT_SAYS_UNDELIVERED)
        outcome = Outcome(state.value, reason=reason.value)
        await messages.settle(tx.connection, row["message_id"], outcome, at=tx.now)
        emit_undelivered(tx, row, reason.value)
        await number_is_bad(tx, row, ACTIONS[reason], phone_hash)


async def number_is_bad(
    tx: Transaction, row: Row, action: Action, phone_hash: bytes | None
) -> None:
    """What the class of a provider's code means for the number and the clinic."""
    if phone_hash is None:
        return
    match action:
        case Action.WRITE_OPT_OUT:
            await contacts.opt_out(tx.connection, phone_hash, "all", at=tx.now)
        case Action.ASK_CLINIC_FOR_NUMBER:
            await contacts.set_number(tx.connection, phone_hash, "unusable")
            known = (
                await referrals.find(tx.connection, row["referral_id"])
                if row["referral_id"] and row["recipient_kind"] == "person"
                else None
            )
            if known is not None:
                await plan_messages(tx, about(known, Cause.NUMBER_IS_BAD))
        case _:
            return
