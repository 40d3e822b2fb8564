"""Rows that a restored database has forgotten and own events tell again."""

from datetime import datetime, timedelta
from uuid import UUID

from shared.db import Connection
from shared.events import OfferMade, ReferralAccepted
from shared.offer_link import hash_of_code

_SEARCH = """
    INSERT INTO searches (referral_id, person_id, episode, need, since, virtual_arrival, state,
                          next_action_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, 'searching', $5, $5)
    ON CONFLICT (referral_id) DO NOTHING
"""


async def search(
    connection: Connection, event: ReferralAccepted, *, at: datetime, bonus: timedelta
) -> None:
    """The search that began with this event."""
    need = event.model_dump_json()
    await connection.execute(
        _SEARCH, event.referral_id, event.person_id, event.episode, need, at, at - bonus
    )


_STANDS = """
    UPDATE searches SET state = $2, next_action_at = $3, changed_at = $4, state_before_hold = NULL
     WHERE referral_id = $1 AND state <> 'closed' RETURNING true
"""


async def search_stands(
    connection: Connection,
    referral_id: UUID,
    state: str,
    *,
    next_action_at: datetime | None,
    at: datetime,
) -> bool:
    """The search stood so at that time. False when it is closed or unknown."""
    return bool(await connection.fetchval(_STANDS, referral_id, state, next_action_at, at))


_OFFER = """
    INSERT INTO offers (offer_id, referral_id, episode, coach_id, state, code_hash, made_at,
                        answer_by)
    VALUES ($1, $2, $3, $4, 'open', $5, $6, $7)
"""
_KNOWN = "SELECT EXISTS (SELECT FROM offers WHERE offer_id = $1)"


async def is_known(connection: Connection, offer_id: UUID) -> bool:
    """Whether the offer is there."""
    return bool(await connection.fetchval(_KNOWN, offer_id))


async def offer(connection: Connection, event: OfferMade, *, code: str, at: datetime) -> None:
    """The offer that was made; the database counts its place as ever."""
    await connection.execute(
        _OFFER,
        event.offer_id,
        event.referral_id,
        event.episode,
        event.coach_id,
        hash_of_code(code),
        at,
        event.answer_by,
    )


_SETTLED = """
    UPDATE offers SET state = $2, reason = $3, answered_at = coalesce(answered_at, $4)
     WHERE offer_id = $1 AND state = ANY($5::text[]) RETURNING true
"""


async def settled(
    connection: Connection,
    offer_id: UUID,
    state: str,
    *,
    before: list[str],
    reason: str | None,
    at: datetime,
) -> bool:
    """The offer was settled so. False when it was so before, or is unknown."""
    return bool(await connection.fetchval(_SETTLED, offer_id, state, reason, at, before))
