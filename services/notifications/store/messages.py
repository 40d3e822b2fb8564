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
    given_up: tuple[Channel, ...] = ()
    """Channels by which it finally did not arrive."""


_WAIT = """
    UPDATE messages SET next_at = $2, wait_reason = $3 WHERE message_id = $1 AND state = 'planned'
"""


async def wait(connection: Connection, message_id: UUID, *, until: datetime, reason: str) -> None:
    """Not now; look again at `until`."""
    await connection.execute(_WAIT, message_id, until, reason)


_PUT_OFF = """
    UPDATE messages SET next_at = $2
     WHERE message_id = $1 AND state IN ('planned', 'claimed', 'unknown')
"""


async def put_off(connection: Connection, message_id: UUID, *, until: datetime) -> None:
    """Not now, whatever the message waits for; nothing else about it changes."""
    await connection.execute(_PUT_OFF, message_id, until)


_LOOK_LATER = """
    UPDATE messages SET next_at = $2, wait_reason = $3, retries = retries + 1
     WHERE message_id = $1 AND state IN ('claimed', 'unknown')
"""


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
_GIVE_UP = """
    UPDATE messages
       SET state = $3, next_at = $4, wait_reason = $5, given_up = array_append(given_up, channel),
           receipt = NULL, retries = 0
     WHERE message_id = $1 AND state = $2
"""
# A human's word begins it anew: its lateness counts from then.
_BEGIN_ANEW = """
    UPDATE messages
       SET state = $3, next_at = $4, due_at = $4, wait_reason = $5, reason = NULL, retries = 0,
           given_up = '{}'
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
        again = (message.message_id, old, state.value, details.next_at, details.reason)
        match trigger:
            case Trigger.CHANNEL_IS_GIVEN_UP:
                await connection.execute(_GIVE_UP, *again)
            case Trigger.HUMAN_SAYS_AGAIN:
                await connection.execute(_BEGIN_ANEW, *again)
            case _:
                await connection.execute(_PLAN_AGAIN, *again)
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
           state, channel, claim_epoch, receipt, retries, wait_reason, correlation_id,
           given_up
      FROM messages WHERE message_id = ANY($1::uuid[]) ORDER BY message_id FOR UPDATE
"""


async def locked(connection: Connection, message_ids: Sequence[UUID]) -> list[Message]:
    """Messages, locked until the transaction ends."""
    return [_message(row) for row in await connection.fetch(_LOCKED, list(message_ids))]


def _message(row: Row) -> Message:
    columns = dict(row)
    kind, state = RecipientKind(columns.pop("recipient_kind")), State(columns.pop("state"))
    channel, receipt = columns.pop("channel"), columns.pop("receipt")
    return Message(
        recipient_kind=kind,
        state=state,
        channel=Channel(channel) if channel else None,
        receipt=Receipt(receipt) if receipt else None,
        given_up=tuple(map(Channel, columns.pop("given_up"))),
        **columns,
    )


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A claim whose outcome nobody recorded in time."""

    message_id: UUID
    step: str
    recipient_kind: RecipientKind
    recipient_id: UUID
    channel: Channel
    claimed_at: datetime
    claim_epoch: int
    body_hash: bytes
    wait_reason: str | None
    retries: int


_OVERDUE = """
    SELECT message_id, step, recipient_kind, recipient_id, channel, claimed_at, claim_epoch,
           body_hash, wait_reason, retries
      FROM messages
     WHERE state IN ('claimed', 'unknown') AND next_at <= $1 AND recipient_kind = ANY($3::text[])
       AND channel = ANY($4::text[])
     ORDER BY next_at, message_id LIMIT $2
"""


async def unresolved(connection: Connection, *, now: datetime, limit: int) -> list[Unresolved]:
    """Claims that have to be looked up, the oldest first; those of a later release wait for it."""
    known = [kind.value for kind in RecipientKind], [channel.value for channel in Channel]
    return [_unresolved(row) for row in await connection.fetch(_OVERDUE, now, limit, *known)]


def _unresolved(row: Row) -> Unresolved:
    columns = dict(row)
    kind, channel = RecipientKind(columns.pop("recipient_kind")), Channel(columns.pop("channel"))
    return Unresolved(recipient_kind=kind, channel=channel, **columns)


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
    return {provider_id for (provider_id,) in rows}


async def give_up_on_receipts(connection: Connection, *, now: datetime) -> None:
    """Sent long ago without a receipt: counted as unreached, though one may still come."""
    late = after(State.SENT, Trigger.RECEIPT_STAYS_AWAY)
    await connection.execute(_STALE, now, late.value)


async def count_parked(connection: Connection) -> int:
    """How many messages wait for a human."""
    count: int = await connection.fetchval(_PARKED)
    return count


async def hold_is_over(connection: Connection, referral_id: UUID) -> None:
    """What waited for a human is judged again at once."""
    await connection.execute(_HOLD_IS_OVER, referral_id)


async def last_question(
    connection: Connection, recipient_id: UUID, *, since: datetime, steps: Sequence[str]
) -> str | None:
    """The last step that asked this recipient something."""
    step: str | None = await connection.fetchval(_PENDING, recipient_id, since, list(steps))
    return step


_WENT_OUT = """
    SELECT EXISTS (SELECT FROM messages
                    WHERE recipient_id = $1 AND step = $2
                      AND (sent_at > $3 OR (sent_at IS NULL AND planned_at > $3)))
"""


async def went_out_since(
    connection: Connection, recipient_id: UUID, *, step: str, since: datetime
) -> bool:
    """Whether this recipient was sent a step since then, or is about to be."""
    went_out: bool = await connection.fetchval(_WENT_OUT, recipient_id, step, since)
    return went_out
