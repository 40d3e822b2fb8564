"""The rows of `timers`: set, moved, cancelled and taken when due."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from shared.db import Connection, Row

SOON = timedelta(seconds=1)
"""A timer that is due so soon wakes its loop with the commit; others are found in time."""


@dataclass(frozen=True, slots=True)
class Due:
    """One timer as a row."""

    kind: str
    key: str
    subject_id: UUID
    due_at: datetime
    payload: str
    correlation_id: UUID


@dataclass(slots=True)
class Changes:
    """The timers that a transaction sets and cancels; the last word per kind and key counts."""

    _cancelled_subjects: set[UUID] = field(default_factory=set)
    _by_key: dict[tuple[str, str], Due | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self._cancelled_subjects or self._by_key)

    def set(self, due: Due) -> None:
        self._by_key[due.kind, due.key] = due

    def cancel(self, kind: str, key: str) -> None:
        self._by_key[kind, key] = None

    def cancel_all(self, subject_id: UUID) -> None:
        self._cancelled_subjects.add(subject_id)
        for name, due in list(self._by_key.items()):
            if due is not None and due.subject_id == subject_id:
                self._by_key[name] = None

    def subjects(self, kind: str) -> frozenset[UUID]:
        """Whom the timers of this kind are about that are set."""
        wanted = filter(None, self._by_key.values())
        return frozenset(due.subject_id for due in wanted if due.kind == kind)

    @property
    def cancelled_subjects(self) -> list[UUID]:
        return sorted(self._cancelled_subjects)

    @property
    def cancelled(self) -> list[tuple[str, str]]:
        return sorted(name for name, due in self._by_key.items() if due is None)

    @property
    def wanted(self) -> list[Due]:
        return [due for _, due in sorted(self._by_key.items()) if due is not None]


_CANCEL_SUBJECTS = """
    DELETE FROM timers WHERE subject_id = ANY($1::uuid[])
"""
_CANCEL = """
    DELETE FROM timers USING unnest($1::text[], $2::text[]) AS gone (kind, key)
     WHERE timers.kind = gone.kind AND timers.key = gone.key
"""


async def cancel(connection: Connection, changes: Changes) -> None:
    """Delete what is no longer wanted; what is wanted is set with all else that leaves."""
    if changes.cancelled_subjects:
        await connection.execute(_CANCEL_SUBJECTS, changes.cancelled_subjects)
    if changes.cancelled:
        kinds, keys = zip(*changes.cancelled, strict=True)
        await connection.execute(_CANCEL, list(kinds), list(keys))


_TAKE_DUE = """
    DELETE FROM timers
     WHERE timer_id IN (SELECT timer_id FROM timers
                         WHERE due_at <= $1 AND attempts < 5
                           AND (retry_at IS NULL OR retry_at <= $1)
                         ORDER BY due_at, timer_id
                         LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING timer_id, kind, key, subject_id, due_at, payload, correlation_id, attempts,
              transient_tries
"""


async def take_due(connection: Connection, *, now: datetime, limit: int) -> list[Row]:
    """Take up to `limit` due timers, oldest first; another process skips them meanwhile.

    They are gone when the caller's transaction commits and back when it does not.
    """
    rows = await connection.fetch(_TAKE_DUE, now, limit)
    return sorted(rows, key=lambda row: (row["due_at"], row["timer_id"]))


_POSTPONE = """
    UPDATE timers
       SET attempts = attempts + $4::int, transient_tries = transient_tries + 1 - $4::int,
           error = $2, retry_at = $3
     WHERE timer_id = $1
"""


async def postpone(
    connection: Connection, timer_id: int, *, error: str, until: datetime, transient: bool
) -> None:
    """Note a failure and try again at `until`; after five attempts it waits for a person.

    A transient failure, such as a vault that is away, is no attempt: it is tried without end.
    """
    await connection.execute(_POSTPONE, timer_id, error, until, int(not transient))


MAX_ATTEMPTS = 5
"""So often a timer fails before it waits for a person; it stands in statements and indexes too."""

_FAILING = """
    SELECT timer_id, kind, due_at, attempts, transient_tries, error
      FROM timers WHERE attempts >= 5 OR retry_at IS NOT NULL
     ORDER BY due_at, timer_id LIMIT 500
"""
_TRY_ANEW = """
    UPDATE timers SET attempts = 0, transient_tries = 0, retry_at = NULL, error = NULL
     WHERE (attempts >= 5 OR retry_at IS NOT NULL) AND ($1::bigint IS NULL OR timer_id = $1)
    RETURNING timer_id
"""


async def failing(connection: Connection) -> list[Row]:
    """Timers that have failed and are still there, the longest due first."""
    return await connection.fetch(_FAILING)


async def try_anew(connection: Connection, timer_id: int | None) -> list[int]:
    """A person says that the cause is mended: of this timer, or of all. Returns which ones."""
    return [row["timer_id"] for row in await connection.fetch(_TRY_ANEW, timer_id)]


_NEXT_DUE = """
    SELECT least((SELECT min(due_at) FROM timers WHERE attempts < 5 AND retry_at IS NULL),
                 (SELECT min(retry_at) FROM timers WHERE attempts < 5 AND retry_at IS NOT NULL))
"""


async def next_due(connection: Connection) -> datetime | None:
    """When the next timer is due or tried again, if there is one."""
    due: datetime | None = await connection.fetchval(_NEXT_DUE)
    return due
