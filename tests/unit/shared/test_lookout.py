"""One look finds what is due for every loop, and wakes no other."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from shared import lookout
from shared.clock import Clock
from shared.db import Connection
from shared.lookout import EVERY_SECONDS, Lookout, Moments
from shared.transaction import Database, Wakeable

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=EVERY_SECONDS / 2)
LATER = NOW + timedelta(seconds=EVERY_SECONDS * 2)
NOTHING = (None, False, None)


class Noon:
    def now(self) -> datetime:
        return NOW


@dataclass(slots=True)
class Rows:
    """A database whose look finds this, or fails so."""

    found: list[tuple[Any, ...] | Exception]
    woken: list[set[Wakeable]] = field(default_factory=list)
    clock: Clock = field(default_factory=Noon)

    @asynccontextmanager
    async def read_connection(self) -> AsyncIterator["Rows"]:
        yield self

    async def fetch(self, _: str) -> list[tuple[Any, ...]]:
        one = self.found.pop(0)
        if isinstance(one, Exception):
            raise one
        return [one]

    def wake(self, loops: Collection[Wakeable]) -> None:
        self.woken.append(set(loops))


def looking(rows: Rows, moments: Callable[..., Any] | None = None) -> Lookout:
    return Lookout(cast("Database", rows), moments)


@pytest.mark.parametrize(
    ("found", "woken"),
    [
        (NOTHING, set()),
        ((NOW, False, False), {Wakeable.TIMERS}),
        ((SOON, False, False), {Wakeable.TIMERS}),
        ((LATER, False, False), set()),
        ((None, True, False), {Wakeable.CONSUMER}),
        ((None, False, True), {Wakeable.AUDIT}),
        ((NOW, True, True), {Wakeable.TIMERS, Wakeable.CONSUMER, Wakeable.AUDIT}),
    ],
)
async def test_a_loop_is_woken_for_what_is_due_before_the_next_look(
    found: tuple[Any, ...], woken: set[Wakeable]
) -> None:
    assert await looking(Rows([found])).due() == woken


async def test_what_only_one_service_has_is_looked_for_too() -> None:
    async def moments(_: Connection, now: datetime) -> Moments:
        return {Wakeable.SENDER: now, Wakeable.LOOK_UP: LATER}

    assert await looking(Rows([NOTHING]), moments).due() == {Wakeable.SENDER}


async def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookout, "EVERY_SECONDS", 0.001)
    rows = Rows([ConnectionError(), (NOW, False, False)])
    running = asyncio.create_task(looking(rows).run())
    async with asyncio.timeout(5):
        # The loop has no event of its own to wait on.
        while not rows.woken:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    running.cancel()
    assert rows.woken == [{Wakeable.TIMERS}]
