"""Messages are planned: one row per step and recipient, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db import Connection


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
    correlation_id: UUID
    language: str | None = None
    """A BCP 47 tag where it is not the recipient's own."""


# What was sent before a restore is planned as sent, under the id that it had: the row that tells of
# it is used up by that.
_PLAN = """
    WITH new AS (
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::int[], $6::int[],
                             $7::text[], $8::text[], $9::uuid[], $10::uuid[], $11::timestamptz[],
                             $12::uuid[], $14::text[])
            AS m (message_id, subject_id, referral_id, occasion_id, episode, plan_version, step,
                  recipient_kind, recipient_id, offer_id, due_at, correlation_id, language)
    ), before AS (
        DELETE FROM sent_before_restore s USING new n
         WHERE s.subject_id = n.subject_id AND s.step = n.step
           AND s.recipient_id = n.recipient_id AND s.offer_id IS NOT DISTINCT FROM n.offer_id
        RETURNING n.message_id, s.message_id AS sent_as, s.channel, s.sent_at
    )
    INSERT INTO messages (message_id, subject_id, referral_id, occasion_id, episode, plan_version,
                          step, recipient_kind, recipient_id, offer_id, state, due_at, next_at,
                          planned_at, correlation_id, channel, sent_at, language)
    SELECT coalesce(sent_as, message_id), subject_id, referral_id, occasion_id, episode,
           plan_version, step, recipient_kind, recipient_id, offer_id,
           CASE WHEN sent_at IS NULL THEN 'planned' ELSE 'sent' END, due_at,
           CASE WHEN sent_at IS NULL THEN due_at ELSE $13::timestamptz + interval '72 hours' END,
           $13, correlation_id, channel, sent_at, language
      FROM new LEFT JOIN before USING (message_id)
    ON CONFLICT ON CONSTRAINT a_step_is_planned_once DO NOTHING
"""


async def plan(connection: Connection, new: Sequence[NewMessage], *, at: datetime) -> None:
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
        [m.correlation_id for m in new],
        at,
        [m.language for m in new],
    )
