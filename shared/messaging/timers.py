"""The timer loop: takes due timers and runs their handler in the same transaction."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from shared import db, timer_store
from shared.clock_guard import ClockGuard
from shared.db import Row
from shared.heartbeat import IDLE_SECONDS, Heartbeat
from shared.logs import log
from shared.messaging.own_history import OwnHistory
from shared.messaging.stray_cancellations import refuse_stray_cancellation
from shared.metrics import TIMERS_FIRED, TIMERS_LATE
from shared.transaction import Database, Timer, Transaction

TimerHandler = Callable[[Transaction, Any], Awaitable[None]]
TimerHandlers = Mapping[type[Timer], TimerHandler]

BATCH = 100
RETRY_AFTER = timedelta(seconds=5)
LONGEST_RETRY = timedelta(seconds=60)
"""A timer that fails waits `RETRY_AFTER` longer each time, up to this."""

TRANSIENT_TRIES = 5
"""From this failure on that looks as if it would pass, each is logged; from the tenth on the timer
counts as stuck (shared/health.py). It is tried on all the same."""


class Timers:
    """One per process. Replicas share the work: each skips what another one holds."""

    def __init__(
        self,
        *,
        database: Database,
        handlers: TimerHandlers,
        history: OwnHistory,
        guard: ClockGuard,
    ) -> None:
        self._database, self._history, self._guard = database, history, guard
        self._handlers = {kind.kind: (kind, handler) for kind, handler in handlers.items()}
        self._work = asyncio.Event()
        self.heartbeat = Heartbeat("timers", silent_after=60.0)

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
                    # What another process holds, that one fires.
                    sleep = 0.0 if await self.fire_due() else IDLE_SECONDS
            except db.RETRYABLE as error:
                log.warning("timers_interrupted", error=type(error).__name__)
                sleep = IDLE_SECONDS
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
            rows = await self._take(tx, limit)
            tx.to_fire = {(row["kind"], row["key"]): row["subject_id"] for row in rows}
            for row in rows:
                del tx.to_fire[row["kind"], row["key"]]
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
                rows = await self._take(tx, 1)
                for row in rows:
                    try:
                        await self._run(tx, row)
                        await tx.flush()
                    except Exception:
                        failed = row
                        raise
        except Exception as error:
            if failed is None:
                raise
            if isinstance(error, db.RETRYABLE):
                await self._raise_if_away(error)
            await self._postpone(failed, error)
        return len(rows)

    async def _take(self, tx: Transaction, limit: int) -> Sequence[Row]:
        """Due timers; none while the clock is not trusted."""
        if not await self._guard.trusts(tx.connection, tx.now):
            return []
        return await timer_store.take_due(tx.connection, now=tx.now, limit=limit)

    async def _raise_if_away(self, error: Exception) -> None:
        """Raise what looks like an outage, unless the database answers: then it is one timer's."""
        try:
            async with self._database.transaction() as tx:
                await timer_store.next_due(tx.connection)
        except db.RETRYABLE:
            raise error from None

    async def _postpone(self, row: Row, error: Exception) -> None:
        """Count the failure. An outage of the database counts nothing: this cannot commit then."""
        tries = row["attempts"] + row["transient_tries"] + 1
        transient = isinstance(error, db.RETRYABLE)
        async with self._database.transaction() as tx:
            await timer_store.postpone(
                tx.connection,
                row["timer_id"],
                error=type(error).__name__,
                until=tx.now + min(RETRY_AFTER * tries, LONGEST_RETRY),
                transient=transient,
            )
        if not transient or tries >= TRANSIENT_TRIES:
            log.error(
                "timer_failed",
                timer_id=row["timer_id"],
                kind=row["kind"],
                attempts=tries,
                exc_info=error,
            )
        TIMERS_FIRED.labels(row["kind"], "failed").inc()

    async def _run(self, tx: Transaction, row: Row) -> None:
        kind, handler = self._handlers[row["kind"]]
        tx.correlation_id = row["correlation_id"]
        await refuse_stray_cancellation(handler(tx, kind.model_validate_json(row["payload"])))

    async def _seconds_to_next(self) -> float:
        """0 or less when one is due. Nothing is while clock or history cannot be trusted."""
        async with self._database.read_connection() as connection:
            due = await timer_store.next_due(connection)
            now = self._database.clock.now()
            if not await self._guard.trusts(connection, now):
                return IDLE_SECONDS
        if due is None or not self._history.is_current:
            return IDLE_SECONDS
        return min((due - now).total_seconds(), IDLE_SECONDS)
