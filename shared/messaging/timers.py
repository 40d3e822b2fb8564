"""The timer loop: takes due timers and runs their use-case in the same transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from shared import db, timer_store
from shared.db import Row
from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.messaging.guarded import guarded
from shared.messaging.own_history import OwnHistory
from shared.metrics import TIMERS_FIRED, TIMERS_LATE
from shared.transaction import Database, Timer, Transaction

TimerHandler = Callable[[Transaction, Any], Awaitable[None]]
TimerHandlers = Mapping[type[Timer], TimerHandler]

BATCH = 100
RETRY_AFTER = timedelta(seconds=5)
MAX_SLEEP_SECONDS = timer_store.MAX_SLEEP.total_seconds()
HELD_ELSEWHERE_SECONDS = 0.05
"""Between two looks at timers that are due and that another process is firing."""


class Timers:
    """One per process. Replicas share the work: each skips what another one holds."""

    def __init__(self, *, database: Database, handlers: TimerHandlers, history: OwnHistory) -> None:
        self._database, self._history = database, history
        self._handlers = {kind.kind: (kind, handler) for kind, handler in handlers.items()}
        self._work = asyncio.Event()
        self.heartbeat = Heartbeat("timers", silent_after=60.0)
        self.clock_trusted = True
        """False while this process's clock is far from the database's; then nothing fires."""

    def wake(self) -> None:
        """A timer may have been set or moved."""
        self._work.set()

    async def run(self) -> None:
        """Fire until cancelled; outages of the database are waited out."""
        while True:
            self.heartbeat.beat()
            try:
                self._work.clear()
                sleep = await self._seconds_to_next()
                if sleep <= 0:
                    sleep = 0.0 if await self.fire_due() else HELD_ELSEWHERE_SECONDS
            except db.RETRYABLE as error:
                log.warning("timers_interrupted", error=type(error).__name__)
                sleep = MAX_SLEEP_SECONDS
            if sleep > 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._work.wait(), sleep)

    async def fire_due(self) -> int:
        """Fire one batch; returns how many timers were taken.

        A batch commits together; when one of it fails, each runs in a transaction of its own.
        What looks like an outage is one only if the database does not answer.
        """
        try:
            return await self._fire(BATCH)
        except db.RETRYABLE as error:
            await self._raise_if_away(error)
        except Exception:  # noqa: BLE001 (each timer is then fired alone)
            log.info("timer_batch_split", exc_info=True)
        taken = 0
        while taken < BATCH and await self._fire_one():
            taken += 1
        return taken

    async def _fire(self, limit: int) -> int:
        async with self._database.transaction() as tx:
            rows = await timer_store.take_due(tx.connection, now=tx.now, limit=limit)
            for row in rows:
                await self._run(tx, row)
            now = tx.now
        for row in rows:
            TIMERS_FIRED.labels(row["kind"], "fired").inc()
            TIMERS_LATE.observe((now - row["due_at"]).total_seconds())
        return len(rows)

    async def _fire_one(self) -> int:
        """Fire the next timer; one that fails is put off, five times, and then parked in sight."""
        failed: Row | None = None
        try:
            async with self._database.transaction() as tx:
                rows = await timer_store.take_due(tx.connection, now=tx.now, limit=1)
                for row in rows:
                    try:
                        await self._run(tx, row)
                        await tx.flush()
                    except Exception:
                        log.error("timer_failed", kind=row["kind"], exc_info=True)
                        failed = row
                        raise
        except Exception as error:
            if failed is None:
                raise
            if isinstance(error, db.RETRYABLE):
                await self._raise_if_away(error)
            await self._postpone(failed, error)
        return len(rows)

    async def _raise_if_away(self, error: Exception) -> None:
        """Raise what looks like an outage, unless the database answers: then it is one timer's."""
        try:
            async with self._database.transaction() as tx:
                await timer_store.next_due(tx.connection)
        except db.RETRYABLE:
            raise error from None

    async def _postpone(self, row: Row, error: Exception) -> None:
        async with self._database.transaction() as tx:
            await timer_store.postpone(
                tx.connection,
                row["timer_id"],
                error=type(error).__name__,
                until=tx.now + RETRY_AFTER * (row["attempts"] + 1),
                transient=isinstance(error, db.RETRYABLE),
            )
        TIMERS_FIRED.labels(row["kind"], "failed").inc()

    async def _run(self, tx: Transaction, row: Row) -> None:
        kind, handler = self._handlers[row["kind"]]
        tx.correlation_id = row["correlation_id"]
        await guarded(handler(tx, kind.model_validate_json(row["payload"])))

    async def _seconds_to_next(self) -> float:
        """0 or less when one is due. Nothing is while clock or history cannot be trusted."""
        async with self._database.read_connection() as connection:
            due = await timer_store.next_due(connection)
        if due is None or not self.clock_trusted or not self._history.is_current:
            return MAX_SLEEP_SECONDS
        return min((due - self._database.clock.now()).total_seconds(), MAX_SLEEP_SECONDS)
