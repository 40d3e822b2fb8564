"""Who has signed in to a clinic's pages."""

from datetime import datetime
from uuid import UUID

from shared.db import Connection

_OPEN = """
    INSERT INTO clinic_sessions (session_hash, clinic_id, api_secret_hash, expires_at)
    SELECT $1, clinic_id, api_secret_hash, $3 FROM clinics WHERE clinic_id = $2
"""
_PRUNE = "DELETE FROM clinic_sessions WHERE expires_at <= $1"
_FIND = """
    SELECT s.clinic_id FROM clinic_sessions s JOIN clinics c USING (clinic_id)
     WHERE s.session_hash = $1 AND s.expires_at > $2
       AND c.suspended_at IS NULL AND c.api_secret_hash = s.api_secret_hash
"""
_END_ALL = "DELETE FROM clinic_sessions WHERE clinic_id = $1"
_END = "DELETE FROM clinic_sessions WHERE session_hash = $1"


async def open_one(
    connection: Connection, session_hash: bytes, clinic_id: UUID, *, at: datetime, until: datetime
) -> None:
    """Open a session that ends at `until`, and forget those that are over."""
    await connection.execute(_PRUNE, at)
    await connection.execute(_OPEN, session_hash, clinic_id, until)


async def clinic_of(connection: Connection, session_hash: bytes, *, at: datetime) -> UUID | None:
    """The clinic of a session that counts: not over, same key, clinic not suspended."""
    clinic_id: UUID | None = await connection.fetchval(_FIND, session_hash, at)
    return clinic_id


async def end(connection: Connection, session_hash: bytes) -> None:
    """Sign out."""
    await connection.execute(_END, session_hash)


async def end_all_of(connection: Connection, clinic_id: UUID) -> None:
    """Sign everybody of a clinic out."""
    await connection.execute(_END_ALL, clinic_id)
