"""What people wrote to us, sealed, until a human has read it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db import Connection


@dataclass(frozen=True, slots=True)
class StoredText:
    """One text. `meaning` is a code; the words are in `sealed` or nowhere."""

    provider_id: str
    kind: str | None
    recipient_id: UUID | None
    sealed: str | None
    needs_human: bool
    meaning: str


_KEEP = """
    INSERT INTO inbound_texts (provider_id, kind, recipient_id, sealed, received_at, needs_human,
                               meaning)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (provider_id) DO NOTHING
    RETURNING true
"""


async def keep(connection: Connection, text: StoredText, *, at: datetime) -> bool:
    """Keep a text. False when the provider handed it over before."""
    kept = await connection.fetchval(
        _KEEP,
        text.provider_id,
        text.kind,
        text.recipient_id,
        text.sealed,
        at,
        text.needs_human,
        text.meaning,
    )
    return kept is not None


_UNREAD = """
    SELECT meaning LIKE '%crisis%' AS danger, min(received_at) AS since FROM inbound_texts
     WHERE needs_human AND read_at IS NULL GROUP BY 1
"""


async def unread_since(connection: Connection) -> dict[bool, datetime]:
    """When the oldest text came that a human has to read, by whether it speaks of danger."""
    rows = await connection.fetch(_UNREAD)
    return {row["danger"]: row["since"] for row in rows}
