"""What becomes of a message: the one way to move it, and what others are told of that."""

from datetime import datetime
from typing import Any

from services.notifications.rules.states import Trigger
from services.notifications.store import messages
from services.notifications.store.messages import Details, Message
from shared.events import (
    Channel,
    MessageDelivered,
    MessageFailed,
    MessageParked,
    MessageSent,
    MessageSuppressed,
    MessageUndelivered,
)
from shared.transaction import Transaction


def _fields(message: Message) -> dict[str, Any]:
    return {
        "subject_id": message.subject_id,
        "message_id": message.message_id,
        "step": message.step,
        "recipient_kind": message.recipient_kind,
        "recipient_id": message.recipient_id,
        "channel": message.channel or Channel.SMS,
        "offer_id": message.offer_id,
    }


async def sent(
    tx: Transaction,
    message: Message,
    trigger: Trigger,
    *,
    provider_id: str | None,
    receipt_by: datetime,
) -> Message:
    """The provider took it. Sending discloses to the recipient, so it is audited."""
    details = Details(next_at=receipt_by, provider_id=provider_id)
    moved = await messages.move(tx.connection, message, trigger, details, at=tx.now)
    tx.emit(MessageSent(**_fields(moved)))
    tx.audit("message.sent", moved.recipient_kind.value, moved.recipient_id, step=moved.step)
    return moved


async def delivered(tx: Transaction, message: Message) -> None:
    """It arrived."""
    trigger = Trigger.RECEIPT_SAYS_DELIVERED
    moved = await messages.move(tx.connection, message, trigger, Details(), at=tx.now)
    tx.emit(MessageDelivered(**_fields(moved)))


async def undelivered(tx: Transaction, message: Message, reason: str) -> None:
    """It did not arrive."""
    trigger = Trigger.RECEIPT_SAYS_UNDELIVERED
    moved = await messages.move(tx.connection, message, trigger, Details(reason), at=tx.now)
    tx.emit(MessageUndelivered(**_fields(moved), reason=reason))


async def failed(tx: Transaction, message: Message, reason: str) -> None:
    """The provider refused it."""
    trigger = Trigger.PROVIDER_REFUSES_IT
    moved = await messages.move(tx.connection, message, trigger, Details(reason), at=tx.now)
    tx.emit(MessageFailed(**_fields(moved), reason=reason))


async def suppressed(tx: Transaction, message: Message, channel: Channel, reason: str) -> None:
    """A rule stopped it."""
    details = Details(reason, channel=channel)
    trigger = Trigger.SEND_IS_SUPPRESSED
    moved = await messages.move(tx.connection, message, trigger, details, at=tx.now)
    tx.emit(MessageSuppressed(**_fields(moved), reason=reason))
    tx.audit("message.suppressed", moved.recipient_kind.value, moved.recipient_id, reason=reason)


async def park(
    tx: Transaction,
    message: Message,
    reason: str,
    *,
    channel: Channel | None = None,
    trigger: Trigger = Trigger.HUMAN_IS_ASKED,
) -> None:
    """No machine may decide: it waits in sight of a human."""
    details = Details(reason, channel=channel)
    moved = await messages.move(tx.connection, message, trigger, details, at=tx.now)
    tx.emit(MessageParked(**_fields(moved), reason=reason))
    tx.audit("message.parked", moved.recipient_kind.value, moved.recipient_id, reason=reason)
