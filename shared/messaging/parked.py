"""The rows of `parked_records`, sealed as they came; `behind` says whose news still waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from shared.db import Connection, Row
from shared.ids import new_id
from shared.messaging.records import Record


class Reason(StrEnum):
    """Why a record waits."""

    FAILED = "failed"
    """A dead letter: only a person frees its key, by replaying or discarding it."""
    BEHIND_FAILED = "behind_failed"
    """It follows a record of its key that failed, so that order survives."""
    GAP = "gap"
    """It came before its predecessor, and heals when that one comes."""
    RETRYING = "retrying"
    """Its handler failed and is tried again, apart from the stream."""
    CONFLICT = "conflict"
    """Its number was used by another event: the owner's database has gone back in time."""
    REFUSED = "refused"
    """It does not come from the owner of its topic. It belongs to no key and stops none."""


@dataclass(frozen=True, slots=True)
class Parked:
    """Why and since when a record waits. `error` is a code or a type name, never a text."""

    reason: Reason
    error: str | None
    at: datetime
    retry_at: datetime | None = None


_PARK = """
    INSERT INTO parked_records (record_id, topic, partition, record_offset, key, seq, type, reason,
                                error, sealed, parked_at, retry_at, attempts)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)
    ON CONFLICT ON CONSTRAINT a_record_is_parked_once
    DO UPDATE SET reason = EXCLUDED.reason, error = EXCLUDED.error, retry_at = EXCLUDED.retry_at
"""


async def park(connection: Connection, record: Record, why: Parked, *, sealed: bytes) -> None:
    """Keep a record that cannot be handled now. Keeping it twice is keeping it once."""
    head = record.head
    ours = why.reason is not Reason.REFUSED
    await connection.execute(
        _PARK,
        new_id(),
        record.topic,
        record.partition,
        record.offset,
        head.key if ours else None,
        head.seq if ours else None,
        head.type if ours else None,
        why.reason.value,
        why.error,
        sealed,
        why.at,
        why.retry_at,
    )


_RECENT = """
    SELECT count(*) FROM parked_records WHERE reason = ANY($1::text[]) AND parked_at > $2
"""


async def count_recent(
    connection: Connection, reasons: Sequence[Reason], *, since: datetime
) -> int:
    """Records parked after `since` for these reasons that nobody has dealt with."""
    count: int = await connection.fetchval(_RECENT, [one.value for one in reasons], since)
    return count


LIMITED = (Reason.FAILED, Reason.RETRYING)
"""What counts towards the dead-letter limit."""


async def limit_is_reached(connection: Connection, limit: int, *, now: datetime) -> bool:
    """Whether so many records have failed in an hour that the next one halts its consumer.

    Any replica's may have halted then, with a revocation unread in front of it.
    """
    return await count_recent(connection, LIMITED, since=now - timedelta(hours=1)) >= limit


_READY = """
    SELECT p.record_id, p.topic, p.partition, p.record_offset, p.key, p.seq, p.type, p.reason,
           p.attempts, p.sealed
      FROM parked_records AS p JOIN inbox AS i USING (topic, key)
     WHERE p.reason IN ('gap', 'behind_failed') AND NOT i.failed AND p.seq <= i.last_seq + 1
     ORDER BY p.topic, p.key, p.seq
     LIMIT 100
"""


async def ready_records(connection: Connection) -> list[Row]:
    """Parked records whose turn has come: their key goes on, and they are next or came late."""
    return await connection.fetch(_READY)


_DUE = """
    SELECT record_id, topic, partition, record_offset, key, seq, type, reason, attempts, sealed
      FROM parked_records WHERE reason = 'retrying' AND retry_at <= $1
     ORDER BY retry_at, record_id LIMIT 100
"""


async def due_retries(connection: Connection, *, now: datetime) -> list[Row]:
    """Records whose handler failed and may be tried again now."""
    return await connection.fetch(_DUE, now)


_POSTPONE = """
    UPDATE parked_records SET attempts = $2, error = $3, retry_at = $4, reason = $5
     WHERE record_id = $1 AND reason = 'retrying'
"""


async def postpone(connection: Connection, record_id: UUID, why: Parked, *, attempts: int) -> None:
    """Note a failed attempt: tried again at `why.retry_at`, or a dead letter without that."""
    await connection.execute(
        _POSTPONE, record_id, attempts, why.error, why.retry_at, why.reason.value
    )


_BEHIND = """
    SELECT DISTINCT key FROM parked_records
     WHERE key = ANY($1::uuid[]) AND topic = ANY($2::text[])
"""


async def behind(
    connection: Connection, keys: Sequence[UUID], *, topics: Sequence[str]
) -> frozenset[UUID]:
    """Those of these keys whose news has come and is not applied: a revocation may be in it.

    Whatever sends, discloses or decides asks this first. `topics` are those that can forbid it: an
    answer that waits for such news is parked as well, and must not wait for itself.
    """
    rows = await connection.fetch(_BEHIND, list(keys), list(topics))
    return frozenset(row["key"] for row in rows)


_WAITS_FOR_PERSON = """
    SELECT EXISTS (SELECT FROM parked_records WHERE key = $1 AND reason IN ('failed', 'conflict'))
"""


async def waits_for_person(connection: Connection, key: UUID) -> bool:
    """Whether a record of this key, on any topic, waits for somebody to replay or discard it."""
    waits: bool = await connection.fetchval(_WAITS_FOR_PERSON, key)
    return waits


_REMOVE = """
    DELETE FROM parked_records WHERE record_id = $1 RETURNING true
"""


async def remove(connection: Connection, record_id: UUID) -> bool:
    """Take a record out of parking. False when somebody else did."""
    return await connection.fetchval(_REMOVE, record_id) is not None


_MARK = "UPDATE parked_records SET reason = $2 WHERE record_id = $1"


async def mark(connection: Connection, record_id: UUID, reason: Reason) -> None:
    """The record goes on waiting, for another reason."""
    await connection.execute(_MARK, record_id, reason.value)
