"""Keeps the service in its consumer group, whatever the broker and the database do."""

import asyncio
from contextlib import suppress

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from shared import db
from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.messaging.consume import Subscription
from shared.messaging.feed import Feed
from shared.messaging.own_history import OwnHistory
from shared.messaging.release import Releaser
from shared.messaging.settle import Settler
from shared.messaging.slots import Slot
from shared.metrics import LAG

RECONNECT_SECONDS = 1.0
LOOK_SECONDS = 10.0
"""How long the broker may take to say where the partitions end; longer is an outage of its own."""

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
        bootstrap_servers: str,
        database_url: str,
        session_timeout_ms: int,
        fetch_min_bytes: int,
        feed: Feed,
    ) -> None:
        self._settler, self._history = settler, history
        self._releaser = Releaser(settler)
        self._feed = feed
        self._service = service
        self._bootstrap_servers = bootstrap_servers
        self._session_timeout_ms, self._fetch_min_bytes = session_timeout_ms, fetch_min_bytes
        self._slot = Slot(database_url, service)
        self._seen: dict[TopicPartition, int] = {}
        self._broker_answers = True
        self.subscription: Subscription | None = None
        self.heartbeat = Heartbeat("consumer", silent_after=90.0)
        self.moved = Heartbeat("consumer_position", silent_after=STUCK_SECONDS)

    @property
    def state(self) -> str:
        """In one word, for people."""
        if self.subscription is not None and self.subscription.halted:
            return "halted"
        if self.subscription is not None and self.subscription.out_of_range:
            return "position_out_of_range"
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
            bootstrap_servers=self._bootstrap_servers,
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
        """Notice a consume task that ended or stands still; either ends the process."""
        while True:
            await asyncio.sleep(2.0)
            await self.check_progress(subscription)

    async def check_progress(self, subscription: Subscription) -> None:
        """Note how far this process has read. Raises when the consume task has ended."""
        if not subscription.alive:
            raise RuntimeError("the consume task has ended")
        if not subscription.stuck:
            self.heartbeat.beat()
        if subscription.halted or not self._history.is_known:
            # It reads nothing, so a revocation may lie behind what it has read.
            self._feed.read_up = frozenset()
            self.moved.beat()
        elif await self._has_moved(subscription):
            self.moved.beat()

    async def _has_moved(self, subscription: Subscription) -> bool:
        """True when some position moved, nothing is left to read, or the broker does not answer."""
        consumer = subscription.consumer
        if consumer is None:
            return True
        partitions = list(consumer.assignment())
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                ends = await consumer.end_offsets(partitions)
                positions = {part: await consumer.position(part) for part in partitions}
        except (KafkaError, OSError, AssertionError):
            self._broker_answers = False
            self._feed.read_up = frozenset()
            return True
        self._broker_answers = True
        LAG.set(sum(max(ends[part] - positions[part], 0) for part in partitions))
        self._feed.read_up = frozenset(
            (part.topic, part.partition)
            for part in partitions
            if positions[part] >= ends[part] and part not in subscription.in_hand
        )
        behind = [part for part in partitions if positions[part] < ends[part]]
        moved = not behind or any(self._seen.get(part) != positions[part] for part in behind)
        self._seen = positions
        return moved

    async def _release(self) -> None:
        """Apply parked records whose turn has come, once a second."""
        while True:
            with suppress(*db.RETRYABLE):
                while self._history.is_known and await self._releaser.release_ready():
                    pass
                if self._history.is_known:
                    await self._releaser.retry_due()
            await asyncio.sleep(1.0)
