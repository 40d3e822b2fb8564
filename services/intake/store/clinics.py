"""Clinics, their API keys, and the first names of coaches they may read."""

from collections.abc import Sequence
from uuid import UUID

from shared.db import Connection, Row

_BY_PREFIXES = """
    SELECT clinic_id, api_prefix, api_secret_hash FROM clinics
     WHERE api_prefix = ANY($1::text[]) AND suspended_at IS NULL
"""
_FIND = "SELECT clinic_id, key_id, zone, language FROM clinics WHERE clinic_id = $1"
_UPSERT = """
    INSERT INTO clinics (clinic_id, key_id, sealed_contact, api_prefix, api_secret_hash, language,
                         zone)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (clinic_id) DO UPDATE
       SET key_id = EXCLUDED.key_id, sealed_contact = EXCLUDED.sealed_contact,
           api_prefix = EXCLUDED.api_prefix, api_secret_hash = EXCLUDED.api_secret_hash,
           language = EXCLUDED.language, zone = EXCLUDED.zone
"""
_COACH = """
    INSERT INTO coaches (coach_id, sealed) VALUES ($1, $2)
    ON CONFLICT (coach_id) DO UPDATE SET sealed = EXCLUDED.sealed
"""


async def by_prefixes(connection: Connection, prefixes: Sequence[str]) -> dict[str, Row]:
    """The clinics whose API keys begin like this, without those that are suspended."""
    rows = await connection.fetch(_BY_PREFIXES, list(prefixes))
    return {row["api_prefix"]: row for row in rows}


async def find(connection: Connection, clinic_id: UUID) -> Row | None:
    """A clinic by its id."""
    return await connection.fetchrow(_FIND, clinic_id)


async def upsert(connection: Connection, *row: object) -> None:
    """Add or replace a clinic; the columns in the order of the statement above."""
    await connection.execute(_UPSERT, *row)


async def record_coach(connection: Connection, coach_id: UUID, sealed: str) -> None:
    """Keep a coach's sealed contact; only the first name is ever opened here."""
    await connection.execute(_COACH, coach_id, sealed)
