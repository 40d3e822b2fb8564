"""Sealed contacts of people, kept for the coach who said yes."""

from dataclasses import dataclass
from uuid import UUID

from shared.db import Connection
from shared.events import ContactProfile, Sealed


@dataclass(frozen=True, slots=True)
class Person:
    """What is kept of a person. `sealed` is None after the person was erased."""

    sealed: Sealed | None
    profile: ContactProfile


_RECORD = """
    INSERT INTO people (person_id, sealed, contact, language, zone) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (person_id) DO UPDATE
       SET sealed = coalesce(EXCLUDED.sealed, people.sealed), contact = EXCLUDED.contact,
           language = EXCLUDED.language, zone = EXCLUDED.zone
"""


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


_FIND = "SELECT sealed, contact FROM people WHERE person_id = $1"


async def find(connection: Connection, person_id: UUID) -> Person | None:
    """What is kept of a person; None before intake's event arrived."""
    row = await connection.fetchrow(_FIND, person_id)
    if row is None:
        return None
    sealed = row["sealed"]
    return Person(
        sealed=Sealed.model_validate_json(sealed) if sealed is not None else None,
        profile=ContactProfile.model_validate_json(row["contact"]),
    )


_ERASE = "UPDATE people SET sealed = NULL WHERE person_id = $1"


async def erase(connection: Connection, person_id: UUID) -> None:
    """Drop the ciphertext too; its key is destroyed already."""
    await connection.execute(_ERASE, person_id)
