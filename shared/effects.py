"""Writes what a transaction leaves besides its state: timers, audit rows and events.

In one statement, because every use case ends with it and would pay for every further round trip.
"""

import json
from collections.abc import Sequence

from shared.audit import Entry
from shared.db import Connection
from shared.outbox import Outgoing, body_of, shard_of
from shared.timer_store import Due

# The upsert of `sequences` locks each key's counter until the commit, in a fixed order against
# deadlocks; the outbox ids are drawn afterwards, so the ids of one key are in commit order.
_WRITE = """
    WITH timers_set AS (
        INSERT INTO timers (kind, key, subject_id, due_at, payload, correlation_id)
        SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[], $5::text[],
                             $6::uuid[])
        ON CONFLICT ON CONSTRAINT one_timer_per_kind_and_key DO UPDATE
           SET due_at = EXCLUDED.due_at, payload = EXCLUDED.payload,
               subject_id = EXCLUDED.subject_id, attempts = 0, error = NULL,
               transient_tries = 0, retry_at = NULL
    ), audited AS (
        INSERT INTO audit (at, actor, action, subject_kind, subject_id, detail, correlation_id)
        SELECT * FROM unnest($7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::uuid[],
                             $12::text[], $13::uuid[])
    ), outgoing AS (
        SELECT * FROM unnest($14::int[], $15::smallint[], $16::text[], $17::uuid[], $18::uuid[],
                             $19::text[], $20::timestamptz[], $21::uuid[], $22::text[])
            AS e (place, shard, topic, key, event_id, type, occurred_at, correlation_id, payload)
    ), counted AS (
        INSERT INTO sequences (topic, key, last_seq)
        SELECT topic, key, count(*) FROM outgoing GROUP BY topic, key ORDER BY topic, key
        ON CONFLICT (topic, key) DO UPDATE SET last_seq = sequences.last_seq + EXCLUDED.last_seq
        RETURNING topic, key, last_seq
    )
    INSERT INTO outbox (shard, epoch, topic, key, seq, event_id, type, occurred_at,
                        correlation_id, payload)
    SELECT shard, (SELECT max(epoch) FROM epochs), topic, key,
           last_seq + 1 - row_number() OVER (PARTITION BY topic, key ORDER BY place DESC),
           event_id, type, occurred_at, correlation_id, payload
      FROM outgoing JOIN counted USING (topic, key)
     ORDER BY place
"""


async def write(
    connection: Connection,
    timers: Sequence[Due],
    entries: Sequence[Entry],
    events: Sequence[Outgoing],
) -> None:
    """Set the timers, insert the audit rows, and insert the events in their order.

    Each event gets the next number of its topic and key. Raises PermanentError when a body is
    too large.
    """
    await connection.execute(_WRITE, *_of_timers(timers), *_of_audit(entries), *_of_outbox(events))


def _of_timers(timers: Sequence[Due]) -> tuple[list[object], ...]:
    return (
        [due.kind for due in timers],
        [due.key for due in timers],
        [due.subject_id for due in timers],
        [due.due_at for due in timers],
        [due.payload for due in timers],
        [due.correlation_id for due in timers],
    )


def _of_audit(entries: Sequence[Entry]) -> tuple[list[object], ...]:
    return (
        [entry.at for entry in entries],
        [entry.actor for entry in entries],
        [entry.action for entry in entries],
        [entry.subject_kind for entry in entries],
        [entry.subject_id for entry in entries],
        [json.dumps(dict(entry.detail), sort_keys=True) for entry in entries],
        [entry.correlation_id for entry in entries],
    )


def _of_outbox(events: Sequence[Outgoing]) -> tuple[list[object], ...]:
    return (
        list(range(len(events))),
        [shard_of(outgoing.event.key) for outgoing in events],
        [outgoing.event.sent_to for outgoing in events],
        [outgoing.event.key for outgoing in events],
        [outgoing.event_id for outgoing in events],
        [outgoing.event.type for outgoing in events],
        [outgoing.occurred_at for outgoing in events],
        [outgoing.correlation_id for outgoing in events],
        [body_of(outgoing.event) for outgoing in events],
    )
