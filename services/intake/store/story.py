"""What intake knows of one referral."""

from collections.abc import Sequence
from uuid import UUID

from shared.db import Connection, Row

_BY_REFERENCE = "SELECT referral_id FROM referrals WHERE reference = $1"
_BY_ID = """
    SELECT referral_id FROM referrals WHERE referral_id = $1 OR person_id = $1
     ORDER BY referral_id DESC
"""
_STANDING = """
    SELECT reference, episode, version, progress, overlays, refusal, person_id, coach_id,
           next_action_at, closed_at
      FROM referrals WHERE referral_id = $1
"""


async def by_reference(connection: Connection, reference: str) -> Sequence[UUID]:
    """The referral of a reference."""
    return [row["referral_id"] for row in await connection.fetch(_BY_REFERENCE, reference)]


async def by_id(connection: Connection, asked: UUID) -> Sequence[UUID]:
    """The referral with this id, or those of the person with it, the newest first."""
    return [row["referral_id"] for row in await connection.fetch(_BY_ID, asked)]


async def standing(connection: Connection, referral_id: UUID) -> Row | None:
    """How the referral stands."""
    return await connection.fetchrow(_STANDING, referral_id)
