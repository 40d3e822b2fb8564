"""The service's one Kafka subscription: reads in batches, drains before it gives partitions up.

One subscriber per service over all its topics; the reason for each argument is in
docs/decisions/0003-consuming.md.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.messaging.attempts import Attempts, LeavingError
from shared.messaging.commits import EVERY_SECONDS, Commits
from shared.messaging.faststream_hooks import raw, tolerant
from shared.messaging.own_history import OwnHistory
from shared.messaging.positions import Positions
from shared.messaging.records import Record
from shared.messaging.settle import Settler

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord
    from faststream.kafka.subscriber.usecase import LogicSubscriber

BATCH = 200
"""Records that are settled in one transaction when there is a queue."""

DRAIN_SECONDS = 10.0
"""How long a rebalance waits for the record in hand; far below the rebalance timeout of 30 s."""

HISTORY_SECONDS = 0.2
"""Between two looks whether the own history is current, as nothing may be decided before."""

FETCH_WAIT_MS = 200
"""How long the broker holds a request for records that are not there yet. They are answered at once
when they come; only a service that gathers waits so long for them."""

TICK_SECONDS = 0.2
"""How long records wait that nobody waits for."""

NO_PARTITION = TopicPartition("nowhere", 0)


class Subscription(ConsumerRebalanceListener):
    """The service's place in its consumer group, from connecting to leaving."""

    def __init__(
        self,
        *,
        settler: Settler,
        history: OwnHistory,
        service: str,
        member: str,
        session_timeout_ms: int,
        fetch_min_bytes: int = 1,
    ) -> None:
        self._settler, self._history = settler, history
        self._positions = Positions(settler.database)
        self._leave = asyncio.Event()
        self.heartbeat = Heartbeat("consumer", silent_after=60.0)
        self._one_at_a_time = asyncio.Lock()
        self._busy = False
        self._waiting: list[Record] = []
        """Records that nobody waits for; they are settled with the next ones, or at the tick."""
        self._in_hand: list[Record] = []
        """Records that somebody waits for and that are not settled yet."""
        self._commits = Commits()
        self._attempts = Attempts(settler, self.heartbeat, self._pause)
        self.partitions = 0
        self.broker = KafkaBroker(
            history.access.bootstrap_servers,
            security=history.access.security(),
            client_id=member,
            consumer_only=True,
            allow_auto_create_topics=False,
            request_timeout_ms=10_000,
            graceful_timeout=2.0,
            apply_types=False,
            logger=None,
        )
        self._topics = sorted({kind.topic for kind in settler.handlers})
        self._subscriber = self._subscribe(service, member, session_timeout_ms, fetch_min_bytes)

    def _subscribe(
        self, service: str, member: str, session_timeout_ms: int, fetch_min_bytes: int
    ) -> "LogicSubscriber[Any]":
        """The one subscriber, with nothing left to the library's defaults."""
        subscriber: LogicSubscriber[Any] = self.broker.subscriber(
            *self._topics,
            group_id=service,
            group_instance_id=member,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            no_reply=True,
            partition_assignment_strategy=(RoundRobinPartitionAssignor,),
            fetch_max_wait_ms=FETCH_WAIT_MS,
            fetch_min_bytes=fetch_min_bytes,
            session_timeout_ms=session_timeout_ms,
            heartbeat_interval_ms=500,
            rebalance_timeout_ms=30_000,
            max_poll_interval_ms=300_000,
            listener=self,
            parser=tolerant,
            decoder=raw,
        )
        subscriber(self._receive)
        return subscriber

    @property
    def halted(self) -> bool:
        """True while too many records of the last hour have failed; a person has to look."""
        return self._attempts.halted

    @property
    def waits_for_clock(self) -> bool:
        """True while nobody knows the time, so that what comes next cannot be decided."""
        return self._attempts.waits_for_clock

    @property
    def out_of_range(self) -> bool:
        """True when the topics lack a position from which consumption would have to go on."""
        return bool(self._positions.out_of_range)

    @property
    def consumer(self) -> AIOKafkaConsumer | None:
        return self._subscriber.consumer

    @property
    def alive(self) -> bool:
        """True while the task that asks for records runs."""
        return any(not task.done() for task in self._subscriber.tasks)

    @property
    def stuck(self) -> bool:
        """True when a handler has been at it for too long without pausing or finishing."""
        return self._busy and self.heartbeat.silent

    def read_to(self, part: TopicPartition) -> int | None:
        """All before this offset is settled; None while it is not known where that is."""
        following = self._positions.next_of(part)
        if following is None:
            return None
        unsettled = (
            one.offset
            for one in (*self._waiting, *self._in_hand)
            if (one.topic, one.partition) == (part.topic, part.partition)
        )
        return min(following, *unsettled, following)

    async def missing_topics(self) -> list[str]:
        """Topics that the broker does not have. The deployment makes them, never a service."""
        consumer = self._subscriber.consumer
        known = await consumer.topics() if consumer is not None else set()
        return [topic for topic in self._topics if topic not in known]

    async def start(self) -> None:
        """Join the group. Raises a KafkaError when the broker cannot be reached."""
        await self.broker.start()

    async def stop(self) -> None:
        """Finish or give back the record in hand, then leave, within about ten seconds."""
        await self._drain(2.0)
        with suppress(TimeoutError, KafkaError):
            await asyncio.wait_for(self.broker.stop(), 5.0)

    async def tick(self) -> None:
        """Seek new partitions, settle what nobody waits for and commit offsets, until cancelled."""
        loop = asyncio.get_running_loop()
        commit_at = loop.time()
        while True:
            await self._positions.wait_for_new(TICK_SECONDS)
            if self.consumer is None:
                continue
            async with self._one_at_a_time:
                await self._positions.seek(self.consumer)
            if self._waiting and self._history.is_known:
                async with self._one_at_a_time:
                    await self._settle_now(self.consumer, [])
            if loop.time() >= commit_at:
                await self._commits.commit(self.consumer)
                commit_at = loop.time() + EVERY_SECONDS

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Wait, bounded, for the record in hand, so that the new owner does not get it too."""
        await self._drain(DRAIN_SECONDS)

    async def _drain(self, seconds: float) -> None:
        """Begin to leave: the record in hand is settled or given back, and offsets committed.

        What waits is forgotten: it was not committed, so the next reader gets it again.
        """
        self._leave.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._one_at_a_time:
                self._positions.expect_again(self._waiting)
                self._waiting.clear()
        if self.consumer is not None:
            await self._commits.commit(self.consumer)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._leave.clear()
        self._positions.assigned(assigned)
        self.partitions = len(assigned)
        log.info("partitions_assigned", partitions=len(assigned))

    async def _receive(self, raw_record: "ConsumerRecord[bytes, bytes]") -> None:
        """Settle this record and those already fetched, of every partition.

        When nobody waits for any of them, they wait for the next ones or the tick.
        """
        consumer = self._subscriber.consumer
        if consumer is None:
            raise LeavingError
        while not self._history.is_known:
            await self._pause(HISTORY_SECONDS)
        async with self._one_at_a_time:
            records = self._positions.in_order(consumer, [Record.of(raw_record)])
            self._in_hand = records
            if not self._leave.is_set():
                records += self._positions.in_order(consumer, await self._more(consumer))
                if len(self._waiting) < BATCH and all(map(self._settler.is_deferrable, records)):
                    self._waiting, self._in_hand = self._waiting + records, []
                    return
            if records:
                await self._settle_now(consumer, records)

    async def _more(self, consumer: AIOKafkaConsumer) -> list[Record]:
        """What is fetched already. Where the broker fails here, what is in hand comes again."""
        try:
            fetched = await consumer.getmany(timeout_ms=0, max_records=BATCH - 1)
        except BaseException:
            self._positions.expect_again(self._in_hand)
            self._in_hand = []
            raise
        return [Record.of(one) for part in fetched.values() for one in part]

    async def _settle_now(self, consumer: AIOKafkaConsumer, records: list[Record]) -> None:
        """Settle these behind those that waited; what is left is sought back, whatever happened."""
        records, self._waiting = self._waiting + records, []
        self._in_hand, self._busy, done = records, True, 0
        try:
            done = await self._attempts.settle(records)
        finally:
            self._busy = False
            self._commits.settled(records[:done])
            self._give_back(consumer, records[done:])
            self._in_hand = []

    def _give_back(self, consumer: AIOKafkaConsumer, records: Sequence[Record]) -> None:
        """Backwards, so that each partition ends at its first record that is not settled."""
        for record in reversed(records):
            part = TopicPartition(record.topic, record.partition)
            if part in consumer.assignment():
                consumer.seek(part, record.offset)
                self._positions.expect_again([record])

    async def _pause(self, seconds: float) -> None:
        """Wait, but leave at once when the partition is taken away. Raises LeavingError."""
        self.heartbeat.beat()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._leave.wait(), seconds)
        if self._leave.is_set():
            raise LeavingError
        if self.consumer is not None:
            # Counts as a poll, so that a long outage does not put us out of the group.
            await self.consumer.getmany(NO_PARTITION, timeout_ms=0)
