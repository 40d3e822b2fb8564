"""When a clock is believed: process, database and the last moment seen have to agree."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from shared.clock_guard import ClockGuard, ClockState, Reading, judge
from shared.db import Connection

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATELY = timedelta(seconds=10)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def reading(ahead: float = 0, took: float = 0, since: timedelta | None = LATELY) -> Reading:
    """The process is `ahead` of the database, which saw an agreed moment `since` ago."""
    before = NOON + seconds(ahead)
    last_seen = None if since is None else NOON - since
    return Reading(before, before + seconds(took), NOON, last_seen)


@pytest.mark.parametrize(
    ("one", "state"),
    [
        (reading(), ClockState.TRUSTED),
        (reading(ahead=5), ClockState.TRUSTED),
        (reading(ahead=5.1), ClockState.APART),
        (reading(ahead=-5), ClockState.TRUSTED),
        (reading(ahead=-5.1), ClockState.APART),
        (reading(ahead=-9, took=9), ClockState.TRUSTED),
        (reading(ahead=-15, took=9), ClockState.APART),
        (reading(since=HOUR), ClockState.TRUSTED),
        (reading(since=HOUR + seconds(1)), ClockState.LONG_AFTER_LAST_SEEN),
        (reading(since=-seconds(5)), ClockState.TRUSTED),
        (reading(since=-seconds(6)), ClockState.BEFORE_LAST_SEEN),
        (reading(since=None), ClockState.TRUSTED),
        (reading(ahead=90_000, since=None), ClockState.APART),
    ],
)
def test_a_clock_is_judged(one: Reading, state: ClockState) -> None:
    assert judge(one, HOUR) is state


@dataclass(slots=True)
class Times:
    """The process's clock, its steady one, and a database that answers with its own."""

    steady: float = 100.0
    moved: timedelta = field(default=timedelta())
    database_moved: timedelta = field(default=timedelta())
    asked: int = 0
    longest_standstill: timedelta = HOUR
    last_seen: datetime = NOON
    doubted: bool = False
    confirmed_at: datetime | None = None

    def now(self) -> datetime:
        return NOON + seconds(self.steady) + self.moved

    async def fetchrow(self, *_: object) -> dict[str, datetime | bool | None]:
        self.asked += 1
        there = NOON + seconds(self.steady) + self.database_moved
        return {
            "database": there,
            "last_seen": self.last_seen,
            "doubted": self.doubted,
            "confirmed_at": self.confirmed_at,
        }

    async def execute(self, statement: str, *moments: datetime) -> None:
        """What is noted: a moment at which all agreed, or doubt."""
        self.last_seen = max([self.last_seen, *moments])
        self.doubted = not moments

    def confirm(self) -> None:
        """A person says that the time is right."""
        self.confirmed_at = self.last_seen = NOON + seconds(self.steady) + self.database_moved
        self.doubted = False

    def guard(self) -> ClockGuard:
        return ClockGuard(self, self.longest_standstill, steady=lambda: self.steady)

    async def trusts(self, guard: ClockGuard) -> bool:
        return await guard.trusts(cast(Connection, cast(Any, self)), self.now())


async def test_a_clock_is_compared_before_anything_is_done_and_then_once_a_second() -> None:
    times = Times()
    guard = times.guard()
    assert guard.state is ClockState.UNCHECKED
    for _ in range(10):
        assert await times.trusts(guard)
    assert times.asked == 1
    times.steady += 1.1
    assert await times.trusts(guard)
    assert times.asked == 2


@pytest.mark.parametrize("jump", [timedelta(days=3), -timedelta(days=3), seconds(6)])
async def test_a_jump_within_the_second_is_noticed(jump: timedelta) -> None:
    times = Times()
    guard = times.guard()
    assert await times.trusts(guard)
    times.moved = jump
    assert not await times.trusts(guard)
    assert guard.state is ClockState.APART
    times.moved = timedelta()
    assert await times.trusts(guard)


async def test_all_clocks_that_jump_together_are_noticed_too() -> None:
    times = Times()
    guard = times.guard()
    assert await times.trusts(guard)
    times.moved = times.database_moved = timedelta(days=3)
    assert not await times.trusts(guard)
    assert guard.state is ClockState.LONG_AFTER_LAST_SEEN


async def test_a_moment_that_is_not_the_clocks_own_is_never_acted_upon() -> None:
    times = Times()
    guard = times.guard()
    connection = cast(Connection, cast(Any, times))
    assert not await guard.trusts(connection, times.now() + HOUR)
    assert guard.state is ClockState.TRUSTED


DAY = timedelta(days=1)
TOGETHER = [timedelta(minutes=50), timedelta(hours=23), -timedelta(minutes=50), seconds(6)]


async def jumped(jump: timedelta) -> tuple[Times, ClockGuard]:
    """Process and database have moved together, by less than a standstill may take."""
    times = Times(longest_standstill=DAY)
    guard = times.guard()
    assert await times.trusts(guard)
    times.steady += 30
    assert await times.trusts(guard), "time has passed, and no clock has jumped"
    times.moved = times.database_moved = jump
    times.last_seen = NOON + min(jump, timedelta())
    return times, guard


@pytest.mark.parametrize("jump", TOGETHER)
async def test_a_running_process_believes_no_jump_that_its_database_makes_too(
    jump: timedelta,
) -> None:
    times, guard = await jumped(jump)
    for _ in range(3):
        assert not await times.trusts(guard)
        assert guard.state is ClockState.JUMPED
        times.steady += 60
    times.moved = times.database_moved = timedelta()
    assert await times.trusts(guard), "the clocks were set right again"


@pytest.mark.parametrize("jump", TOGETHER)
async def test_a_jump_is_believed_once_a_person_has_confirmed_it(jump: timedelta) -> None:
    times, guard = await jumped(jump)
    assert not await times.trusts(guard)
    times.confirm()
    times.steady += 2
    assert await times.trusts(guard)
    times.moved = times.database_moved = jump + seconds(6)
    assert not await times.trusts(guard), "the next jump needs a word of its own"


@pytest.mark.parametrize("jump", TOGETHER)
async def test_a_process_that_starts_after_a_jump_does_not_believe_it_either(
    jump: timedelta,
) -> None:
    times, guard = await jumped(jump)
    await guard.note(cast(Connection, cast(Any, times)))
    assert times.doubted
    later = times.guard()
    assert not await times.trusts(later)
    assert later.state is ClockState.JUMPED
    times.moved = times.database_moved = timedelta()
    await guard.note(cast(Connection, cast(Any, times)))
    times.steady += 2
    assert await times.trusts(later), "the one that knows has seen that they are as before"


async def test_a_suspended_machine_has_not_jumped() -> None:
    """The steady clock goes on while the machine sleeps."""
    times = Times(longest_standstill=DAY)
    guard = times.guard()
    assert await times.trusts(guard)
    times.steady += 8 * 3600
    assert await times.trusts(guard)
