"""What becomes of a message: the one way to move it, and what others are told of that."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notifications.actions.human_tasks import close_tasks, open_task
from services.notifications.rules.states import State, Trigger
from services.notifications.store import messages, parked
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
from shared.logs import log
from shared.tasks import Outcome, TaskKind
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
    if message.state is State.PARKED:
        kinds = [TaskKind.MESSAGE_PARKED]
        await close_tasks(tx, message.message_id, Outcome.MESSAGE_DECIDED, kinds)
    tx.emit(MessageSent(**_fields(moved)))
    _audit(tx, "message.sent", moved)
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


async def suppressed(
    tx: Transaction,
    message: Message,
    channel: Channel | None,
    reason: str,
    *,
    trigger: Trigger = Trigger.SEND_IS_SUPPRESSED,
) -> None:
    """A rule stopped it, or a human did."""
    details = Details(reason, channel=channel)
    moved = await messages.move(tx.connection, message, trigger, details, at=tx.now)
    tx.emit(MessageSuppressed(**_fields(moved), reason=reason))
    _audit(tx, "message.suppressed", moved, reason=reason)


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
    await open_task(tx, TaskKind.MESSAGE_PARKED, message.message_id, reason)
    _audit(tx, "message.parked", moved, reason=reason)


async def park_unreadable(tx: Transaction, message_ids: Sequence[UUID]) -> None:
    """This release cannot tell to whom they go, so nobody else is told: no event could say it."""
    for message_id in message_ids:
        await parked.park_unreadable(tx.connection, message_id, "not-judged")
        await open_task(tx, TaskKind.MESSAGE_PARKED, message_id, "not-judged")
        tx.audit("message.parked", "message", message_id, reason="not-judged")
        log.error("message_not_judged", message_id=str(message_id))


def _audit(tx: Transaction, action: str, message: Message, **detail: str) -> None:
    """To whom it went or would have gone, and about which referral: disclosures are counted so."""
    about = {"referral_id": message.referral_id, "offer_id": message.offer_id}
    detail |= {name: str(one) for name, one in about.items() if one is not None}
    if message.channel is not None:
        detail["channel"] = message.channel.value
    detail |= {"message_id": str(message.message_id), "step": message.step}
    tx.audit(action, message.recipient_kind.value, message.recipient_id, **detail)
