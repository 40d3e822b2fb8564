"""Claims: what is due, with every fact that decides it, and what may be sent, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db import Connection, Row

_LOCK_DUE = """
    WITH due AS (
        SELECT message_id FROM messages
         WHERE state = 'planned' AND next_at <= $1
         ORDER BY next_at, message_id LIMIT $2 FOR UPDATE SKIP LOCKED
    )
    SELECT ARRAY(SELECT message_id FROM due) AS due,
           (SELECT min(next_at) FROM messages WHERE state = 'planned' AND next_at > $1) AS next_at
"""
# Everything that decides the send, in one statement after the rows are locked. The ids stand in
# a subquery, because a planner that counts them plans anew each time, at thrice the cost of a run.
_FACTS = """
    SELECT m.message_id, m.subject_id, m.referral_id, m.step, m.recipient_kind, m.recipient_id,
           m.offer_id, m.due_at, m.claim_epoch, m.correlation_id, m.retries, m.episode,
           c.sealed, c.phone_hash, c.has_email, c.language, c.zone, c.text_ok, c.shared_phone,
           c.number_state, c.last_words_at, c.held AS contact_held, c.erased, c.deceased,
           r.standing, r.held AS referral_held, r.consent_revoked, r.consent_ends_at,
           r.reference, r.clinic_id, r.coach_id, r.offer_id AS live_offer_id,
           r.first_contact_by, r.contact_logged, r.episode AS current_episode,
           r.person_id AS known_person,
           o.answer_by, o.settled AS offer_settled, o.code AS offer_code,
           (SELECT count(*) FROM offers o2
             WHERE o2.coach_id = m.recipient_id AND NOT o2.settled) AS open_offers,
           p.erased AS person_erased, p.deceased AS person_deceased,
           p.number_state AS person_number,
           k.sealed AS coach_sealed, k.recipient_id AS coach_contact_id,
           ARRAY(SELECT scope FROM opt_outs x WHERE x.phone_hash = c.phone_hash) AS scopes,
           ARRAY(SELECT s.sent_at FROM messages s
                  WHERE m.step = ANY($3::text[]) AND s.recipient_id = m.recipient_id
                    AND s.sent_at > $2 AND s.step = ANY($3::text[])) AS counted_at,
           ARRAY(SELECT u.body_hash FROM messages u
                  WHERE u.recipient_id = m.recipient_id AND u.sent_at IS NULL
                    AND u.state IN ('claimed', 'unknown')) AS unresolved,
           ARRAY(SELECT channel FROM stopped_channels) AS stopped,
           (SELECT min(read_at) FROM feeds WHERE topic = $4) AS feed_read_at
      FROM messages m
      LEFT JOIN contacts c ON c.kind = m.recipient_kind AND c.recipient_id = m.recipient_id
      LEFT JOIN referrals r ON r.referral_id = m.referral_id
      LEFT JOIN offers o ON o.offer_id = m.offer_id
      LEFT JOIN contacts p ON p.kind = 'person' AND p.recipient_id = r.person_id
      LEFT JOIN contacts k ON k.kind = 'coach' AND k.recipient_id = r.coach_id
     WHERE m.message_id = ANY((SELECT $1::uuid[])::uuid[])
     ORDER BY m.next_at, m.message_id
"""


@dataclass(frozen=True, slots=True)
class Due:
    """What is due, with every fact that decides it; and when the next one after these is."""

    rows: Sequence[Row]
    next_at: datetime | None


async def lock_due(
    connection: Connection,
    *,
    now: datetime,
    limit: int,
    counted_since: datetime,
    counted_steps: Sequence[str],
    feed: str,
) -> Due:
    """Due messages, locked until the transaction ends; what another process holds is left out.

    Two statements on purpose: the facts come from a snapshot taken after the locks are held.
    """
    (found,) = await connection.fetch(_LOCK_DUE, now, limit)
    if not found["due"]:
        return Due((), found["next_at"])
    rows = await connection.fetch(_FACTS, found["due"], counted_since, list(counted_steps), feed)
    return Due(rows, found["next_at"])


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this process may send, once, under this epoch."""

    message_id: UUID
    channel: str
    body_hash: bytes


_CLAIM = """
    UPDATE messages
       SET state = 'claimed', claim_epoch = claim_epoch + 1, claimed_at = $5, channel = $2,
           body_hash = $3, next_at = $4, wait_reason = NULL
     WHERE message_id = $1 AND state = 'planned'
"""


async def claim(
    connection: Connection, claims: Sequence[Claim], *, look_up_at: datetime, at: datetime
) -> None:
    """From the commit on the requests may be under way; none is sent again without a look-up."""
    for one in claims:
        await connection.execute(_CLAIM, one.message_id, one.channel, one.body_hash, look_up_at, at)
