"""Claims: what is due, with every fact that decides it, and what may be sent, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.rules.states import State, Trigger, after
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
# Everything that decides the send, in one statement after the rows are locked. A planner that
# counts the ids plans anew each time, at thrice the cost of a run; hence the subquery around them.
# OFFSET 0 keeps every join a look by its key, also while nothing is known of a young table.
_FACTS = """
    SELECT m.message_id, m.subject_id, m.referral_id, m.step, m.recipient_kind, m.recipient_id,
           m.offer_id, m.due_at, m.claim_epoch, m.correlation_id, m.retries, m.episode,
           m.occasion_id, m.wait_reason, recovered.began_at AS recovered_at, recovered.lost_since,
           c.sealed, c.phone_hash, c.has_email, c.language, c.zone, c.text_ok, c.shared_phone,
           c.number_state, c.last_words_at, c.held AS contact_held, c.erased, c.deceased,
           r.standing, r.held AS referral_held, r.consent_revoked, r.consent_ends_at,
           r.reference, r.clinic_id, r.coach_id, r.offer_id AS live_offer_id,
           r.first_contact_by, r.contact_logged, r.episode AS current_episode, r.ended_offer_id,
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
           ARRAY(SELECT body_hash FROM (
                    SELECT body_hash, state FROM messages
                     WHERE recipient_id = m.recipient_id AND sent_at IS NULL OFFSET 0
                 ) AS u WHERE state IN ('claimed', 'unknown')) AS unresolved,
           ARRAY(SELECT channel FROM stopped_channels) AS stopped,
           (SELECT min(read_at) FROM feeds WHERE topic = $4) AS feed_read_at
      FROM messages m
      LEFT JOIN LATERAL (
        SELECT sealed, phone_hash, has_email, language, zone, text_ok, shared_phone, number_state,
               last_words_at, held, erased, deceased
          FROM contacts WHERE kind = m.recipient_kind AND recipient_id = m.recipient_id OFFSET 0
      ) AS c ON true
      LEFT JOIN LATERAL (
        SELECT standing, held, consent_revoked, consent_ends_at, reference, clinic_id, coach_id,
               offer_id, first_contact_by, contact_logged, episode, person_id, ended_offer_id
          FROM referrals WHERE referral_id = m.referral_id OFFSET 0
      ) AS r ON true
      LEFT JOIN LATERAL (
        SELECT answer_by, settled, code FROM offers WHERE offer_id = m.offer_id OFFSET 0
      ) AS o ON true
      LEFT JOIN LATERAL (
        SELECT erased, deceased, number_state FROM contacts
         WHERE kind = 'person' AND recipient_id = r.person_id OFFSET 0
      ) AS p ON true
      LEFT JOIN LATERAL (
        SELECT sealed, recipient_id FROM contacts
         WHERE kind = 'coach' AND recipient_id = r.coach_id OFFSET 0
      ) AS k ON true
      LEFT JOIN LATERAL (
        SELECT began_at, lost_since FROM epochs WHERE epoch > 1 ORDER BY epoch DESC LIMIT 1
      ) AS recovered ON true
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


CLAIMED = after(State.PLANNED, Trigger.SEND_IS_CLAIMED).value

_CLAIM = """
    UPDATE messages
       SET state = $7, claim_epoch = claim_epoch + 1, claimed_at = $5, channel = $2,
           body_hash = $3, next_at = $4, wait_reason = $6
     WHERE message_id = $1 AND state = 'planned'
"""


async def claim(
    connection: Connection,
    claims: Sequence[Claim],
    *,
    look_up_at: datetime,
    at: datetime,
    reason: str | None = None,
) -> None:
    """From the commit on the requests may be under way; none is sent again without a look-up.

    `at` is the earliest moment at which the provider can have taken them.
    """
    for one in claims:
        await connection.execute(
            _CLAIM, one.message_id, one.channel, one.body_hash, look_up_at, at, reason, CLAIMED
        )
