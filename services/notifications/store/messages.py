"""Messages: planned, claimed, sent, and what the provider said of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.notifications.rules.states import Receipt, State, Trigger, after
from shared.db import Connection, Row
from shared.events import Channel, RecipientKind


@dataclass(frozen=True, slots=True)
class Message:
    """One row, locked by the transaction that loaded it."""

    message_id: UUID
    subject_id: UUID
    referral_id: UUID | None
    step: str
    recipient_kind: RecipientKind
    recipient_id: UUID
    offer_id: UUID | None
    state: State
    channel: Channel | None
    claim_epoch: int
    receipt: Receipt | None
    retries: int
    wait_reason: str | None
    correlation_id: UUID


_WAIT = """
    UPDATE messages SET next_at = $2, wait_reason = $3 WHERE message_id = $1 AND state = 'planned'
"""


async def wait(connection: Connection, message_id: UUID, *, until: datetime, reason: str) -> None:
    """Not now; look again at `until`."""
    await connection.execute(_WAIT, message_id, until, reason)


_LOOK_LATER = "UPDATE messages SET next_at = $2, wait_reason = $3 WHERE message_id = $1"


async def look_up_later(
    connection: Connection, message_id: UUID, *, until: datetime, reason: str
) -> None:
    """The provider could not be asked about a locked claim; ask again at `until`."""
    await connection.execute(_LOOK_LATER, message_id, until, reason)


@dataclass(frozen=True, slots=True)
class Details:
    """What is written with a move. `next_at`: when somebody has to look at the message again."""

    reason: str | None = None
    next_at: datetime | None = None
    provider_id: str | None = None
    channel: Channel | None = None


_MOVE = """
    UPDATE messages
       SET state = $3, reason = $4, next_at = $5, provider_id = coalesce($6, provider_id),
           sent_at = CASE WHEN $3 = 'sent' THEN coalesce(sent_at, $7) ELSE sent_at END,
           channel = coalesce(channel, $8)
     WHERE message_id = $1 AND state = $2
"""
# Why it is planned again stands where a planned message says what it waits for.
_PLAN_AGAIN = """
    UPDATE messages SET state = $3, next_at = $4, wait_reason = $5, retries = retries + 1
     WHERE message_id = $1 AND state = $2
"""


async def move(
    connection: Connection, message: Message, trigger: Trigger, details: Details, *, at: datetime
) -> Message:
    """Move a locked message and return it as it then stands. Raises IllegalTransitionError.

    One that is planned again keeps its reason as what it waits for.
    """
    state = after(message.state, trigger)
    old = message.state.value
    if state is State.PLANNED:
        await connection.execute(
            _PLAN_AGAIN, message.message_id, old, state.value, details.next_at, details.reason
        )
        return replace(message, state=state, wait_reason=details.reason)
    await connection.execute(
        _MOVE,
        message.message_id,
        old,
        state.value,
        details.reason,
        details.next_at,
        details.provider_id,
        at,
        details.channel.value if details.channel else None,
    )
    return replace(message, state=state, channel=message.channel or details.channel)


_LOCKED = """
    SELECT message_id, subject_id, referral_id, step, recipient_kind, recipient_id, offer_id,
           state, channel, claim_epoch, receipt, retries, wait_reason, correlation_id
      FROM messages WHERE message_id = ANY($1::uuid[]) ORDER BY message_id FOR UPDATE
"""


async def locked(connection: Connection, message_ids: Sequence[UUID]) -> list[Message]:
    """Messages, locked until the transaction ends."""
    return [_message(row) for row in await connection.fetch(_LOCKED, list(message_ids))]


def _message(row: Row) -> Message:
    return Message(
        message_id=row["message_id"],
        subject_id=row["subject_id"],
        referral_id=row["referral_id"],
        step=row["step"],
        recipient_kind=RecipientKind(row["recipient_kind"]),
        recipient_id=row["recipient_id"],
        offer_id=row["offer_id"],
        state=State(row["state"]),
        channel=Channel(row["channel"]) if row["channel"] else None,
        claim_epoch=row["claim_epoch"],
        receipt=Receipt(row["receipt"]) if row["receipt"] else None,
        retries=row["retries"],
        wait_reason=row["wait_reason"],
        correlation_id=row["correlation_id"],
    )


def due_message(row: Row) -> Message:
    """The planned message among the facts that decide its send."""
    return Message(
        message_id=row["message_id"],
        subject_id=row["subject_id"],
        referral_id=row["referral_id"],
        step=row["step"],
        recipient_kind=RecipientKind(row["recipient_kind"]),
        recipient_id=row["recipient_id"],
        offer_id=row["offer_id"],
        state=State.PLANNED,
        channel=None,
        claim_epoch=row["claim_epoch"],
        receipt=None,
        retries=row["retries"],
        wait_reason=row["wait_reason"],
        correlation_id=row["correlation_id"],
    )


_OVERDUE = """
    SELECT message_id, recipient_kind, recipient_id, channel, claimed_at, body_hash, claim_epoch,
           step, wait_reason
      FROM messages
     WHERE state IN ('claimed', 'unknown') AND next_at <= $1
     ORDER BY next_at, message_id LIMIT $2
"""


async def unresolved(connection: Connection, *, now: datetime, limit: int) -> list[Row]:
    """Claims whose outcome nobody recorded in time: they have to be looked up."""
    return await connection.fetch(_OVERDUE, now, limit)


_TOLD = """
    SELECT EXISTS (SELECT FROM messages
                    WHERE subject_id = $1 AND offer_id = $2 AND step = $3
                      AND state IN ('claimed', 'unknown', 'sent', 'delivered', 'no_receipt'))
"""
_RECEIPT = "UPDATE messages SET receipt = $2 WHERE message_id = $1"
_KNOWN = "SELECT provider_id FROM messages WHERE provider_id = ANY($1::text[])"
_STALE = """
    UPDATE messages SET state = $2, next_at = NULL WHERE state = 'sent' AND next_at <= $1
"""
_PARKED = "SELECT count(*) FROM messages WHERE state = 'parked'"
_NUDGE = """
    UPDATE messages SET next_at = due_at
     WHERE recipient_kind = $1 AND recipient_id = $2 AND state = 'planned'
       AND wait_reason = 'facts-missing'
"""
_HOLD_IS_OVER = """
    UPDATE messages SET next_at = due_at
     WHERE subject_id = $1 AND state = 'planned' AND wait_reason = 'held'
"""
_PENDING = """
    SELECT step FROM messages
     WHERE recipient_id = $1 AND state IN ('sent', 'delivered') AND sent_at > $2
       AND step = ANY($3::text[])
     ORDER BY sent_at DESC LIMIT 1
"""


async def may_have_been_read(
    connection: Connection, subject_id: UUID, offer_id: UUID, step: str
) -> bool:
    """Whether this step about this offer has been sent, or may have been."""
    sent: bool = await connection.fetchval(_TOLD, subject_id, offer_id, step)
    return sent


async def set_receipt(connection: Connection, message_id: UUID, receipt: str) -> None:
    """How far the provider says it got."""
    await connection.execute(_RECEIPT, message_id, receipt)


async def known_provider_ids(connection: Connection, provider_ids: Sequence[str]) -> set[str]:
    """Which of these belong to messages whose outcome is known."""
    rows = await connection.fetch(_KNOWN, list(provider_ids))
    return {row["provider_id"] for row in rows}


async def give_up_on_receipts(connection: Connection, *, now: datetime) -> None:
    """Sent long ago without a receipt: counted as unreached, though one may still come."""
    late = after(State.SENT, Trigger.RECEIPT_STAYS_AWAY)
    await connection.execute(_STALE, now, late.value)


async def count_parked(connection: Connection) -> int:
    """How many messages wait for a human."""
    count: int = await connection.fetchval(_PARKED)
    return count


async def contact_arrived(connection: Connection, kind: str, recipient_id: UUID) -> None:
    """What waited for this contact is tried again at once."""
    await connection.execute(_NUDGE, kind, recipient_id)


async def hold_is_over(connection: Connection, referral_id: UUID) -> None:
    """What waited for a human is judged again at once."""
    await connection.execute(_HOLD_IS_OVER, referral_id)


async def last_question(
    connection: Connection, recipient_id: UUID, *, since: datetime, steps: Sequence[str]
) -> str | None:
    """The last step that asked this recipient something."""
    step: str | None = await connection.fetchval(_PENDING, recipient_id, since, list(steps))
    return step
