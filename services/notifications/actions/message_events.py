"""What others are told of a message: ids, codes and the class of a failure."""

from typing import Any

from shared.db import Row
from shared.events import (
    Channel,
    MessageDelivered,
    MessageFailed,
    MessageParked,
    MessageSent,
    MessageSuppressed,
    MessageUndelivered,
    RecipientKind,
)
from shared.transaction import Transaction


def _fields(row: Row, channel: str | None) -> dict[str, Any]:
    return {
        "subject_id": row["subject_id"],
        "message_id": row["message_id"],
        "step": row["step"],
        "recipient_kind": RecipientKind(row["recipient_kind"]),
        "recipient_id": row["recipient_id"],
        "channel": Channel(channel or row["channel"] or "sms"),
        "offer_id": row["offer_id"],
    }


def emit_sent(tx: Transaction, row: Row) -> None:
    """The provider took it. Sending discloses to the recipient, so it is audited."""
    tx.emit(MessageSent(**_fields(row, None)))
    tx.audit("message.sent", row["recipient_kind"], row["recipient_id"], step=row["step"])


def emit_delivered(tx: Transaction, row: Row) -> None:
    """It arrived."""
    tx.emit(MessageDelivered(**_fields(row, None)))


def emit_undelivered(tx: Transaction, row: Row, reason: str) -> None:
    """It did not arrive."""
    tx.emit(MessageUndelivered(**_fields(row, None), reason=reason))


def emit_failed(tx: Transaction, row: Row, reason: str) -> None:
    """The provider refused it."""
    tx.emit(MessageFailed(**_fields(row, None), reason=reason))


def emit_suppressed(tx: Transaction, row: Row, channel: str, reason: str) -> None:
    """A rule stopped it."""
    tx.emit(MessageSuppressed(**_fields(row, channel), reason=reason))
    tx.audit("message.suppressed", row["recipient_kind"], row["recipient_id"], reason=reason)


def emit_parked(tx: Transaction, row: Row, channel: str | None, reason: str) -> None:
    """It waits in sight of a human."""
    tx.emit(MessageParked(**_fields(row, channel), reason=reason))
    tx.audit("message.parked", row["recipient_kind"], row["recipient_id"], reason=reason)
