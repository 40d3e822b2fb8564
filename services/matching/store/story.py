"""What matching knows of one referral."""

from collections.abc import Sequence
from uuid import UUID

from shared.db import Connection, Row

_OF_COACH = """
    SELECT referral_id FROM offers WHERE coach_id = $1 OR offer_id = $1
     GROUP BY referral_id ORDER BY max(made_at) DESC
"""
_STANDING = """
    SELECT state, state_before_hold, since, lapsed, end_requested_at, next_action_at
      FROM searches WHERE referral_id = $1
"""
_OFFERS = """
    SELECT offer_id, coach_id, state, reason, made_at FROM offers
     WHERE referral_id = $1 ORDER BY made_at
"""


async def of_coach(connection: Connection, asked: UUID) -> Sequence[UUID]:
    """The referrals that a coach was asked about, or an offer's, the newest first."""
    return [row["referral_id"] for row in await connection.fetch(_OF_COACH, asked)]


async def standing(connection: Connection, referral_id: UUID) -> Row | None:
    """How the search stands."""
    return await connection.fetchrow(_STANDING, referral_id)


async def offers_of(connection: Connection, referral_id: UUID) -> Sequence[Row]:
    """Who was asked, in order, and what became of it."""
    return await connection.fetch(_OFFERS, referral_id)
