"""The rows of `outbox`: events that leave with the commit of the transaction that caused them."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db import Connection, Row
from shared.errors import PermanentError
from shared.events import Event

SHARDS = 16
"""The relay's units of ownership. Changing it needs an empty outbox: a key must keep its shard."""

MAX_BODY = 64 * 1024
"""Bytes of one event's body. Far below the broker's 1 MiB, so that a record always fits."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event with what its envelope needs besides the place in its key's order."""

    event: Event
    event_id: UUID
    occurred_at: datetime
    correlation_id: UUID


def shard_of(key: UUID) -> int:
    """The shard of a key: the same in every process and on every machine."""
    return zlib.crc32(key.bytes) % SHARDS


# The upsert locks each key's counter until the commit, in a fixed order against deadlocks; the
# outbox ids are drawn afterwards, so the ids of one key are in commit order.
_APPEND = """
    WITH outgoing AS (
        SELECT * FROM unnest($1::int[], $2::smallint[], $3::text[], $4::uuid[], $5::uuid[],
                             $6::text[], $7::timestamptz[], $8::uuid[], $9::text[])
            AS e (place, shard, topic, key, event_id, type, occurred_at, correlation_id, payload)
    ), counted AS (
        INSERT INTO sequences (topic, key, last_seq)
        SELECT topic, key, count(*) FROM outgoing GROUP BY topic, key ORDER BY topic, key
        ON CONFLICT (topic, key) DO UPDATE SET last_seq = sequences.last_seq + EXCLUDED.last_seq
        RETURNING topic, key, last_seq
    )
    INSERT INTO outbox (shard, topic, key, seq, event_id, type, occurred_at, correlation_id,
                        payload)
    SELECT shard, topic, key,
           last_seq + 1 - row_number() OVER (PARTITION BY topic, key ORDER BY place DESC),
           event_id, type, occurred_at, correlation_id, payload
      FROM outgoing JOIN counted USING (topic, key)
     ORDER BY place
"""


async def append(connection: Connection, events: Sequence[Outgoing]) -> None:
    """Insert `events` in their order, each with the next number of its topic and key.

    Raises PermanentError when a body is larger than `MAX_BODY`: it must fail where it is made,
    in sight of its maker, and not in the relay.
    """
    payloads = [outgoing.event.model_dump_json() for outgoing in events]
    if any(len(payload.encode()) > MAX_BODY for payload in payloads):
        raise PermanentError("event_too_large")
    await connection.execute(
        _APPEND,
        list(range(len(events))),
        [shard_of(outgoing.event.key) for outgoing in events],
        [outgoing.event.topic for outgoing in events],
        [outgoing.event.key for outgoing in events],
        [outgoing.event_id for outgoing in events],
        [outgoing.event.type for outgoing in events],
        [outgoing.occurred_at for outgoing in events],
        [outgoing.correlation_id for outgoing in events],
        payloads,
    )


_NEXT = """
    SELECT outbox_id, topic, key, seq, event_id, type, occurred_at, correlation_id, payload
      FROM outbox WHERE shard = ANY($1::smallint[]) ORDER BY outbox_id LIMIT $2
"""


async def next_rows(connection: Connection, *, shards: Sequence[int], limit: int) -> list[Row]:
    """The oldest rows left in these shards.

    Always the rows that are left, never those after the last one seen: a smaller id may commit
    later than a larger one.
    """
    return await connection.fetch(_NEXT, list(shards), limit)


_DELETE = """
    DELETE FROM outbox WHERE outbox_id = ANY($1::bigint[])
"""


async def delete(connection: Connection, outbox_ids: Sequence[int]) -> None:
    """Forget rows that the broker has acknowledged."""
    await connection.execute(_DELETE, list(outbox_ids))
