"""Recovering a database that is behind its own topics, as after a restore.

Events are facts. What the service published and its database no longer knows is applied to its
tables again where that is safe, and shown to a person where it is not. Then a new epoch begins:
numbers go on behind the last published one, and consumption goes on from the restored positions,
so that what was forgotten of the other services is read again.
"""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from aiokafka import TopicPartition

from shared import db
from shared.db import Connection
from shared.events import Event
from shared.logs import log
from shared.messaging import inbox
from shared.messaging.envelope import Envelope
from shared.messaging.ordering import key_advances
from shared.messaging.own_history import OwnHistory, published_positions, tail
from shared.messaging.records import Record
from shared.messaging.settle import Settler
from shared.transaction import Database, Transaction

EventT = TypeVar("EventT", bound=Event)


@dataclass(slots=True)
class Inputs:
    """What the other services published since the restored positions, by the record key.

    It will be consumed again in the ordinary way, unless it is taken here because an own event
    cannot be applied again without it.
    """

    by_key: dict[UUID, list[tuple[Record, Envelope]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    ends: Mapping[TopicPartition, int] = field(default_factory=dict)
    """Where the topics ended when they were read: the service has caught up when it is there."""

    async def take(self, tx: Transaction, key: UUID, kind: type[EventT]) -> EventT | None:
        """The first event of this type and key, which is then handled; None when there is none.

        It must be the next one of its key, as the first event of a key is.
        """
        for _, envelope in self.by_key.get(key, []):
            if isinstance(envelope.event, kind):
                advances = key_advances([envelope])
                return envelope.event if await inbox.claim(tx.connection, advances) else None
        return None


Reapply: TypeAlias = Callable[[Transaction, Any, datetime, Inputs], Awaitable[str | None]]
"""Applies an own event, which happened at that time, to the service's tables: state and timers,
no new event. Doing it twice is doing it once. Returns None, or a code that says what a person
has to look at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An own event that could not be applied again."""

    envelope: Envelope
    code: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What the own topics hold and the database does not know, in the order of the topics."""

    events: Sequence[tuple[Record, Envelope]]
    published: frozenset[UUID]
    """Ids of events that wait in the outbox although the broker has them."""
    ends: Mapping[TopicPartition, int]

    @property
    def types(self) -> Mapping[str, int]:
        """How many events there are of each type."""
        return Counter(envelope.type for _, envelope in self.events)

    @property
    def oldest_at(self) -> datetime | None:
        """When the oldest forgotten event happened: the state is lost from about there on."""
        return min((envelope.occurred_at for _, envelope in self.events), default=None)


@dataclass(frozen=True, slots=True)
class Recovery:
    """Recovers the database of one service. The service may run meanwhile: it waits."""

    database: Database
    history: OwnHistory
    settler: Settler
    reapply: Mapping[type[Event], Reapply]

    async def look(self, connection: Connection) -> Forgotten:
        """Find what was forgotten; changes nothing. Raises TopicsLostError or a KafkaError."""
        events: list[tuple[Record, Envelope]] = []
        published: set[UUID] = set()
        async with self.history.reader() as consumer:
            ends = await consumer.end_offsets(list(consumer.assignment()))
            async for records in tail(consumer, await published_positions(connection)):
                events += await self.history.unknown(connection, records)
                ids = [record.head.event_id for record in records]
                rows = await connection.fetch(_IN_OUTBOX, [one for one in ids if one is not None])
                published.update(row["event_id"] for row in rows)
        return Forgotten(events, frozenset(published), ends)

    async def inputs(self, connection: Connection) -> Inputs:
        """What the others published since the positions from which this service will go on."""
        stored = await inbox.positions(connection)
        topics = sorted({kind.topic for kind in self.settler.handlers})
        async with self.history.reader(topics) as consumer:
            found = Inputs(ends=await consumer.end_offsets(list(consumer.assignment())))
            positions = {TopicPartition(*part): offset for part, offset in stored.items()}
            async for records in tail(consumer, positions):
                for record in records:
                    envelope = self.history.read(record)
                    if envelope is not None and envelope.event is not None:
                        found.by_key[envelope.key].append((record, envelope))
        return found

    async def apply(self, forgotten: Forgotten, inputs: Inputs, *, actor: str) -> list[Finding]:
        """Apply the forgotten events, each key in a transaction of its own.

        A key that fails is tried once more after the others, because a place may have become
        free. Returns what is left to a person.
        """
        by_key: dict[tuple[str, UUID], list[Envelope]] = defaultdict(list)
        for _, envelope in forgotten.events:
            by_key[envelope.topic, envelope.key].append(envelope)
        findings: dict[tuple[str, UUID], list[Finding]] = {}
        for _ in range(2):
            left = {name: by_key[name] for name in (findings or by_key)}
            findings = {}
            for name, envelopes in left.items():
                found = await self._apply_key(envelopes, inputs, actor=actor)
                if found:
                    findings[name] = found
            if not findings:
                break
        return [finding for found in findings.values() for finding in found]

    async def _apply_key(
        self, envelopes: Sequence[Envelope], inputs: Inputs, *, actor: str
    ) -> list[Finding]:
        findings: list[Finding] = []
        try:
            async with self.database.transaction(actor=actor) as tx:
                for envelope in sorted(envelopes, key=lambda one: one.seq):
                    code = await self._apply_one(tx, envelope, inputs)
                    if code is not None:
                        findings.append(Finding(envelope, code))
        except db.OUTAGES as error:
            log.warning("recovery_of_key_failed", error=type(error).__name__)
            return [Finding(envelopes[0], type(error).__name__)]
        return findings

    async def _apply_one(self, tx: Transaction, envelope: Envelope, inputs: Inputs) -> str | None:
        event = envelope.event
        if event is None or type(event) not in self.reapply:
            return None
        tx.correlation_id = envelope.correlation_id
        return await self.reapply[type(event)](tx, event, envelope.occurred_at, inputs)

    async def begin_epoch(
        self, forgotten: Forgotten, inputs: Inputs, findings: Sequence[Finding], *, actor: str
    ) -> int:
        """Let the service go on in a new epoch, first by catching up. Returns its number.

        Events that wait in the outbox and share a number with a forgotten one get new numbers.
        """
        columns = _last_numbers(forgotten)
        async with self.database.transaction(actor=actor) as tx:
            await tx.connection.execute(_LOCK)
            await tx.connection.flush()
            since = forgotten.oldest_at or tx.now
            epoch: int = await tx.connection.fetchval(_NEW_EPOCH, tx.now, since)
            await tx.connection.execute(_DELETE_PUBLISHED, list(forgotten.published))
            await tx.connection.execute(_RENUMBER, *columns, epoch)
            await tx.connection.execute(_COUNT_ON, *columns)
            await tx.connection.execute(_POSITIONS_TO_END, *_columns(forgotten.ends))
            await tx.connection.execute(_CATCH_UP, *_columns(inputs.ends))
            tx.audit("database.recovered", "epoch", UUID(int=epoch), events=len(forgotten.events))
            for finding in findings:
                envelope = finding.envelope
                tx.audit(
                    "recovery.left_to_a_person", envelope.type, envelope.key, code=finding.code
                )
        return epoch


def _last_numbers(forgotten: Forgotten) -> tuple[list[str], list[UUID], list[int]]:
    """Topics, keys and last published numbers of what was forgotten."""
    last: dict[tuple[str, UUID], int] = defaultdict(int)
    for _, envelope in forgotten.events:
        name = (envelope.topic, envelope.key)
        last[name] = max(last[name], envelope.seq)
    names = sorted(last)
    return [topic for topic, _ in names], [key for _, key in names], [last[one] for one in names]


def _columns(ends: Mapping[TopicPartition, int]) -> tuple[list[str], list[int], list[int]]:
    return [part.topic for part in ends], [part.partition for part in ends], list(ends.values())


_IN_OUTBOX = "SELECT event_id FROM outbox WHERE event_id = ANY($1::uuid[])"

# Publishing waits until the numbers are right.
_LOCK = "LOCK TABLE sequences, outbox IN SHARE ROW EXCLUSIVE MODE"
_NEW_EPOCH = """
    INSERT INTO epochs (epoch, began_at, lost_since)
    SELECT max(epoch) + 1, $1, $2 FROM epochs RETURNING epoch
"""
_DELETE_PUBLISHED = "DELETE FROM outbox WHERE event_id = ANY($1::uuid[])"
_RENUMBER = """
    WITH last AS (
        SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[]) AS l (topic, key, seq)
    ), numbered AS (
        SELECT o.outbox_id,
               l.seq + row_number() OVER (PARTITION BY o.topic, o.key ORDER BY o.outbox_id) AS seq
          FROM outbox AS o JOIN last AS l USING (topic, key)
    )
    UPDATE outbox AS o SET seq = n.seq, epoch = $4
      FROM numbered AS n WHERE n.outbox_id = o.outbox_id
"""
_COUNT_ON = """
    INSERT INTO sequences (topic, key, last_seq)
    SELECT l.topic, l.key,
           l.seq + (SELECT count(*) FROM outbox o WHERE o.topic = l.topic AND o.key = l.key)
      FROM unnest($1::text[], $2::uuid[], $3::bigint[]) AS l (topic, key, seq)
    ON CONFLICT (topic, key) DO UPDATE
       SET last_seq = greatest(sequences.last_seq, EXCLUDED.last_seq)
"""
_POSITIONS_TO_END = """
    INSERT INTO published_positions (topic, partition, next_offset)
    SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])
    ON CONFLICT (topic, partition) DO UPDATE SET next_offset = EXCLUDED.next_offset
"""
_CATCH_UP = """
    INSERT INTO catch_up_targets (topic, partition, until_offset)
    SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[])
    ON CONFLICT (topic, partition) DO UPDATE SET until_offset = EXCLUDED.until_offset
"""
