"""Messages: planned, claimed, sent, and what the provider said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db import Connection, Row


@dataclass(frozen=True, slots=True)
class NewMessage:
    """One planned step for one recipient. `occasion_id`: what it answers or asks about."""

    message_id: UUID
    subject_id: UUID
    referral_id: UUID | None
    occasion_id: UUID
    episode: int
    plan_version: int
    step: str
    recipient_kind: str
    recipient_id: UUID
    offer_id: UUID | None
    due_at: datetime


_PLAN = """
    INSERT INTO messages (message_id, subject_id, referral_id, occasion_id, episode, plan_version,
                          step, recipient_kind, recipient_id, offer_id, state, due_at, next_at,
                          planned_at, correlation_id)
    SELECT message_id, subject_id, referral_id, occasion_id, episode, plan_version, step,
           recipient_kind, recipient_id, offer_id, 'planned', due_at, due_at, $12, $13
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::int[],
                  $7::text[], $8::text[], $9::uuid[], $10::uuid[], $11::timestamptz[])
        AS m (message_id, subject_id, referral_id, occasion_id, episode, plan_version, step,
              recipient_kind, recipient_id, offer_id, due_at)
    ON CONFLICT ON CONSTRAINT a_step_is_planned_once DO NOTHING
"""


async def plan(
    connection: Connection, new: Sequence[NewMessage], *, at: datetime, correlation_id: UUID
) -> None:
    """Plan messages; a step that was planned before stays as it is."""
    await connection.execute(
        _PLAN,
        [m.message_id for m in new],
        [m.subject_id for m in new],
        [m.referral_id for m in new],
        [m.occasion_id for m in new],
        [m.episode for m in new],
        [m.plan_version for m in new],
        [m.step for m in new],
        [m.recipient_kind for m in new],
        [m.recipient_id for m in new],
        [m.offer_id for m in new],
        [m.due_at for m in new],
        at,
        correlation_id,
    )


# Everything that decides the send, in one statement after the rows are locked.
_LOCK_DUE = """
    SELECT message_id FROM messages
     WHERE state = 'planned' AND next_at <= $1
     ORDER BY next_at, message_id LIMIT $2 FOR UPDATE SKIP LOCKED
"""
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
           ARRAY(SELECT channel FROM stopped_channels) AS stopped,
           (SELECT min(read_at) FROM feeds WHERE topic = $4) AS feed_read_at
      FROM messages m
      LEFT JOIN contacts c ON c.kind = m.recipient_kind AND c.recipient_id = m.recipient_id
      LEFT JOIN referrals r ON r.referral_id = m.referral_id
      LEFT JOIN offers o ON o.offer_id = m.offer_id
      LEFT JOIN contacts p ON p.kind = 'person' AND p.recipient_id = r.person_id
      LEFT JOIN contacts k ON k.kind = 'coach' AND k.recipient_id = r.coach_id
     WHERE m.message_id = ANY($1::uuid[])
     ORDER BY m.next_at, m.message_id
"""


async def lock_due(
    connection: Connection,
    *,
    now: datetime,
    limit: int,
    counted_since: datetime,
    counted_steps: Sequence[str],
    feed: str,
) -> list[Row]:
    """Due messages with every fact that decides them, locked until the transaction ends.

    Two statements on purpose: the facts come from a snapshot taken after the locks are held.
    """
    due = await connection.fetch(_LOCK_DUE, now, limit)
    if not due:
        return []
    ids = [row["message_id"] for row in due]
    return await connection.fetch(_FACTS, ids, counted_since, list(counted_steps), feed)


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this process may send, once, under this epoch."""

    message_id: UUID
    channel: str
    body_hash: bytes
    look_up_at: datetime


_CLAIM = """
    UPDATE messages
       SET state = 'claimed', claim_epoch = claim_epoch + 1, claimed_at = $5, channel = $2,
           body_hash = $3, next_at = $4, wait_reason = NULL
     WHERE message_id = $1 AND state = 'planned'
"""


async def claim(connection: Connection, claims: Sequence[Claim], *, at: datetime) -> None:
    """From the commit on the request may be under way; it is not sent again without a look-up."""
    for one in claims:
        await connection.execute(
            _CLAIM, one.message_id, one.channel, one.body_hash, one.look_up_at, at
        )


_WAIT = """
    UPDATE messages SET next_at = $2, wait_reason = $3 WHERE message_id = $1
"""
_SETTLE = """
    UPDATE messages
       SET state = $2, reason = $3, next_at = $4, provider_id = coalesce($5, provider_id),
           sent_at = CASE WHEN $2 = 'sent' THEN coalesce(sent_at, $6) ELSE sent_at END,
           channel = coalesce(channel, $7)
     WHERE message_id = $1
"""


async def wait(connection: Connection, message_id: UUID, *, until: datetime, reason: str) -> None:
    """Not now; look again at `until`."""
    await connection.execute(_WAIT, message_id, until, reason)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message. `next_at`: when somebody has to look at it again."""

    state: str
    reason: str | None = None
    next_at: datetime | None = None
    provider_id: str | None = None
    channel: str | None = None


async def settle(
    connection: Connection, message_id: UUID, outcome: Outcome, *, at: datetime
) -> None:
    """Write the new state of a locked message."""
    await connection.execute(
        _SETTLE,
        message_id,
        outcome.state,
        outcome.reason,
        outcome.next_at,
        outcome.provider_id,
        at,
        outcome.channel,
    )


_RETRY = """
    UPDATE messages SET state = 'planned', next_at = $2, wait_reason = $3, retries = retries + 1
     WHERE message_id = $1
"""


async def retry(connection: Connection, message_id: UUID, *, until: datetime, reason: str) -> None:
    """The provider surely has not taken it: planned again, for later."""
    await connection.execute(_RETRY, message_id, until, reason)


_LOCKED = """
    SELECT message_id, subject_id, referral_id, step, recipient_kind, recipient_id, offer_id,
           state, channel, claim_epoch, claimed_at, body_hash, provider_id, receipt, retries,
           correlation_id
      FROM messages WHERE message_id = ANY($1::uuid[]) ORDER BY message_id FOR UPDATE
"""


async def locked(connection: Connection, message_ids: Sequence[UUID]) -> list[Row]:
    """Messages, locked until the transaction ends."""
    return await connection.fetch(_LOCKED, list(message_ids))


_OVERDUE = """
    SELECT message_id, recipient_kind, recipient_id, channel, claimed_at, body_hash, claim_epoch,
           step
      FROM messages
     WHERE state IN ('claimed', 'unknown') AND next_at <= $1
     ORDER BY next_at, message_id LIMIT $2
"""


async def unresolved(connection: Connection, *, now: datetime, limit: int) -> list[Row]:
    """Claims whose outcome nobody recorded in time: they have to be looked up."""
    return await connection.fetch(_OVERDUE, now, limit)


_RECEIPT = "UPDATE messages SET receipt = $2 WHERE message_id = $1"
_KNOWN = "SELECT provider_id FROM messages WHERE provider_id = ANY($1::text[])"
_NEXT = """
    SELECT min(next_at) FROM messages WHERE state IN ('planned', 'claimed', 'unknown')
"""
_STALE = """
    UPDATE messages SET state = 'no_receipt', next_at = NULL
     WHERE state = 'sent' AND next_at <= $1
"""
_PARKED = "SELECT count(*) FROM messages WHERE state = 'parked'"
_NUDGE = """
    UPDATE messages SET next_at = due_at
     WHERE recipient_kind = $1 AND recipient_id = $2 AND state = 'planned'
       AND wait_reason = 'facts-missing'
"""
_HOLD_IS_OVER = """
    UPDATE messages SET next_at = due_at
     WHERE subject_id = $1 AND state = 'planned' AND wait_reason = 'held'
"""
_PENDING = """
    SELECT step FROM messages
     WHERE recipient_id = $1 AND state IN ('sent', 'delivered') AND sent_at > $2
       AND step = ANY($3::text[])
     ORDER BY sent_at DESC LIMIT 1
"""


async def set_receipt(connection: Connection, message_id: UUID, receipt: str) -> None:
    """How far the provider says it got."""
    await connection.execute(_RECEIPT, message_id, receipt)


async def known_provider_ids(connection: Connection, provider_ids: Sequence[str]) -> set[str]:
    """Which of these belong to messages whose outcome is known."""
    rows = await connection.fetch(_KNOWN, list(provider_ids))
    return {row["provider_id"] for row in rows}


async def next_due(connection: Connection) -> datetime | None:
    """When the next message has to be looked at."""
    due: datetime | None = await connection.fetchval(_NEXT)
    return due


async def give_up_on_receipts(connection: Connection, *, now: datetime) -> None:
    """Sent long ago without a receipt: counted as unreached, though one may still come."""
    await connection.execute(_STALE, now)


async def count_parked(connection: Connection) -> int:
    """How many messages wait for a human."""
    count: int = await connection.fetchval(_PARKED)
    return count


async def contact_arrived(connection: Connection, kind: str, recipient_id: UUID) -> None:
    """What waited for this contact is tried again at once."""
    await connection.execute(_NUDGE, kind, recipient_id)


async def hold_is_over(connection: Connection, referral_id: UUID) -> None:
    """What waited for a human is judged again at once."""
    await connection.execute(_HOLD_IS_OVER, referral_id)


async def last_question(
    connection: Connection, recipient_id: UUID, *, since: datetime, steps: Sequence[str]
) -> str | None:
    """The last step that asked this recipient something."""
    step: str | None = await connection.fetchval(_PENDING, recipient_id, since, list(steps))
    return step
