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


# What was sent before a restore is planned as sent: the row that tells of it is used up by that.
_PLAN = """
    WITH new AS (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::int[],
                             $7::text[], $8::text[], $9::uuid[], $10::uuid[], $11::timestamptz[])
            AS m (message_id, subject_id, referral_id, occasion_id, episode, plan_version, step,
                  recipient_kind, recipient_id, offer_id, due_at)
    ), before AS (
        DELETE FROM sent_before_restore s USING new n
         WHERE s.subject_id = n.subject_id AND s.step = n.step
           AND s.recipient_id = n.recipient_id AND s.offer_id IS NOT DISTINCT FROM n.offer_id
        RETURNING n.message_id, s.channel, s.sent_at
    )
    INSERT INTO messages (message_id, subject_id, referral_id, occasion_id, episode, plan_version,
                          step, recipient_kind, recipient_id, offer_id, state, due_at, next_at,
                          planned_at, correlation_id, channel, sent_at)
    SELECT message_id, subject_id, referral_id, occasion_id, episode, plan_version, step,
           recipient_kind, recipient_id, offer_id,
           CASE WHEN sent_at IS NULL THEN 'planned' ELSE 'sent' END, due_at,
           CASE WHEN sent_at IS NULL THEN due_at ELSE $12::timestamptz + interval '72 hours' END,
           $12, $13, channel, sent_at
      FROM new LEFT JOIN before USING (message_id)
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
           correlation_id, wait_reason
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


_TOLD = """
    SELECT EXISTS (SELECT FROM messages
                    WHERE subject_id = $1 AND offer_id = $2 AND step = $3
                      AND state IN ('claimed', 'unknown', 'sent', 'delivered', 'no_receipt'))
"""
_RECEIPT = "UPDATE messages SET receipt = $2 WHERE message_id = $1"
_KNOWN = "SELECT provider_id FROM messages WHERE provider_id = ANY($1::text[])"
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


async def may_have_been_read(
    connection: Connection, subject_id: UUID, offer_id: UUID, step: str
) -> bool:
    """Whether this step about this offer has been sent, or may have been."""
    sent: bool = await connection.fetchval(_TOLD, subject_id, offer_id, step)
    return sent


async def set_receipt(connection: Connection, message_id: UUID, receipt: str) -> None:
    """How far the provider says it got."""
    await connection.execute(_RECEIPT, message_id, receipt)


async def known_provider_ids(connection: Connection, provider_ids: Sequence[str]) -> set[str]:
    """Which of these belong to messages whose outcome is known."""
    rows = await connection.fetch(_KNOWN, list(provider_ids))
    return {row["provider_id"] for row in rows}


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
