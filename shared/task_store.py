"""The table of tasks: at intake and matching their own, at notifications those of all services."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db import Connection, Row
from shared.tasks import Outcome, Task, TaskKind

_OPEN = """
    INSERT INTO tasks (task_id, owner, kind, subject_id, reason, opened_at, due_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT DO NOTHING
    RETURNING true
"""


async def open_one(connection: Connection, owner: str, task: Task) -> bool:
    """Keep a task. False when its owner has one of this kind open about this subject."""
    opened = await connection.fetchval(
        _OPEN,
        task.task_id,
        owner,
        task.kind.value,
        task.subject_id,
        task.reason,
        task.opened_at,
        task.due_at,
    )
    return opened is not None


_CLOSE_ABOUT = """
    UPDATE tasks SET closed_at = $4, closed_by = $5, outcome = $3
     WHERE subject_id = $1 AND kind = ANY($2::text[]) AND owner = $6 AND closed_at IS NULL
    RETURNING task_id
"""


async def close_about(
    connection: Connection,
    owner: str,
    subject_id: UUID,
    kinds: Collection[TaskKind],
    outcome: Outcome,
    *,
    at: datetime,
    by: str,
) -> list[UUID]:
    """Close the owner's open tasks of these kinds about a subject. Returns which they were."""
    rows = await connection.fetch(
        _CLOSE_ABOUT, subject_id, [kind.value for kind in kinds], outcome.value, at, by, owner
    )
    return [row["task_id"] for row in rows]


_CLOSE = """
    UPDATE tasks SET closed_at = $3, closed_by = $4, outcome = $2
     WHERE task_id = $1 AND closed_at IS NULL
"""


async def close_one(
    connection: Connection, task_id: UUID, outcome: str, *, at: datetime, by: str
) -> None:
    """Close a task as its owner told; one that is closed stays as it is."""
    await connection.execute(_CLOSE, task_id, outcome, at, by)


@dataclass(frozen=True, slots=True)
class Listed:
    """A task as the board shows it. `taken_by` is who said that they act on it."""

    task_id: UUID
    owner: str
    kind: TaskKind
    subject_id: UUID
    reason: str
    opened_at: datetime
    due_at: datetime
    taken_by: str | None
    closed_at: datetime | None
    closed_by: str | None
    outcome: Outcome | None


_BOARD = """
    SELECT task_id, owner, kind, subject_id, reason, opened_at, due_at, taken_by, closed_at,
           closed_by, outcome
      FROM tasks WHERE closed_at IS NULL ORDER BY due_at, task_id LIMIT $1
"""
_ONE = """
    SELECT task_id, owner, kind, subject_id, reason, opened_at, due_at, taken_by, closed_at,
           closed_by, outcome
      FROM tasks WHERE task_id = $1
"""


async def board(connection: Connection, *, limit: int) -> list[Listed]:
    """The open tasks, the one that is due first on top."""
    return [_listed(row) for row in await connection.fetch(_BOARD, limit)]


async def find(connection: Connection, task_id: UUID) -> Listed | None:
    """One task, open or closed."""
    row = await connection.fetchrow(_ONE, task_id)
    return _listed(row) if row is not None else None


_OPEN_ABOUT = """
    SELECT EXISTS (SELECT FROM tasks
                    WHERE subject_id = $1 AND kind = $2 AND closed_at IS NULL)
"""


async def is_open(connection: Connection, kind: TaskKind, subject_id: UUID) -> bool:
    """Whether a human is being asked for this."""
    found: bool = await connection.fetchval(_OPEN_ABOUT, subject_id, kind.value)
    return found


def _listed(row: Row) -> Listed:
    return Listed(
        **{
            **dict(row),
            "kind": TaskKind(row["kind"]),
            "outcome": Outcome(row["outcome"]) if row["outcome"] else None,
        }
    )


_TAKE = """
    UPDATE tasks SET taken_by = $2, taken_at = $3
     WHERE task_id = $1 AND closed_at IS NULL AND taken_by IS DISTINCT FROM $2
    RETURNING true
"""


async def take(connection: Connection, task_id: UUID, *, by: str, at: datetime) -> bool:
    """Somebody says that they act on it, also instead of somebody else.

    False when it is closed, or theirs already.
    """
    taken = await connection.fetchval(_TAKE, task_id, by, at)
    return taken is not None


_COUNTED = """
    SELECT kind, count(*) AS open, count(*) FILTER (WHERE due_at < $1) AS overdue
      FROM tasks WHERE closed_at IS NULL GROUP BY kind
"""


async def count(connection: Connection, *, now: datetime) -> dict[TaskKind, tuple[int, int]]:
    """How many tasks of each kind are open, and how many of those are overdue."""
    rows = await connection.fetch(_COUNTED, now)
    return {TaskKind(kind): (total, overdue) for kind, total, overdue in rows}
