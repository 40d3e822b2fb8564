"""The provider says how far a text got."""

from uuid import UUID

from services.notifications.actions import message_moves
from services.notifications.actions.numbers import number_is_unusable
from services.notifications.actions.plan_messages import about, plan_messages
from services.notifications.actions.try_again import use_other_channel
from services.notifications.rules.states import (
    ACTIONS,
    NO_RECEIPT_AFTER,
    Action,
    Receipt,
    State,
    Trigger,
    classify,
    fold_receipt,
)
from services.notifications.rules.steps import Cause
from services.notifications.store import contacts, messages, referrals
from services.notifications.store.messages import Message
from shared.events import Channel, RecipientKind
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
    message = rows[0]
    if Channel.SMS in message.given_up:
        return True  # of an attempt that was given up
    if message.state in (State.PLANNED, State.CLAIMED, State.UNKNOWN, State.PARKED):
        message = await message_moves.sent(
            tx,
            message,
            Trigger.LOOK_UP_FINDS_IT,
            provider_id=provider_id,
            receipt_by=tx.now + NO_RECEIPT_AFTER,
        )
    current = message.receipt or Receipt.QUEUED
    folded = fold_receipt(current, incoming)
    await messages.set_receipt(tx.connection, message_id, folded.value)
    if folded is not current and message.state in (State.SENT, State.NO_RECEIPT):
        await _finish(tx, message, folded, code, phone_hash)
    return True


async def _finish(
    tx: Transaction,
    message: Message,
    receipt: Receipt,
    code: int | None,
    phone_hash: bytes | None,
) -> None:
    if receipt is Receipt.DELIVERED:
        await message_moves.delivered(tx, message)
    elif receipt is Receipt.UNDELIVERED:
        reason = classify(code or 0)
        await number_is_bad(tx, message, ACTIONS[reason], phone_hash)
        if not await use_other_channel(tx, message, reason.value):
            await message_moves.undelivered(tx, message, reason.value)


async def number_is_bad(
    tx: Transaction, message: Message, action: Action, phone_hash: bytes | None
) -> None:
    """What the class of a provider's code means for the number and the clinic."""
    if phone_hash is None:
        return
    match action:
        case Action.WRITE_OPT_OUT:
            await contacts.opt_out(tx.connection, phone_hash, "all", at=tx.now)
        case Action.ASK_CLINIC_FOR_NUMBER:
            await number_is_unusable(tx, phone_hash, "bad-number")
            known = (
                await referrals.find(tx.connection, message.referral_id)
                if message.referral_id and message.recipient_kind is RecipientKind.PERSON
                else None
            )
            if known is not None:
                await plan_messages(tx, about(known, Cause.NUMBER_IS_BAD))
        case _:
            return
