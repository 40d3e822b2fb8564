"""One look for all loops: what is due is found here, and its loop is woken as after a commit.

What this process commits wakes its loops at once. All else becomes due by time alone, or was left
by a process that died. While nothing is due, these loops do not ask the database themselves.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from shared import db
from shared.db import Connection
from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.transaction import Database, Wakeable

EVERY_SECONDS = 0.5

Moments: TypeAlias = Mapping[Wakeable, datetime | None]
"""When each loop has something to do next; None while it has nothing."""

FindMoments: TypeAlias = Callable[[Connection, datetime], Awaitable[Moments]]

_CORE = """
    SELECT least((SELECT min(due_at) FROM timers WHERE attempts < 5 AND retry_at IS NULL),
                 (SELECT min(retry_at) FROM timers WHERE attempts < 5 AND retry_at IS NOT NULL)),
           EXISTS (SELECT FROM parked_records
                    WHERE reason IN ('gap', 'behind_failed', 'retrying')),
           (SELECT max(audit_id) FROM audit) > coalesce((SELECT max(audit_id) FROM audit_links), 0)
"""


async def core_moments(connection: Connection, now: datetime) -> Moments:
    """What every service has: timers, records that wait, and audit rows that are not sealed."""
    ((timer_at, some_wait, some_unsealed),) = await connection.fetch(_CORE)
    return {
        Wakeable.TIMERS: timer_at,
        Wakeable.CONSUMER: now if some_wait else None,
        Wakeable.AUDIT: now if some_unsealed else None,
    }


class Lookout:
    """One per process. `moments`: what the service itself has besides the core."""

    def __init__(self, database: Database, moments: FindMoments | None = None) -> None:
        self._database = database
        self._find = [core_moments] if moments is None else [core_moments, moments]
        self.heartbeat = Heartbeat("lookout", silent_after=60.0)

    async def run(self) -> None:
        """Look until cancelled; outages of the database are waited out."""
        while True:
            self.heartbeat.beat()
            try:
                self._database.wake(await self.due())
            except db.RETRYABLE as error:
                log.warning("lookout_interrupted", error=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)

    async def due(self) -> set[Wakeable]:
        """The loops that have something to do now, or before the next look."""
        now = self._database.clock.now()
        soon = now + timedelta(seconds=EVERY_SECONDS)
        due: set[Wakeable] = set()
        async with self._database.read_connection() as connection:
            for find in self._find:
                moments = await find(connection, now)
                due |= {loop for loop, at in moments.items() if at is not None and at <= soon}
        return due
