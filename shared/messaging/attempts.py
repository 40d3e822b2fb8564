"""What happens when settling fails: an outage is waited out, a failing record parks its own key."""

import itertools
import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeAlias

from shared import db
from shared.clock_guard import ClockNotTrustedError
from shared.errors import PermanentError
from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.messaging.macs import NotFromOwnerError
from shared.messaging.ordering import OutOfOrderError
from shared.messaging.records import Record
from shared.messaging.settle import Settler
from shared.messaging.stray_cancellations import refuse_stray_cancellation
from shared.metrics import RETRIES

OUTAGE_WAITS = (0.05, 5.0)
"""Seconds of the first and the longest wait while the database is away."""

OUTAGE_TRIES = 5
"""After so many failures that look like an outage the database is asked whether there is one;
if it answers, the trouble is the record's own and must not stop the others."""

CLOCK_SECONDS = 1.0
"""Between two looks whether the clock is trusted again."""

Pause: TypeAlias = Callable[[float], Awaitable[None]]


class LeavingError(Exception):
    """The partition is being taken away or the process stops: give back what is not done."""


@dataclass(slots=True)
class Attempts:
    """Settles records one way or another, however often that has to be tried.

    `pause` waits so many seconds and raises LeavingError when the partition is taken away.
    """

    settler: Settler
    heartbeat: Heartbeat
    pause: Pause
    halted: bool = False
    """True while the dead-letter limit is reached."""
    waits_for_clock: bool = False
    """True while nobody knows the time by which the next record has to be decided."""

    async def settle(self, records: Sequence[Record]) -> int:
        """Settle in order; returns how many are safe, fewer than all only when leaving."""
        done = 0
        self.heartbeat.beat()
        with suppress(LeavingError):
            if records and await self._settle_together(records):
                return len(records)
            for record in records:
                await self._settle_alone(record)
                done += 1
        self.waits_for_clock = False
        return done

    async def _settle_together(self, records: Sequence[Record]) -> bool:
        """One transaction for all. False when they have to be settled one by one."""
        try:
            await refuse_stray_cancellation(self.settler.settle_all(records))
        except Exception as error:  # noqa: BLE001 (each record is then judged alone)
            if not isinstance(error, OutOfOrderError):
                log.info("batch_split", error=type(error).__name__, count=len(records))
            return False
        return True

    async def _settle_alone(self, record: Record) -> None:
        """Until it is settled: outages are waited out; what fails for itself is parked.

        Raises LeavingError when the partition is taken away meanwhile.
        """
        for attempt in itertools.count(1):
            self.heartbeat.beat()
            try:
                return await refuse_stray_cancellation(self.settler.settle_one(record))
            except ClockNotTrustedError:
                self.waits_for_clock = True
                await self.pause(CLOCK_SECONDS)
            except NotFromOwnerError as error:
                return await self._park(record, error.code, self._refuse)
            except PermanentError as error:
                return await self._park(record, error.code, self.settler.dead_letter)
            except db.RETRYABLE as error:
                RETRIES.labels(type(error).__name__).inc()
                if attempt >= OUTAGE_TRIES and await self._database_answers():
                    name = type(error).__name__
                    return await self._park(record, name, self.settler.retry_later)
                wait = min(OUTAGE_WAITS[0] * 2 ** min(attempt, 10), OUTAGE_WAITS[1])
                await self.pause(wait * random.uniform(0.5, 1.0))  # noqa: S311 (spreads retries)
            except Exception as error:  # noqa: BLE001 (a bug: tried again apart from the stream)
                log.error("handler_raised", topic=record.topic, offset=record.offset, exc_info=True)
                RETRIES.labels("bug").inc()
                return await self._park(record, type(error).__name__, self.settler.retry_later)

    async def _database_answers(self) -> bool:
        try:
            return await self.settler.database_answers()
        except db.RETRYABLE:
            return False

    async def _refuse(self, record: Record, _: str) -> bool:
        await self.settler.refuse(record)
        return True

    async def _park(
        self, record: Record, error: str, keep: Callable[[Record, str], Awaitable[bool]]
    ) -> None:
        """Park the record with `keep`; while the limit is reached or the database is away, wait."""
        wait = OUTAGE_WAITS[0]
        while True:
            try:
                if await keep(record, error):
                    self.halted = False
                    log.error("record_parked", topic=record.topic, offset=record.offset, code=error)
                    return
                if not self.halted:
                    log.critical("consumer_halted_too_many_dead_letters", code=error)
                self.halted = True
            except db.RETRYABLE as failure:
                RETRIES.labels(type(failure).__name__).inc()
            await self.pause(wait)
            wait = min(wait * 2, OUTAGE_WAITS[1])
