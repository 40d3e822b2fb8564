"""The relay: moves committed events from the outbox to the broker, in order per key."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared import db, outbox
from shared.db import Row
from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.messaging.envelope import Outbound
from shared.messaging.own_history import OwnHistory
from shared.metrics import RELAYED
from shared.outbox import Acknowledged

BATCH = 500
POLL_SECONDS = 1.0
MIN_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.05, 2.0
"""After an interruption, before the next attempt."""
PUBLISH_SECONDS = 15.0
"""A publish that takes longer is unknown, not failed: the rows stay and are sent again, and the
consumer's sequence check rejects what came twice."""

HISTORY_SECONDS = 5.0
"""Between two checks of a database that is behind its own topics."""

IDLE, CONNECTED, WAITING = "idle", "connected", "waiting_for_broker"
"""Idle: nothing to send so far, or another process owns the shards."""

INTERRUPTIONS: tuple[type[Exception], ...] = (KafkaError, *db.OUTAGES)


class Relay:
    """One per process. Owns the shards whose advisory locks it could take.

    The locks live on a connection of their own: when the process dies they are free at once, and
    another replica takes them within a second.
    """

    def __init__(self, *, database_url: str, history: OwnHistory) -> None:
        self._database_url = database_url
        self._history = history
        self._service = history.service
        self._work = asyncio.Event()
        self._producer: AIOKafkaProducer | None = None
        self._owned: set[int] = set()
        self._acknowledged = Acknowledged()
        """What was sent and is deleted with the next look, at the latest after a poll."""
        self._next_try = 0.0
        self._pause = MIN_PAUSE_SECONDS
        self.heartbeat = Heartbeat("relay", silent_after=120.0)
        self.state = IDLE
        """In one word, for people: idle, connected or waiting_for_broker."""

    def wake(self) -> None:
        """There may be something in the outbox."""
        self._work.set()

    async def run(self) -> None:
        """Relay until cancelled. Outages of the broker or the database are waited out."""
        try:
            while True:
                try:
                    await self._own_and_relay()
                except INTERRUPTIONS as error:
                    await self._interrupted(error)
        finally:
            await self._drop_producer()

    async def _interrupted(self, error: Exception) -> None:
        """Wait before the next attempt, longer each time, at most two seconds."""
        if self.state != WAITING:
            log.warning("relay_interrupted", error=type(error).__name__)
        self.state = WAITING
        await self._drop_producer()
        self.heartbeat.beat()
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, MAX_PAUSE_SECONDS)

    async def _own_and_relay(self) -> None:
        """Relay on one connection to the database. Only an outage of it ends the connection.

        Every new connection may lead to a database that has gone back in time.
        """
        connection = await db.connect(self._database_url, application=f"{self._service}-relay")
        self._owned, self._next_try = set(), 0.0
        self._acknowledged = Acknowledged()
        self._history.begin_anew()
        try:
            # All that is written here is the removal of sent rows. One that a crash undoes is
            # sent again, and the consumers know it: not worth waiting for the disk each time.
            await connection.execute("SET synchronous_commit = off")
            while True:
                try:
                    await self._turn(connection)
                except KafkaError as error:
                    await self._interrupted(error)
                except TimeoutError as error:
                    if connection.is_closed():
                        raise
                    await self._interrupted(error)
        finally:
            with suppress(*db.OUTAGES):
                await connection.close(timeout=2)

    async def _turn(self, connection: db.Session) -> None:
        """Check the own history if that is due, relay what there is, or wait for more."""
        self.heartbeat.beat()
        if not self._history.is_current:
            await self._history.check(connection)
        if not self._history.is_known:
            return await asyncio.sleep(HISTORY_SECONDS)
        shards = await self._take_shards(connection)
        if not await self._relay_some(connection, shards):
            self._pause = MIN_PAUSE_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for(self._work.wait(), POLL_SECONDS)

    async def _take_shards(self, connection: db.Session) -> list[int]:
        """Try for the shards that another process held so far; at most once a second."""
        missing = [shard for shard in range(outbox.SHARDS) if shard not in self._owned]
        if missing and time.monotonic() >= self._next_try:
            rows = await connection.fetch(_TAKE, _LOCKS, missing)
            self._owned.update(row["shard"] for row in rows if row["taken"])
            self._next_try = time.monotonic() + POLL_SECONDS
        return sorted(self._owned)

    async def _relay_some(self, connection: db.Session, shards: list[int]) -> bool:
        """Send the oldest rows, and delete those that were acknowledged before.

        False when these were all, as far as the look could see: whatever was committed since has
        set `_work` again, because that is cleared before the look.
        """
        self._work.clear()
        rows = await outbox.next_rows(
            connection, shards=shards, limit=BATCH, acknowledged=self._acknowledged
        )
        self._acknowledged = Acknowledged()
        if not rows:
            self.state = IDLE if self._producer is None else CONNECTED
            return False
        producer = await self._connected_producer()
        self._acknowledged, failure = await self._publish(producer, rows)
        RELAYED.inc(len(self._acknowledged.outbox_ids))
        if failure is not None:
            raise failure
        return len(rows) == BATCH

    async def _publish(
        self, producer: AIOKafkaProducer, rows: Sequence[Row]
    ) -> tuple[Acknowledged, KafkaError | TimeoutError | None]:
        """Pipeline all rows; returns what was acknowledged and the first failure, if any.

        After the first failure of a key none of its later rows counts as acknowledged, so the
        order of the key survives the next attempt.
        """
        sent: list[tuple[int, tuple[str, UUID], asyncio.Future[Any]]] = []
        failure: KafkaError | TimeoutError | None = None
        try:
            # One limit for all: a limit per row would give the producer a turn after each, and it
            # would send requests of a few records.
            async with asyncio.timeout(PUBLISH_SECONDS):
                for row in rows:
                    future = await self._send(producer, row)
                    sent.append((row["outbox_id"], (row["topic"], row["key"]), future))
                await asyncio.wait([future for _, _, future in sent])
        except (TimeoutError, KafkaError) as stopped:
            failure = stopped  # what was handed over before it is still judged by its own answer
        outbox_ids: list[int] = []
        positions: dict[tuple[str, int], int] = {}
        broken: set[tuple[str, UUID]] = set()
        for outbox_id, key, future in sent:
            error = _failure_of(future)
            if error is not None:
                broken.add(key)
                failure = failure or error
            elif key not in broken:
                outbox_ids.append(outbox_id)
                taken = future.result()
                part = (taken.topic, taken.partition)
                positions[part] = max(positions.get(part, 0), taken.offset + 1)
        return Acknowledged(outbox_ids, positions), failure

    async def _send(self, producer: AIOKafkaProducer, row: Row) -> "asyncio.Future[Any]":
        """Hand one row to the producer; the future tells when the broker has acknowledged it."""
        event = Outbound(
            source=self._service,
            topic=row["topic"],
            type=row["type"],
            key=row["key"],
            seq=row["seq"],
            epoch=row["epoch"],
            event_id=row["event_id"],
            occurred_at=row["occurred_at"],
            correlation_id=row["correlation_id"],
            body=row["payload"].encode(),
        )
        future: asyncio.Future[Any] = await producer.send(
            event.topic,
            event.body,
            key=str(event.key).encode(),
            headers=event.headers(self._history.keys),
        )
        return future

    async def _connected_producer(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                **self._history.access.options(),
                client_id=f"{self._service}-relay",
                enable_idempotence=True,
                request_timeout_ms=10_000,
                max_batch_size=131_072,
            )
            try:
                await asyncio.wait_for(producer.start(), PUBLISH_SECONDS)
            except BaseException:
                await _stop(producer)
                raise
            self._producer = producer
        self.state = CONNECTED
        return self._producer

    async def _drop_producer(self) -> None:
        """Forget the producer: after a sequence error it stays broken until it is rebuilt."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)


async def _stop(producer: AIOKafkaProducer) -> None:
    """Stop within four seconds; with a frozen broker the client would wait for ever.

    What it has not sent it gives up: the rows are still in the outbox. An abandoned client would
    keep its connections, and send when the broker is back.
    """
    with suppress(TimeoutError, KafkaError):
        return await asyncio.wait_for(producer.stop(), 2.0)
    with suppress(TimeoutError, KafkaError):
        await asyncio.wait_for(producer.client.close(), 1.0)
    with suppress(TimeoutError, KafkaError):
        await asyncio.wait_for(producer._sender.close(), 1.0)


def _failure_of(future: "asyncio.Future[Any]") -> KafkaError | TimeoutError | None:
    if not future.done():
        future.add_done_callback(_look_at)
        return TimeoutError()
    error = future.exception()
    if error is None or isinstance(error, KafkaError):
        return error
    raise error


def _look_at(future: "asyncio.Future[Any]") -> None:
    """A late result nobody waits for any more; the row is still in the outbox."""
    if not future.cancelled():
        future.exception()


_LOCKS = db.lock_id("relay") >> 32
_TAKE = """
    SELECT shard, pg_try_advisory_lock($1::int, shard) AS taken FROM unnest($2::int[]) AS shard
"""
