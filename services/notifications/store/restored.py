"""What own events tell of messages that a restored database has forgotten."""

from datetime import datetime, timedelta
from uuid import UUID

from shared.db import Connection
from shared.events import MessageSent

_SENT = """
    UPDATE messages SET state = 'sent', sent_at = $2, next_at = $3, channel = coalesce(channel, $4)
     WHERE message_id = $1 AND state IN ('planned', 'claimed', 'unknown') RETURNING true
"""
_KNOWN = "SELECT EXISTS (SELECT FROM messages WHERE message_id = $1)"
_SENT_BEFORE = """
    INSERT INTO sent_before_restore (message_id, subject_id, step, recipient_id, offer_id, channel,
                                     sent_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (message_id) DO NOTHING
"""


async def was_sent(
    connection: Connection, event: MessageSent, *, at: datetime, receipt_within: timedelta
) -> None:
    """The provider took this message then; an unknown one is remembered until it is planned."""
    channel = event.channel.value
    await connection.fetchval(_SENT, event.message_id, at, at + receipt_within, channel)
    if not await connection.fetchval(_KNOWN, event.message_id):
        await connection.execute(
            _SENT_BEFORE,
            event.message_id,
            event.subject_id,
            event.step,
            event.recipient_id,
            event.offer_id,
            channel,
            at,
        )


_PHONE = "SELECT phone_hash FROM contacts WHERE kind = 'person' AND recipient_id = $1"


async def phone_of(connection: Connection, person_id: UUID) -> bytes | None:
    """The hash of a person's number, if it is known."""
    phone_hash: bytes | None = await connection.fetchval(_PHONE, person_id)
    return phone_hash
