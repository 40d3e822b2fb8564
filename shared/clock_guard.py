"""Whether this process's clock may be acted upon: handlers, timers and sends ask it every time.

A clock that is wrong fires deadlines and sends texts at the wrong moment, and neither can be taken
back. Three things have to agree: this process, its database, and the last moment at which the two
agreed before. After a long standstill a right clock and one that is far ahead look alike; then a
person says that the time is right (`clock confirm`). While it runs, a process also knows how much
time has passed: clocks that jump together are not believed, however small the jump.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from shared.clock import Clock
from shared.db import Connection
from shared.errors import TransientError
from shared.logs import log
from shared.metrics import CLOCK_SKEW, CLOCK_TRUSTED

MAX_SKEW = timedelta(seconds=5)
FRESH_SECONDS = 1.0
"""How long a comparison holds; in between the process's own steady clock finds every jump."""
NOTE_EVERY = timedelta(seconds=10)


class ClockState(StrEnum):
    UNCHECKED = "unchecked"
    """Not compared yet since the start."""
    TRUSTED = "trusted"
    APART = "apart"
    """Process and database are more than MAX_SKEW apart."""
    BEFORE_LAST_SEEN = "before_last_seen"
    """Earlier than what was seen before: now it is slow, or then it was fast."""
    JUMPED = "jumped"
    """All clocks have moved together by more than MAX_SKEW while a process ran."""
    LONG_AFTER_LAST_SEEN = "long_after_last_seen"
    """The service stood still for long, or the clocks are ahead: a person has to say which."""


class ClockNotTrustedError(TransientError):
    """Nobody knows the time. What decides by it waits, however long that takes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One comparison. The database was asked between `before` and `after`."""

    before: datetime
    after: datetime
    database: datetime
    last_seen: datetime | None
    doubted: bool = False
    """Another process, or this one before its restart, has seen the clocks jump."""
    confirmed_at: datetime | None = None

    @property
    def skew(self) -> timedelta:
        """How far this process is surely ahead (or, negative, behind), however slow the answer."""
        if self.database < self.before:
            return self.before - self.database
        return min(self.after - self.database, timedelta())


def judge(reading: Reading, longest_standstill: timedelta) -> ClockState:
    """What the three moments say. A database that has never seen a moment believes the first."""
    if abs(reading.skew) > MAX_SKEW:
        return ClockState.APART
    if reading.last_seen is None:
        return ClockState.TRUSTED
    passed = reading.database - reading.last_seen
    if passed < -MAX_SKEW:
        return ClockState.BEFORE_LAST_SEEN
    if passed > longest_standstill:
        return ClockState.LONG_AFTER_LAST_SEEN
    return ClockState.TRUSTED


@dataclass(frozen=True, slots=True)
class Agreed:
    """When process and database agreed last: by the wall clock and by the steady one."""

    moment: datetime
    steady: float
    confirmed_at: datetime | None

    def jumped(self, reading: Reading, steady: float) -> bool:
        """Whether the wall clock has moved otherwise than the time that has passed.

        Not once a person has confirmed the time since.
        """
        passed = timedelta(seconds=steady - self.steady)
        moved = abs(reading.after - self.moment - passed) > MAX_SKEW
        return moved and reading.confirmed_at == self.confirmed_at


def steady_seconds() -> float:
    """Seconds that have passed, also while the machine was suspended, whatever clocks say."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(slots=True)
class ClockGuard:
    """One per process. Trusts nothing before the first comparison."""

    clock: Clock
    longest_standstill: timedelta
    steady: Callable[[], float] = steady_seconds
    state: ClockState = ClockState.UNCHECKED
    last_seen: datetime | None = None
    _compared_at: float = field(default=0.0)
    _then: datetime | None = None
    _agreed: Agreed | None = None

    async def trusts(self, connection: Connection, moment: datetime) -> bool:
        """Whether `moment`, just taken from the clock, may be acted upon.

        Ask inside the transaction that acts. Compares again when the last comparison is older than
        a second or the clock has jumped since.
        """
        if not self._still_holds(moment):
            await self.compare(connection)
        return self.state is ClockState.TRUSTED and self._still_holds(moment)

    def _still_holds(self, moment: datetime) -> bool:
        passed = self.steady() - self._compared_at
        if self._then is None or passed > FRESH_SECONDS:
            return False
        return abs(moment - self._then - timedelta(seconds=passed)) <= MAX_SKEW

    async def compare(self, connection: Connection) -> Reading:
        """Compare the clock with the database's and with the last moment seen."""
        before = self.clock.now()
        row = await connection.fetchrow(_READ)
        after = self.clock.now()
        if row is None:
            raise OSError
        steady = self.steady()
        reading = Reading(before, after, **row)
        state = judge(reading, self.longest_standstill)
        if state is ClockState.TRUSTED:
            state = self._agrees(reading, steady)
        if state is not self.state:
            note = log.info if state is ClockState.TRUSTED else log.critical
            note("clock_judged", state=state.value, reason=str(reading.skew))
        self.state, self.last_seen = state, reading.last_seen
        self._then, self._compared_at = after, steady
        CLOCK_SKEW.set(reading.skew.total_seconds())
        CLOCK_TRUSTED.set(state is ClockState.TRUSTED)
        return reading

    def _agrees(self, reading: Reading, steady: float) -> ClockState:
        """Compare with what this process knows itself; without that, with what others doubted."""
        known = self._agreed
        if known.jumped(reading, steady) if known else reading.doubted:
            return ClockState.JUMPED
        self._agreed = Agreed(reading.after, steady, reading.confirmed_at)
        return ClockState.TRUSTED

    async def note(self, connection: Connection) -> Reading:
        """Compare, and keep the present moment as the last one seen if it can be trusted.

        A jump is kept too, for processes that start after it.
        """
        reading = await self.compare(connection)
        last = reading.last_seen
        if self.state is ClockState.TRUSTED and (
            last is None or reading.doubted or reading.database - last >= NOTE_EVERY
        ):
            await connection.execute(_NOTE, reading.database)
        elif self.state is ClockState.JUMPED and not reading.doubted:
            await connection.execute(_DOUBT)
        return reading


_READ = """
    SELECT clock_timestamp() AS database, last_seen_at AS last_seen,
           coalesce(doubted, false) AS doubted, confirmed_at
      FROM (VALUES (true)) AS one (row) LEFT JOIN clock_seen ON only_row
"""
_DOUBT = "UPDATE clock_seen SET doubted = true"
_NOTE = """
    INSERT INTO clock_seen (last_seen_at) VALUES ($1)
        ON CONFLICT (only_row) DO UPDATE
       SET last_seen_at = greatest(clock_seen.last_seen_at, EXCLUDED.last_seen_at),
           doubted = false
"""
_CONFIRM = """
    INSERT INTO clock_seen (last_seen_at, confirmed_at) VALUES ($1, $1)
        ON CONFLICT (only_row) DO UPDATE
       SET last_seen_at = EXCLUDED.last_seen_at, confirmed_at = EXCLUDED.confirmed_at,
           doubted = false
"""


async def confirm(connection: Connection, moment: datetime) -> None:
    """A person has said that `moment` is the right time: it becomes the last one seen."""
    await connection.execute(_CONFIRM, moment)
