"""People: an id and a key each. What they are called and how they are reached is sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Known:
    """A person whom this clinic referred before, under the same record number."""

    person_id: UUID
    key_id: UUID


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody whom this clinic has not referred before, as hashes. `key_id`: their data key."""

    key_id: UUID
    record_hash: bytes | None
    identity_hash: bytes
    needs_review: bool


_KNOWN = """
    SELECT person_id, key_id, record_hash, identity_hash FROM people
     WHERE clinic_id = $1 AND record_hash = ANY($2::bytea[]) AND erased_at IS NULL
     ORDER BY person_id
"""
_KEY = "SELECT key_id FROM people WHERE person_id = $1"


async def with_records(
    connection: Connection, clinic_id: UUID, record_hashes: Sequence[bytes]
) -> list[Row]:
    """Everybody of this clinic under these record numbers; several under one mean a review."""
    return await connection.fetch(_KNOWN, clinic_id, list(record_hashes))


async def key_of(connection: Connection, person_id: UUID) -> UUID | None:
    """The data key of a person."""
    key_id: UUID | None = await connection.fetchval(_KEY, person_id)
    return key_id
