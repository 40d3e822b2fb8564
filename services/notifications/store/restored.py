"""What own events tell of messages that a restored database has forgotten."""

from datetime import datetime
from uuid import UUID

from shared.db import Connection
from shared.events import MessageSent

_SENT_BEFORE = """
    INSERT INTO sent_before_restore (message_id, subject_id, step, recipient_id, offer_id, channel,
                                     sent_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (message_id) DO NOTHING
"""


async def remember_sent(connection: Connection, event: MessageSent, *, at: datetime) -> None:
    """The provider took this message then. It is not planned yet, and will be planned as sent."""
    await connection.execute(
        _SENT_BEFORE,
        event.message_id,
        event.subject_id,
        event.step,
        event.recipient_id,
        event.offer_id,
        event.channel.value,
        at,
    )


_PHONE = "SELECT phone_hash FROM contacts WHERE kind = 'person' AND recipient_id = $1"


async def phone_of(connection: Connection, person_id: UUID) -> bytes | None:
    """The hash of a person's number, if it is known."""
    phone_hash: bytes | None = await connection.fetchval(_PHONE, person_id)
    return phone_hash
