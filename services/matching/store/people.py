"""Sealed contacts of people, kept for the coach who said yes."""

from uuid import UUID

from shared.db import Connection, Row

_RECORD = """
    INSERT INTO people (person_id, sealed, contact, language, zone) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (person_id) DO UPDATE
       SET sealed = coalesce(EXCLUDED.sealed, people.sealed), contact = EXCLUDED.contact,
           language = EXCLUDED.language, zone = EXCLUDED.zone
"""
_FIND = "SELECT sealed, contact, language, zone FROM people WHERE person_id = $1"
_ERASE = "UPDATE people SET sealed = NULL WHERE person_id = $1"


async def record(
    connection: Connection,
    person_id: UUID,
    *,
    sealed: str | None,
    contact: str,
    language: str,
    zone: str,
) -> None:
    """Keep the newest contact; without a sealed one only the preferences change."""
    await connection.execute(_RECORD, person_id, sealed, contact, language, zone)


async def find(connection: Connection, person_id: UUID) -> Row | None:
    """What is kept of a person; nothing before intake's event arrived."""
    return await connection.fetchrow(_FIND, person_id)


async def erase(connection: Connection, person_id: UUID) -> None:
    """Drop the ciphertext too; its key is destroyed already."""
    await connection.execute(_ERASE, person_id)
