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
from shared.messaging.envelope import to_headers
from shared.metrics import RELAYED

BATCH = 500
POLL_SECONDS = 1.0
PUBLISH_SECONDS = 15.0
"""A publish that takes longer is unknown, not failed: the rows stay and are sent again, and the
consumer's sequence check rejects what came twice."""

IDLE, CONNECTED, WAITING = "idle", "connected", "waiting_for_broker"
"""Idle: nothing to send so far, or another process owns the shards."""

INTERRUPTIONS: tuple[type[Exception], ...] = (KafkaError, *db.OUTAGES)


class Relay:
    """One per process. Owns the shards whose advisory locks it could take.

    The locks live on a connection of their own: when the process dies they are free at once, and
    another replica takes them within a second.
    """

    def __init__(self, *, database_url: str, bootstrap_servers: str, service: str) -> None:
        self._database_url = database_url
        self._bootstrap_servers = bootstrap_servers
        self._service = service
        self._work = asyncio.Event()
        self._producer: AIOKafkaProducer | None = None
        self._owned: set[int] = set()
        self._acknowledged: list[int] = []
        """Rows that were sent and are forgotten with the next look, at the latest after a poll."""
        self._next_try = 0.0
        self.heartbeat = Heartbeat("relay", silent_after=120.0)
        self.state = IDLE
        """In one word, for people: idle, connected or waiting_for_broker."""

    def wake(self) -> None:
        """There may be something in the outbox."""
        self._work.set()

    async def run(self) -> None:
        """Relay until cancelled. Outages of the broker or the database are waited out."""
        pause = 0.05
        try:
            while True:
                try:
                    await self._own_and_relay()
                except INTERRUPTIONS as error:
                    log.warning("relay_interrupted", error=type(error).__name__)
                    self.state = WAITING
                    await self._drop_producer()
                    self.heartbeat.beat()
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 2.0)
                else:
                    pause = 0.05
        finally:
            await self._drop_producer()

    async def _own_and_relay(self) -> None:
        connection = await db.connect(self._database_url, application=f"{self._service}-relay")
        self._owned, self._next_try = set(), 0.0
        try:
            # All that is written here is the removal of sent rows. One that a crash undoes is
            # sent again, and the consumers know it: not worth waiting for the disk each time.
            await connection.execute("SET synchronous_commit = off")
            while True:
                shards = await self._take_shards(connection)
                self.heartbeat.beat()
                if not await self._relay_some(connection, shards):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._work.wait(), POLL_SECONDS)
        finally:
            with suppress(*db.OUTAGES):
                await connection.close(timeout=2)

    async def _take_shards(self, connection: db.Session) -> list[int]:
        """Try for the shards that another process held so far; at most once a second."""
        missing = [shard for shard in range(outbox.SHARDS) if shard not in self._owned]
        if missing and time.monotonic() >= self._next_try:
            rows = await connection.fetch(_TAKE, _LOCKS, missing)
            self._owned.update(row["shard"] for row in rows if row["taken"])
            self._next_try = time.monotonic() + POLL_SECONDS
        return sorted(self._owned)

    async def _relay_some(self, connection: db.Session, shards: list[int]) -> bool:
        """Send the oldest rows, and forget those that were acknowledged before.

        False when these were all, as far as the look could see: whatever was committed since has
        set `_work` again, because that is cleared before the look.
        """
        self._work.clear()
        rows = await outbox.next_rows(
            connection, shards=shards, limit=BATCH, acknowledged=self._acknowledged
        )
        self._acknowledged = []
        if not rows:
            if self._producer is None:
                self.state = IDLE
            return False
        producer = await self._connected_producer()
        self._acknowledged, failure = await self._publish(producer, rows)
        RELAYED.inc(len(self._acknowledged))
        if failure is not None:
            raise failure
        return len(rows) == BATCH

    async def _publish(
        self, producer: AIOKafkaProducer, rows: Sequence[Row]
    ) -> tuple[list[int], KafkaError | TimeoutError | None]:
        """Pipeline all rows; returns which were acknowledged and the first failure, if any.

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
        acked: list[int] = []
        broken: set[tuple[str, UUID]] = set()
        for outbox_id, key, future in sent:
            error = _failure_of(future)
            if error is not None:
                broken.add(key)
                failure = failure or error
            elif key not in broken:
                acked.append(outbox_id)
        return acked, failure

    async def _send(self, producer: AIOKafkaProducer, row: Row) -> "asyncio.Future[Any]":
        """Hand one row to the producer; the future tells when the broker has acknowledged it."""
        future: asyncio.Future[Any] = await producer.send(
            row["topic"],
            row["payload"].encode(),
            key=str(row["key"]).encode(),
            headers=to_headers(
                source=self._service,
                event_id=row["event_id"],
                type_=row["type"],
                key=row["key"],
                seq=row["seq"],
                occurred_at=row["occurred_at"],
                correlation_id=row["correlation_id"],
            ),
        )
        return future

    async def _connected_producer(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap_servers,
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
