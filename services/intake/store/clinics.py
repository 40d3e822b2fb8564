"""Clinics, their API keys, and the first names of coaches they may read."""

from uuid import UUID

from shared.db import Connection, Row

_BY_PREFIX = """
    SELECT clinic_id, api_secret_hash, zone, language FROM clinics
     WHERE api_prefix = $1 AND suspended_at IS NULL
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


async def by_prefix(connection: Connection, prefix: str) -> Row | None:
    """The clinic whose API key begins like this, unless it is suspended."""
    return await connection.fetchrow(_BY_PREFIX, prefix)


async def find(connection: Connection, clinic_id: UUID) -> Row | None:
    """A clinic by its id."""
    return await connection.fetchrow(_FIND, clinic_id)


async def upsert(connection: Connection, *row: object) -> None:
    """Add or replace a clinic; the columns in the order of the statement above."""
    await connection.execute(_UPSERT, *row)


async def record_coach(connection: Connection, coach_id: UUID, sealed: str) -> None:
    """Keep a coach's sealed contact; only the first name is ever opened here."""
    await connection.execute(_COACH, coach_id, sealed)
