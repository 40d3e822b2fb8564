"""Whether this database knows everything that it has published.

A restored database is behind its own topics: it would use numbers again, ask coaches again and
send again. So at every new connection of the relay a service reads the tail of its own topics and
compares it with its rows. While it is behind, nothing is relayed, sent, fired or consumed, until
somebody has recovered it (`alongside run <service> recover`).

Why the tail is enough: an event is relayed after its commit, and the position behind it is stored
after that. So whatever lies before a stored position was committed before that position was, and
no backup holds the one without the other.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.clock_guard import steady_seconds
from shared.db import Connection
from shared.errors import PermanentError, WaitingForRecoveryError
from shared.events import EVENT_TYPES, OWNERS
from shared.logs import log
from shared.messaging.access import BrokerAccess
from shared.messaging.envelope import Envelope, read
from shared.messaging.macs import EventKeys
from shared.messaging.records import Record
from shared.metrics import EVENTS_FORGOTTEN

BATCH = 1_000
_ALL = frozenset(EVENT_TYPES)


UNCHECKED_SECONDS = 15.0
"""How long a page waits for the comparison, which takes less than a second with a broker."""


class HistoryState(StrEnum):
    UNCHECKED = "unchecked"
    """Nobody has compared the database with its topics since the last new connection."""
    CATCHING_UP = "catching_up"
    """Recovered, but what the others have published since is not consumed again yet."""
    CURRENT = "current"
    BEHIND = "behind"
    """The topics hold events that this database has published and does not know."""
    TOPICS_LOST = "topics_lost"
    """The topics end before what the broker has acknowledged."""


@dataclass(slots=True)
class OwnHistory:
    """What the relay found; all loops and pages of the process ask it."""

    service: str
    access: BrokerAccess
    keys: EventKeys
    state: HistoryState = HistoryState.UNCHECKED
    forgotten: int = field(default=0)
    """Events on the own topics that the database does not know."""
    unchecked_since: float = field(default_factory=steady_seconds)
    _compared: asyncio.Event = field(default_factory=asyncio.Event)

    def begin_anew(self) -> None:
        """There is a new connection: behind it may be a database that was restored."""
        self.state, self.unchecked_since = HistoryState.UNCHECKED, steady_seconds()
        self._compared.clear()

    def found(self, state: HistoryState) -> None:
        """The database was compared with its topics; pages that waited for it go on."""
        self.state = state
        self._compared.set()

    @property
    def is_current(self) -> bool:
        """True when the service may decide: send, fire timers, show contacts, take answers."""
        return self.state is HistoryState.CURRENT

    @property
    def is_known(self) -> bool:
        """True when the service may relay and consume: the database knows what it published."""
        return self.state in (HistoryState.CURRENT, HistoryState.CATCHING_UP)

    @property
    def is_behind(self) -> bool:
        """True when what the database says may be out of date: show no contact, take no answer."""
        return self.state in (
            HistoryState.BEHIND,
            HistoryState.TOPICS_LOST,
            HistoryState.CATCHING_UP,
        )

    async def refuse_while_behind(self) -> None:
        """Raises WaitingForRecoveryError while the database may be out of date.

        Waits for the first comparison, but not for ever: with the broker away it never comes, and
        a page needs no broker.
        """
        if self.state is HistoryState.UNCHECKED:
            left = self.unchecked_since + UNCHECKED_SECONDS - steady_seconds()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._compared.wait(), max(left, 0))
        if self.is_behind:
            raise WaitingForRecoveryError

    @property
    def topics(self) -> list[str]:
        """The topics that this service writes."""
        return sorted(topic for topic, owner in OWNERS.items() if owner == self.service)

    async def check(self, connection: Connection) -> HistoryState:
        """Compare the database of this connection with the tail of the own topics.

        Raises a KafkaError when the broker cannot be asked; the state then stays as it was.
        """
        positions = await published_positions(connection)
        forgotten = 0
        try:
            async with self.reader() as consumer:
                async for records in tail(consumer, positions):
                    forgotten += len(await self.unknown(connection, records))
        except TopicsLostError as error:
            state = HistoryState.TOPICS_LOST
            log.critical("own_topics_lost", topic=error.partition.topic)
        else:
            caught_up = await connection.fetchval(_CAUGHT_UP)
            known = HistoryState.CURRENT if caught_up else HistoryState.CATCHING_UP
            state = HistoryState.BEHIND if forgotten else known
        if state is HistoryState.BEHIND and self.state is not state:
            log.critical("database_behind_own_topics", count=forgotten)
        self.forgotten = forgotten
        self.found(state)
        EVENTS_FORGOTTEN.set(forgotten if state is not HistoryState.TOPICS_LOST else -1)
        return state

    @asynccontextmanager
    async def reader(self, topics: Sequence[str] = ()) -> AsyncIterator[AIOKafkaConsumer]:
        """A consumer of these or the own topics that belongs to no group. Raises a KafkaError."""
        consumer = AIOKafkaConsumer(
            **self.access.options(),
            client_id=f"{self.service}-history",
            enable_auto_commit=False,
            auto_offset_reset="none",
            request_timeout_ms=10_000,
        )
        await consumer.start()
        try:
            partitions = [
                TopicPartition(topic, number)
                for topic in topics or self.topics
                for number in await _partitions(consumer, topic)
            ]
            consumer.assign(partitions)
            yield consumer
        finally:
            await consumer.stop()

    async def unknown(
        self, connection: Connection, records: Sequence[Record]
    ) -> list[tuple[Record, Envelope]]:
        """Those of these records that come from us and that the database does not know."""
        ours = [(record, self.read(record)) for record in records]
        judged = [(record, envelope) for record, envelope in ours if envelope is not None]
        if not judged:
            return []
        rows = await connection.fetch(
            _UNKNOWN,
            [envelope.event_id for _, envelope in judged],
            [record.topic for record, _ in judged],
            [record.partition for record, _ in judged],
            [record.offset for record, _ in judged],
            [envelope.key for _, envelope in judged],
            [envelope.seq for _, envelope in judged],
        )
        unknown = {row["event_id"] for row in rows}
        return [one for one in judged if one[1].event_id in unknown]

    def read(self, record: Record) -> Envelope | None:
        """The envelope with its event; None for what cannot be read or a stranger has written."""
        try:
            return read(
                topic=record.topic,
                key=record.key,
                headers=record.headers,
                body=record.body,
                used=_ALL,
                keys=self.keys,
            )
        except PermanentError:
            return None


class TopicsLostError(Exception):
    """A partition ends before the position that was stored for it."""

    def __init__(self, partition: TopicPartition) -> None:
        super().__init__(f"{partition.topic}[{partition.partition}]")
        self.partition = partition


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> list[int]:
    await consumer._client.force_metadata_update()
    found = consumer.partitions_for_topic(topic)
    if not found:
        raise KafkaError(f"{topic} is not there")
    return sorted(found)


async def tail(
    consumer: AIOKafkaConsumer, positions: Mapping[TopicPartition, int]
) -> AsyncIterator[list[Record]]:
    """Everything from these positions to the present end, in batches.

    A partition without a position is read from its start. Raises TopicsLostError.
    """
    partitions = list(consumer.assignment())
    first = await consumer.beginning_offsets(partitions)
    ends = await consumer.end_offsets(partitions)
    left = set()
    for part in partitions:
        at = max(positions.get(part, 0), first[part])
        if positions.get(part, 0) > ends[part]:
            raise TopicsLostError(part)
        if at < ends[part]:
            consumer.seek(part, at)
            left.add(part)
        else:
            consumer.seek(part, ends[part])
    while left:
        fetched = await consumer.getmany(timeout_ms=1_000, max_records=BATCH)
        records = [Record.of(one) for part in fetched.values() for one in part]
        if records:
            yield records
        left = {part for part in left if await consumer.position(part) < ends[part]}


_CAUGHT_UP = """
    SELECT NOT EXISTS (SELECT FROM catch_up_targets AS t
                         LEFT JOIN consumed_positions AS c USING (topic, partition)
                        WHERE t.until_offset > coalesce(c.next_offset, 0))
"""
_POSITIONS = "SELECT topic, partition, next_offset FROM published_positions"

# Known is what lies before a stored position, or waits in the outbox. Where no position was stored
# yet, a number that this database has given is taken for known.
_UNKNOWN = """
    SELECT r.event_id
      FROM unnest($1::uuid[], $2::text[], $3::int[], $4::bigint[], $5::uuid[], $6::bigint[])
        AS r (event_id, topic, partition, record_offset, key, seq)
      LEFT JOIN published_positions AS p USING (topic, partition)
     WHERE r.record_offset >= coalesce(p.next_offset, 0)
       AND NOT EXISTS (SELECT FROM outbox AS o WHERE o.event_id = r.event_id)
       AND NOT (p.topic IS NULL
                AND EXISTS (SELECT FROM sequences AS s
                             WHERE s.topic = r.topic AND s.key = r.key AND s.last_seq >= r.seq))
"""


async def published_positions(connection: Connection) -> dict[TopicPartition, int]:
    """How far each partition holds what this database has published."""
    rows = await connection.fetch(_POSITIONS)
    return {TopicPartition(row["topic"], row["partition"]): row["next_offset"] for row in rows}
