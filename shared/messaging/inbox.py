"""The rows of `inbox` and `parked_records`: how far each key is handled, and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.db import Connection, Row
from shared.ids import new_id
from shared.messaging.envelope import RecordHead
from shared.messaging.records import Record

ParkReason = Literal["failed", "behind_failed", "gap"]


@dataclass(frozen=True, slots=True)
class KeyAdvance:
    """A key goes from the record before `first` to `last`."""

    topic: str
    key: UUID
    first: int
    last: int


# One round trip to check and lock. A key met for the first time starts where it is found.
_CLAIM = """
    WITH advances AS (
        SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[])
            AS m (topic, key, first, last)
    )
    INSERT INTO inbox (topic, key, last_seq)
    SELECT topic, key, last FROM advances ORDER BY topic, key
    ON CONFLICT (topic, key) DO UPDATE SET last_seq = EXCLUDED.last_seq
     WHERE NOT inbox.failed
       AND inbox.last_seq + 1 = (SELECT first FROM advances
                                  WHERE advances.topic = inbox.topic AND advances.key = inbox.key)
    RETURNING true
"""


async def claim(connection: Connection, advances: Sequence[KeyAdvance]) -> bool:
    """Advance every key, and hold its row until the transaction ends.

    False when at least one key is not where its advance starts; the caller must then roll back.
    """
    advanced = await connection.fetch(
        _CLAIM,
        [advance.topic for advance in advances],
        [advance.key for advance in advances],
        [advance.first for advance in advances],
        [advance.last for advance in advances],
    )
    return len(advanced) == len(advances)


_STATE = """
    SELECT last_seq, failed FROM inbox WHERE topic = $1 AND key = $2 FOR UPDATE
"""


async def locked_state(connection: Connection, topic: str, key: UUID) -> Row | None:
    """Where the key stands, read in a statement of its own after a claim was refused."""
    return await connection.fetchrow(_STATE, topic, key)


_FAIL_KEY = """
    INSERT INTO inbox (topic, key, last_seq, failed) VALUES ($1, $2, $3, true)
    ON CONFLICT (topic, key) DO UPDATE SET failed = true
"""


async def fail_key(connection: Connection, topic: str, key: UUID, *, before: int) -> None:
    """Park the key: what follows waits, so that order survives. `before` starts a new key."""
    await connection.execute(_FAIL_KEY, topic, key, before)


_FREE_KEY = """
    UPDATE inbox SET failed = false, last_seq = greatest(last_seq, $3)
     WHERE topic = $1 AND key = $2
"""


async def free_key(connection: Connection, topic: str, key: UUID, *, last_seq: int) -> None:
    """Let the key go on after `last_seq`."""
    await connection.execute(_FREE_KEY, topic, key, last_seq)


_PARK = """
    INSERT INTO parked_records (record_id, topic, partition, record_offset, key, seq, type, reason,
                                error, sealed, parked_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT ON CONSTRAINT a_record_is_parked_once
    DO UPDATE SET reason = EXCLUDED.reason, error = EXCLUDED.error
"""


@dataclass(frozen=True, slots=True)
class Parked:
    """Why a record waits. `error` is a code or a type name, never a text."""

    reason: ParkReason
    error: str | None
    at: datetime


async def park(
    connection: Connection, record: Record, head: RecordHead, why: Parked, *, sealed: bytes
) -> None:
    """Keep a record that cannot be handled now. Keeping it twice is keeping it once."""
    await connection.execute(
        _PARK,
        new_id(),
        record.topic,
        record.partition,
        record.offset,
        head.key,
        head.seq,
        head.type,
        why.reason,
        why.error,
        sealed,
        why.at,
    )


_RECENT_FAILURES = """
    SELECT count(*) FROM parked_records WHERE reason = 'failed' AND parked_at > $1
"""


async def count_failed(connection: Connection, *, since: datetime) -> int:
    """Dead letters that nobody has replayed or discarded, parked after `since`."""
    count: int = await connection.fetchval(_RECENT_FAILURES, since)
    return count


# Waiting records whose turn has come: their key is not failed and they are next, or already done.
_READY = """
    SELECT p.record_id, p.topic, p.partition, p.record_offset, p.key, p.seq, p.sealed, i.last_seq
      FROM parked_records AS p JOIN inbox AS i USING (topic, key)
     WHERE p.reason IN ('gap', 'behind_failed') AND NOT i.failed AND p.seq <= i.last_seq + 1
     ORDER BY p.topic, p.key, p.seq
     LIMIT 100
"""


async def ready_records(connection: Connection) -> list[Row]:
    """Parked records that can be handled now."""
    return await connection.fetch(_READY)


_REMOVE = """
    DELETE FROM parked_records WHERE record_id = $1 RETURNING true
"""


async def remove(connection: Connection, record_id: UUID) -> bool:
    """Take a record out of parking. False when somebody else did."""
    return await connection.fetchval(_REMOVE, record_id) is not None
