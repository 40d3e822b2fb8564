"""The rows of `outbox`: events that leave with the commit of the transaction that caused them."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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


def body_of(event: Event) -> str:
    """The event as it travels.

    Raises PermanentError when it is larger than `MAX_BODY`: it must fail where it is made, in
    sight of its maker, and not in the relay.
    """
    body = event.model_dump_json()
    if len(body.encode()) > MAX_BODY:
        raise PermanentError("event_too_large")
    return body


# One round trip, because the relay pays it for every event when there is no queue.
_NEXT = """
    WITH gone AS (
        DELETE FROM outbox WHERE outbox_id = ANY($3::bigint[])
    ), published AS (
        INSERT INTO published_positions (topic, partition, next_offset)
        SELECT * FROM unnest($4::text[], $5::int[], $6::bigint[])
            AS p (topic, partition, next_offset) ORDER BY topic, partition
        ON CONFLICT (topic, partition) DO UPDATE
           SET next_offset = greatest(published_positions.next_offset, EXCLUDED.next_offset)
    )
    SELECT outbox_id, topic, key, seq, epoch, event_id, type, occurred_at, correlation_id, payload
      FROM outbox
     WHERE shard = ANY($1::smallint[]) AND outbox_id NOT IN (SELECT unnest($3::bigint[]))
     ORDER BY outbox_id LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the broker has taken: rows, and the position behind them in each partition."""

    outbox_ids: Sequence[int] = ()
    positions: Mapping[tuple[str, int], int] = field(default_factory=dict)


async def next_rows(
    connection: Connection, *, shards: Sequence[int], limit: int, acknowledged: Acknowledged
) -> list[Row]:
    """Delete rows that the broker has acknowledged; returns the oldest others in these shards.

    Always the rows that are left, never those after the last one seen: a smaller id may commit
    later than a larger one.
    """
    partitions = sorted(acknowledged.positions)
    return await connection.fetch(
        _NEXT,
        list(shards),
        limit,
        list(acknowledged.outbox_ids),
        [topic for topic, _ in partitions],
        [number for _, number in partitions],
        [acknowledged.positions[part] for part in partitions],
    )
