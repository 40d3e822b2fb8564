"""What notifications knows of one referral."""

from collections.abc import Sequence
from uuid import UUID

from shared.db import Connection, Row

_BY_PHONE = """
    SELECT r.referral_id
      FROM contacts c JOIN referrals r ON c.recipient_id IN (r.person_id, r.coach_id)
     WHERE c.phone_hash = $1 ORDER BY r.referral_id DESC
"""
_STANDING = """
    SELECT r.standing, r.held, r.paused_until, r.consent_revoked, r.coach_id, r.person_id,
           c.number_state, c.text_ok, c.held AS number_held, c.erased, c.deceased,
           (SELECT min(since) FROM opt_outs o WHERE o.phone_hash = c.phone_hash) AS stopped_since
      FROM referrals r
      LEFT JOIN contacts c ON c.kind = 'person' AND c.recipient_id = r.person_id
     WHERE r.referral_id = $1
"""
_MESSAGES = """
    SELECT state, step, recipient_kind, channel, due_at, next_at, sent_at, reason, wait_reason,
           receipt, retries
      FROM messages WHERE subject_id = $1 OR referral_id = $1
"""
_TEXTS = "SELECT received_at, meaning, read_at FROM inbound_texts WHERE recipient_id = $1"


async def by_phone(connection: Connection, phone_hash: bytes) -> Sequence[UUID]:
    """The referrals of the people and coaches with this number, the newest first."""
    return [row["referral_id"] for row in await connection.fetch(_BY_PHONE, phone_hash)]


async def standing(connection: Connection, referral_id: UUID) -> Row | None:
    """Whether it may be written about."""
    return await connection.fetchrow(_STANDING, referral_id)


async def messages_of(connection: Connection, referral_id: UUID) -> Sequence[Row]:
    """What was or will be sent about it."""
    return await connection.fetch(_MESSAGES, referral_id)


async def texts_of(connection: Connection, person_id: UUID) -> Sequence[Row]:
    """What its person wrote, as codes."""
    return await connection.fetch(_TEXTS, person_id)
