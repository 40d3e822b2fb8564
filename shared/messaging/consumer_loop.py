"""Runs the service's consumer: leases a slot, connects, watches; raises once it has ended."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared import db
from shared.clock_guard import steady_seconds
from shared.heartbeat import IDLE_SECONDS, Heartbeat
from shared.logs import log
from shared.messaging.feed import Feed
from shared.messaging.own_history import OwnHistory
from shared.messaging.release import Releaser
from shared.messaging.settle import Settler
from shared.messaging.slots import Slot
from shared.messaging.subscription import Subscription
from shared.metrics import LAG

RECONNECT_SECONDS = 1.0
LOOK_SECONDS = 10.0
"""How long the broker may take to say where the partitions end; longer is an outage of its own."""

RELEASE_SECONDS = 1.0
"""Between two tries to release what is parked: some of it may wait for long."""

STUCK_SECONDS = 60.0
"""A partition with records left whose position does not move for so long is stuck."""


class ConsumerLoop:
    """One per process: leases a slot name, connects, and watches."""

    def __init__(
        self,
        *,
        settler: Settler,
        history: OwnHistory,
        service: str,
        database_url: str,
        session_timeout_ms: int,
        fetch_min_bytes: int,
        feed: Feed,
    ) -> None:
        self._settler, self._history = settler, history
        self._releaser = Releaser(settler)
        self._feed = feed
        feed.is_stopped = self.is_stopped
        self._service = service
        self._session_timeout_ms, self._fetch_min_bytes = session_timeout_ms, fetch_min_bytes
        self._slot = Slot(database_url, service)
        self._parked = asyncio.Event()
        self._seen: dict[TopicPartition, int] = {}
        self._ends_seen: dict[TopicPartition, tuple[float, int]] = {}
        """When a look found the partition to end where; kept until all before that is settled."""
        self._broker_answers = True
        self.subscription: Subscription | None = None
        self.heartbeat = Heartbeat("consumer", silent_after=90.0)
        self.moved = Heartbeat("consumer_position", silent_after=STUCK_SECONDS)

    def is_stopped(self) -> bool:
        """True while it reads on only when a person has looked, or the clock is trusted again."""
        one = self.subscription
        return one is not None and (one.halted or one.out_of_range or one.waits_for_clock)

    @property
    def state(self) -> str:
        """In one word, for people."""
        if self.subscription is not None and self.subscription.halted:
            return "halted"
        if self.subscription is not None and self.subscription.out_of_range:
            return "position_out_of_range"
        if self.subscription is not None and self.subscription.waits_for_clock:
            return "waiting_for_clock"
        if self._history.is_behind and not self._history.is_known:
            return "waiting_for_recovery"
        if self.subscription is None or not self._broker_answers:
            return "waiting_for_broker"
        return "consuming"

    async def run(self) -> None:
        """Consume until cancelled. Raises when the slot is lost or the consume task died."""
        try:
            await self._lease()
            while self.subscription is None:
                self.heartbeat.beat()
                self.subscription = await self._connected()
                if self.subscription is None:
                    await asyncio.sleep(RECONNECT_SECONDS)
            await asyncio.gather(
                self._slot.hold(),
                self._watch(self.subscription),
                self._release(),
                self.subscription.tick(),
            )
        finally:
            self._feed.read_at = {}
            if self.subscription is not None:
                await self.subscription.stop()
            await self._slot.release()

    async def _lease(self) -> None:
        while True:
            self.heartbeat.beat()
            try:
                return await self._slot.lease()
            except db.OUTAGES as error:
                log.warning("slot_not_leased", error=type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _connected(self) -> Subscription | None:
        """A subscription that has joined the group, or None while the broker is not ready."""
        subscription = Subscription(
            settler=self._settler,
            history=self._history,
            service=self._service,
            member=self._slot.name,
            session_timeout_ms=self._session_timeout_ms,
            fetch_min_bytes=self._fetch_min_bytes,
        )
        try:
            await subscription.start()
            missing = await subscription.missing_topics()
        except (KafkaError, OSError) as error:
            log.warning("broker_not_reached", error=type(error).__name__)
        else:
            if not missing:
                log.info("consuming", slot=self._slot.name)
                return subscription
            log.error("topics_missing", topic=",".join(missing))
        await subscription.stop()
        return None

    async def _watch(self, subscription: Subscription) -> None:
        """Beat while the consume task moves. Raises when it has ended."""
        while True:
            await asyncio.sleep(2.0)
            await self.check_progress(subscription)

    async def check_progress(self, subscription: Subscription) -> None:
        """Note how far this process has read. Raises when the consume task has ended."""
        if not subscription.alive:
            raise RuntimeError("the consume task has ended")
        if not subscription.stuck:
            self.heartbeat.beat()
        stands_still = subscription.halted or subscription.waits_for_clock
        if stands_still or not self._history.is_known:
            # It reads nothing, so a revocation may lie behind what it has read.
            self._feed.read_at = {}
            self.moved.beat()
        elif await self._has_moved(subscription):
            self.moved.beat()

    async def _has_moved(self, subscription: Subscription) -> bool:
        """True when some position moved, nothing is left to read, or the broker does not answer."""
        consumer = subscription.consumer
        if consumer is None:
            return True
        partitions = list(consumer.assignment())
        began = steady_seconds()
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                ends = await consumer.end_offsets(partitions)
                positions = {part: await consumer.position(part) for part in partitions}
        except (KafkaError, OSError, AssertionError):
            self._broker_answers = False
            return True
        self._broker_answers = True
        LAG.set(sum(max(ends[part] - positions[part], 0) for part in partitions))
        self._note_what_is_read(subscription, ends, at=began)
        behind = [part for part in partitions if positions[part] < ends[part]]
        moved = not behind or any(self._seen.get(part) != positions[part] for part in behind)
        self._seen = positions
        return moved

    def _note_what_is_read(
        self, subscription: Subscription, ends: Mapping[TopicPartition, int], *, at: float
    ) -> None:
        """Under load no look finds a partition at its end, but soon at that of an earlier look."""
        read_at, ends_seen = {}, {}
        for part, end in ends.items():
            earlier, earlier_end = self._ends_seen.get(part, (at, end))
            settled = subscription.read_to(part)
            ends_seen[part] = earlier, earlier_end
            if settled is not None and settled >= earlier_end:
                read_at[part.topic, part.partition] = at if settled >= end else earlier
                ends_seen[part] = at, end
            elif (part.topic, part.partition) in self._feed.read_at:
                read_at[part.topic, part.partition] = self._feed.read_at[part.topic, part.partition]
        self._feed.read_at, self._ends_seen = read_at, ends_seen

    def wake(self) -> None:
        """There may be parked records whose turn has come."""
        self._parked.set()

    async def _release(self) -> None:
        """Apply parked records whose turn has come, as soon as the lookout has seen some."""
        while True:
            self._parked.clear()
            with suppress(*db.RETRYABLE):
                while self._history.is_known and await self._releaser.release_ready():
                    pass
                if self._history.is_known:
                    await self._releaser.retry_due()
            await asyncio.sleep(RELEASE_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._parked.wait(), IDLE_SECONDS)
