"""Clinics, their API keys, and the first names of coaches they may read."""

from collections.abc import Sequence
from datetime import datetime
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
_SUSPEND = """
    UPDATE clinics SET suspended_at = $2 WHERE clinic_id = $1 AND suspended_at IS NULL
    RETURNING true
"""
_RESUME = """
    UPDATE clinics SET suspended_at = NULL WHERE clinic_id = $1 AND suspended_at IS NOT NULL
    RETURNING true
"""
_EVERYBODY = """
    SELECT clinic_id, key_id, sealed_contact, api_prefix, suspended_at FROM clinics
     ORDER BY api_prefix
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


async def suspend(connection: Connection, clinic_id: UUID, *, at: datetime) -> bool:
    """Its key counts no more, in the API and in open sessions. False when it was so before."""
    return await connection.fetchval(_SUSPEND, clinic_id, at) is not None


async def resume(connection: Connection, clinic_id: UUID) -> bool:
    """Its key counts again. False when it did all the time."""
    return await connection.fetchval(_RESUME, clinic_id) is not None


async def everybody(connection: Connection) -> Sequence[Row]:
    """All clinics, suspended ones too."""
    return await connection.fetch(_EVERYBODY)


async def record_coach(connection: Connection, coach_id: UUID, sealed: str) -> None:
    """Keep a coach's sealed contact; only the first name is ever opened here."""
    await connection.execute(_COACH, coach_id, sealed)
