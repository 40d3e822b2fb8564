"""Messages that wait for a human, as somebody reads them: ids and codes, no address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.rules.states import State, Trigger, after
from shared.db import Connection


@dataclass(frozen=True, slots=True)
class ParkedMessage:
    """One message, and what is known of its way so far."""

    message_id: UUID
    step: str
    recipient_kind: str
    recipient_id: UUID
    referral_id: UUID | None
    state: str
    reason: str | None
    channel: str | None
    given_up: Sequence[str]
    """Channels by which it finally did not arrive."""
    due_at: datetime
    claimed_at: datetime | None
    """Since when the provider may have it; None when it was never handed over."""


_PARKED = """
    SELECT message_id, step, recipient_kind, recipient_id, referral_id, state, reason, channel,
           given_up, due_at, claimed_at
      FROM messages WHERE state = 'parked' ORDER BY due_at, message_id LIMIT $1
"""
_PARK_UNREADABLE = """
    UPDATE messages SET state = $2, reason = $3, next_at = NULL
     WHERE message_id = $1 AND state = 'planned'
"""
_ONE = """
    SELECT message_id, step, recipient_kind, recipient_id, referral_id, state, reason, channel,
           given_up, due_at, claimed_at
      FROM messages WHERE message_id = $1
"""


async def waiting(connection: Connection, *, limit: int) -> list[ParkedMessage]:
    """What waits for a human, the longest due first."""
    return [ParkedMessage(**row) for row in await connection.fetch(_PARKED, limit)]


async def park_unreadable(connection: Connection, message_id: UUID, reason: str) -> None:
    """Park a planned message of which this release does not know what it is."""
    parked = after(State.PLANNED, Trigger.HUMAN_IS_ASKED)
    await connection.execute(_PARK_UNREADABLE, message_id, parked.value, reason)


async def find(connection: Connection, message_id: UUID) -> ParkedMessage | None:
    """One message, parked or not."""
    row = await connection.fetchrow(_ONE, message_id)
    return ParkedMessage(**row) if row is not None else None
