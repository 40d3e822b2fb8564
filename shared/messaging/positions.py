"""Where each partition goes on: at the position in the consumer's database, without a skip.

A database that was restored reads again what it has forgotten, whatever the group has committed.
Kafka's own commits are kept up for the tools that show them, and decide nothing.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared import db
from shared.logs import log
from shared.messaging import inbox
from shared.messaging.records import Record
from shared.transaction import Database

_OUTAGES: tuple[type[Exception], ...] = (KafkaError, *db.OUTAGES)


class Positions:
    """The next offset of each assigned partition, and which ones still have to be sought."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._unsought: set[TopicPartition] = set()
        self._expected: dict[TopicPartition, int] = {}
        self._sought_back: dict[TopicPartition, int] = {}
        self._new = asyncio.Event()
        self.out_of_range: frozenset[TopicPartition] = frozenset()
        """Partitions whose position the topic does not have (any more). They are not consumed."""

    def assigned(self, partitions: Collection[TopicPartition]) -> None:
        """These partitions are ours now, and no others."""
        self._unsought, self._expected, self._sought_back = set(partitions), {}, {}
        self.out_of_range = frozenset()
        self._new.set()

    async def wait_for_new(self, seconds: float) -> None:
        """Return when partitions were assigned, at the latest after so many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._new.wait(), seconds)
        self._new.clear()

    async def seek(self, consumer: AIOKafkaConsumer) -> None:
        """Go to the stored position of each new partition; what fails now is tried again later."""
        wanted = [part for part in self._unsought if part in consumer.assignment()]
        if not wanted or set(wanted) <= self.out_of_range:
            return
        try:
            first = await consumer.beginning_offsets(wanted)
            ends = await consumer.end_offsets(wanted)
            stored = await self._stored(first)
        except _OUTAGES as error:
            log.warning("positions_not_found", error=type(error).__name__)
            return
        lost = set()
        for part in wanted:
            at = stored[part.topic, part.partition]
            if not first[part] <= at <= ends[part]:
                lost.add(part)
                log.critical(
                    "position_out_of_range", topic=part.topic, partition=part.partition, offset=at
                )
            elif part in consumer.assignment():
                consumer.seek(part, at)
                self._expected[part] = at
                self._unsought.discard(part)
        self.out_of_range = frozenset(lost)

    async def _stored(self, first: dict[TopicPartition, int]) -> dict[tuple[str, int], int]:
        """The stored positions; a partition that was never consumed begins at its start."""
        async with self._database.transaction() as tx:
            stored = await inbox.positions(tx.connection)
            new = [
                inbox.PositionAdvance(part.topic, part.partition, offset, offset)
                for part, offset in first.items()
                if (part.topic, part.partition) not in stored
            ]
            if new:
                await inbox.advance_positions(tx.connection, new)
        return stored | {(one.topic, one.partition): one.next for one in new}

    def next_of(self, part: TopicPartition) -> int | None:
        """The record that comes next; None while the partition is not sought or out of range."""
        return self._expected.get(part)

    def in_order(self, consumer: AIOKafkaConsumer, records: Sequence[Record]) -> list[Record]:
        """Those of these records that may be settled now; notes that the ones behind come next.

        A record is left out that was fetched before its partition was sought, or that lies behind
        one that was given back: the partition is sought back, and the record comes again.
        """
        now, skipped = [], set()
        for record in records:
            part = TopicPartition(record.topic, record.partition)
            expected = self._expected.get(part)
            if expected is None or record.offset < expected or part in skipped:
                continue
            if record.offset > expected and self._sought_back.get(part) != expected:
                skipped.add(part)
                self._sought_back[part] = expected
                if part in consumer.assignment():
                    consumer.seek(part, expected)
                continue
            # Still behind after seeking back: the broker has nothing between the two.
            self._expected[part] = record.offset + 1
            now.append(record)
        return now

    def expect_again(self, records: Iterable[Record]) -> None:
        """These were not settled: their partitions go on at the first of them."""
        for record in records:
            part = TopicPartition(record.topic, record.partition)
            if part in self._expected:
                self._expected[part] = min(self._expected[part], record.offset)
                self._sought_back.pop(part, None)
