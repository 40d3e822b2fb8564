"""What people wrote to us, sealed, until a human has read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
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
    SELECT string_to_array(meaning, '+') && $1::text[] AS grave, min(received_at) AS since
      FROM inbound_texts WHERE needs_human AND read_at IS NULL GROUP BY 1
"""


async def unread_since(connection: Connection, *, grave: Sequence[str]) -> dict[bool, datetime]:
    """When the oldest text came that a human has to read, by whether it says something `grave`."""
    rows = await connection.fetch(_UNREAD, grave)
    return {is_grave: since for is_grave, since in rows}


@dataclass(frozen=True, slots=True, repr=False)
class ThreadText:
    """One text as it is stored; who opens `sealed` says so in the audit log."""

    provider_id: str
    received_at: datetime
    sealed: str | None
    meaning: str
    read_at: datetime | None


_THREAD = """
    SELECT provider_id, received_at, sealed, meaning, read_at FROM inbound_texts
     WHERE recipient_id = $1 ORDER BY received_at DESC LIMIT $2
"""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_MARK_READ = """
    UPDATE inbound_texts SET read_at = $2
     WHERE recipient_id = $1 AND needs_human AND read_at IS NULL AND received_at <= $3
"""


async def thread(connection: Connection, recipient_id: UUID, *, limit: int) -> list[ThreadText]:
    """What somebody wrote lately, newest first."""
    rows = await connection.fetch(_THREAD, recipient_id, limit)
    return [ThreadText(**dict(row)) for row in rows]


async def mark_read(
    connection: Connection, recipient_id: UUID, *, at: datetime, until: datetime
) -> None:
    """A human has read what somebody wrote until then.

    A moment after `at` counts as `at`: a form may hold one that no database can.
    """
    await connection.execute(_MARK_READ, recipient_id, at, min(max(until, EARLIEST), at))


_HAS_UNREAD = """
    SELECT EXISTS (SELECT FROM inbound_texts
                    WHERE recipient_id = $1 AND needs_human AND read_at IS NULL)
"""


async def has_unread(connection: Connection, recipient_id: UUID) -> bool:
    """Whether something that this writer sent still waits to be read."""
    unread: bool = await connection.fetchval(_HAS_UNREAD, recipient_id)
    return unread


_SAID_AND_UNREAD = """
    SELECT DISTINCT said FROM inbound_texts, unnest(string_to_array(meaning, '+')) AS said
     WHERE recipient_id = $1 AND needs_human AND read_at IS NULL
"""
_READ_OF_ONE_MEANING = """
    UPDATE inbound_texts SET read_at = $2
     WHERE recipient_id = $1 AND needs_human AND read_at IS NULL
       AND string_to_array(meaning, '+') && $3::text[]
"""


async def said_and_unread(connection: Connection, recipient_id: UUID) -> set[str]:
    """The meanings of what this writer sent and nobody has read yet."""
    return {row["said"] for row in await connection.fetch(_SAID_AND_UNREAD, recipient_id)}


async def mark_meanings_read(
    connection: Connection, recipient_id: UUID, meanings: Sequence[str], *, at: datetime
) -> None:
    """A named human has looked at what said one of these; no alert about it goes on."""
    await connection.execute(_READ_OF_ONE_MEANING, recipient_id, at, meanings)
