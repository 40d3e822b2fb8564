"""What a clinic reads: its referrals and their timelines. Row-level security shows only its own."""

from uuid import UUID

from shared.db import Connection, Row

_SEEN = """
    SELECT r.referral_id, r.reference, r.version, r.progress, r.overlays, r.refusal, r.problems,
           r.warnings, r.urgency, r.received_at, r.changed_at, r.next_action_at, r.coach_id,
           r.first_contact_by, r.texts_stopped_at, c.sealed AS sealed_coach, r.sealed_person,
           p.key_id,
           ARRAY(SELECT h.at FROM happenings h WHERE h.referral_id = r.referral_id
                  ORDER BY h.happening_id) AS happened_at,
           ARRAY(SELECT h.code FROM happenings h WHERE h.referral_id = r.referral_id
                  ORDER BY h.happening_id) AS happened,
           ARRAY(SELECT h.by_name FROM happenings h WHERE h.referral_id = r.referral_id
                  ORDER BY h.happening_id) AS happened_by
      FROM referrals r JOIN people p USING (person_id) LEFT JOIN coaches c USING (coach_id)
"""
_LATEST = _SEEN + " ORDER BY r.received_at DESC, r.referral_id LIMIT $1"
_ONE = _SEEN + " WHERE r.referral_id = $1"


async def latest(connection: Connection, *, limit: int) -> list[Row]:
    """The newest referrals with their timelines, newest first."""
    return await connection.fetch(_LATEST, limit)


async def one(connection: Connection, referral_id: UUID) -> Row | None:
    """One referral; None when it is not this clinic's, exactly as when it does not exist."""
    return await connection.fetchrow(_ONE, referral_id)
