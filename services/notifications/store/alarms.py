"""Alarms: which tasks wake people, how far each has come, and who answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.rules.ladder import Alarm
from shared.db import Connection
from shared.tasks import TaskKind

_WATCH = "INSERT INTO alarms (task_id) VALUES ($1) ON CONFLICT DO NOTHING"
_LOCK = """
    SELECT t.subject_id, t.kind, t.opened_at, t.due_at, a.calls, a.begun_at, a.called_at,
           a.acknowledged_at, a.seen_at
      FROM alarms a JOIN tasks t USING (task_id)
     WHERE task_id = $1 AND t.closed_at IS NULL FOR UPDATE OF a
"""


async def watch(connection: Connection, task_id: UUID) -> None:
    """From now on this task may wake people."""
    await connection.execute(_WATCH, task_id)


async def lock_open(connection: Connection, task_id: UUID) -> tuple[UUID, Alarm] | None:
    """The subject and the alarm of an open task, locked; None when the task is closed."""
    row = await connection.fetchrow(_LOCK, task_id)
    if row is None:
        return None
    subject_id, kind, *others = row
    return subject_id, Alarm(TaskKind(kind), *others)


# One row is locked, so that two alarms never have one code; as late as possible in a transaction.
_BEGIN = """
    WITH next AS (
        UPDATE alarm_codes SET last_code = CASE WHEN last_code >= 99 THEN 11 ELSE last_code + 1 END
        RETURNING last_code
    )
    UPDATE alarms SET code = last_code, begun_at = $2 FROM next
     WHERE task_id = $1 AND begun_at IS NULL
"""
_CALLED = "UPDATE alarms SET calls = $2, called_at = $3 WHERE task_id = $1"
_NOTE = """
    INSERT INTO alarm_log (entry_id, task_id, what, at, actor, people)
    VALUES ($1, $2, $3, $4, $5, $6)
"""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What happened to an alarm: a rung was called, or somebody answered."""

    entry_id: UUID
    task_id: UUID
    what: str
    at: datetime
    actor: str
    people: int


async def begin(connection: Connection, task_id: UUID, *, at: datetime) -> None:
    """The first call: the alarm gets the two digits by which a text names it."""
    await connection.execute(_BEGIN, task_id, at)


async def called(connection: Connection, task_id: UUID, calls: int, *, at: datetime) -> None:
    """The ladder has come this far."""
    await connection.execute(_CALLED, task_id, calls, at)


async def note(connection: Connection, entry: LogEntry) -> None:
    """Keep what happened."""
    await connection.execute(
        _NOTE, entry.entry_id, entry.task_id, entry.what, entry.at, entry.actor, entry.people
    )


_LOG = """
    SELECT entry_id, task_id, what, at, actor, people FROM alarm_log
     WHERE task_id = $1 ORDER BY at, entry_id
"""
_ACKNOWLEDGE = "UPDATE alarms SET acknowledged_at = $2 WHERE task_id = $1"
_SEE = "UPDATE alarms SET seen_at = $2 WHERE task_id = $1"


async def log_of(connection: Connection, task_id: UUID) -> Sequence[LogEntry]:
    """What happened so far, oldest first."""
    return [LogEntry(*row) for row in await connection.fetch(_LOG, task_id)]


async def acknowledge(connection: Connection, task_id: UUID, *, at: datetime) -> None:
    """Somebody says that they act on it."""
    await connection.execute(_ACKNOWLEDGE, task_id, at)


async def see(connection: Connection, task_id: UUID, *, at: datetime) -> None:
    """Somebody who may act looks at its page."""
    await connection.execute(_SEE, task_id, at)


_RINGS = """
    SELECT EXISTS (SELECT FROM alarms a JOIN tasks t USING (task_id)
                    WHERE task_id = $1 AND t.closed_at IS NULL AND a.begun_at IS NOT NULL
                      AND (a.acknowledged_at < a.begun_at OR a.acknowledged_at IS NULL))
"""


async def rings(connection: Connection, task_id: UUID) -> bool:
    """Whether people are being called for it and nobody has said that they act."""
    is_open: bool = await connection.fetchval(_RINGS, task_id)
    return is_open


_STAFF_BY_PHONE = """
    SELECT c.recipient_id FROM contacts c JOIN staff_access s ON s.staff_id = c.recipient_id
     WHERE c.kind = 'staff' AND c.phone_hash = $1 AND NOT s.ended ORDER BY c.recipient_id LIMIT 1
"""
_OPEN_BY_CODE = """
    SELECT task_id FROM alarms a JOIN tasks t USING (task_id)
     WHERE a.code = $1 AND t.closed_at IS NULL ORDER BY a.begun_at DESC LIMIT 1
"""


async def staff_by_phone(connection: Connection, phone_hash: bytes) -> UUID | None:
    """Who of the staff is written to on this number."""
    staff_id: UUID | None = await connection.fetchval(_STAFF_BY_PHONE, phone_hash)
    return staff_id


async def open_by_code(connection: Connection, code: int) -> UUID | None:
    """The open task that these two digits name."""
    task_id: UUID | None = await connection.fetchval(_OPEN_BY_CODE, code)
    return task_id


@dataclass(frozen=True, slots=True)
class Called:
    """What a text or mail of one entry says: which task, by when, and the digits of the answer."""

    task_id: UUID
    kind: TaskKind
    due_at: datetime
    code: str


_OF_ENTRY = """
    SELECT task_id, t.kind, t.due_at, a.code::text
      FROM alarm_log l JOIN alarms a USING (task_id) JOIN tasks t USING (task_id)
     WHERE l.entry_id = $1
"""


async def of_entry(connection: Connection, entry_id: UUID) -> Called | None:
    """What the entry is about."""
    row = await connection.fetchrow(_OF_ENTRY, entry_id)
    if row is None:
        return None
    task_id, kind, due_at, code = row
    return Called(task_id, TaskKind(kind), due_at, code)
