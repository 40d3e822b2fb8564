"""What people wrote to us, sealed, until a human has read it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Kept:
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


async def keep(connection: Connection, text: Kept, *, at: datetime) -> bool:
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
