"""What humans of the team wrote to people and coaches, and everything that went to a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.rules.states import State
from shared.db import Connection


@dataclass(frozen=True, slots=True, repr=False)
class HumanAnswer:
    """One answer from the desk; the words are in `sealed`."""

    answer_id: UUID
    task_id: UUID
    recipient_id: UUID
    sealed: str
    written_by: str


_KEEP = """
    INSERT INTO human_answers (answer_id, task_id, recipient_id, sealed, written_by, written_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (answer_id) DO NOTHING
    RETURNING true
"""


async def keep(connection: Connection, answer: HumanAnswer, *, at: datetime) -> bool:
    """Keep an answer. False when this very one was handed in before, as by a double click."""
    kept = await connection.fetchval(
        _KEEP,
        answer.answer_id,
        answer.task_id,
        answer.recipient_id,
        answer.sealed,
        answer.written_by,
        at,
    )
    return kept is not None


_SEALED = "SELECT sealed FROM human_answers WHERE answer_id = $1"


async def sealed_of(connection: Connection, answer_id: UUID) -> str | None:
    """The sealed words of one answer."""
    sealed: str | None = await connection.fetchval(_SEALED, answer_id)
    return sealed


@dataclass(frozen=True, slots=True, repr=False)
class ThreadMessage:
    """A text of ours to somebody. Only what a human wrote has words that were kept."""

    at: datetime
    step: str
    state: State
    reason: str | None
    answer_id: UUID | None
    sealed: str | None
    written_by: str | None


_THREAD = """
    SELECT coalesce(m.sent_at, m.planned_at) AS at, m.step, m.state, m.reason, a.answer_id,
           a.sealed, a.written_by
      FROM messages m LEFT JOIN human_answers a ON a.answer_id = m.occasion_id
     WHERE m.recipient_id = $1
       AND (a.answer_id IS NOT NULL
            OR m.channel = 'sms' AND m.state IN ('sent', 'delivered', 'undelivered', 'no_receipt'))
     ORDER BY m.planned_at DESC LIMIT $2
"""


async def thread(
    connection: Connection, recipient_id: UUID, *, limit: int
) -> Sequence[ThreadMessage]:
    """Our texts to somebody, newest first; of what humans wrote also what did not go out."""
    rows = await connection.fetch(_THREAD, recipient_id, limit)
    return [ThreadMessage(**{**dict(row), "state": State(row["state"])}) for row in rows]
