"""Timers on a real database: each fires once, a failing one is put off and then parked in sight."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from deploy.local.environment import Site
from services.intake.settings import Settings
from services.intake.wiring import SERVICE as INTAKE
from shared import metrics
from shared.errors import TransientError
from shared.messaging.timers import TimerHandler, Timers
from shared.service import assemble
from shared.transaction import Database, Timer, Transaction
from tests.integration.core.store import SetClock, open_database
from tests.integration.core.wire import MOMENT
from tests.world.clocks import TrustingGuard
from tests.world.engines import Engines
from tests.world.event_keys import current_history
from tests.world.system import until

pytestmark = pytest.mark.timeout(60)


class Ring(Timer):
    """A timer that a test sets."""

    kind: ClassVar[str] = "ring"
    name: str
    subject: UUID

    @property
    def key(self) -> str:
        return self.name

    @property
    def subject_id(self) -> UUID:
        return self.subject


SOMEBODY = UUID(int=1)


def ring(name: str, subject: UUID = SOMEBODY) -> Ring:
    return Ring(name=name, subject=subject)


@dataclass(slots=True)
class Bell:
    """A handler that counts what has rung, and raises while it is told to."""

    raises: dict[str, Exception] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)

    async def __call__(self, tx: Transaction, timer: Ring) -> None:
        self.calls[timer.name] += 1
        tx.audit("timer.rang", "timer", timer.subject, name=timer.name)
        if timer.name in self.raises:
            raise self.raises[timer.name]


@dataclass(frozen=True, slots=True)
class World:
    site: Site
    clock: SetClock
    database: Database
    bell: Bell

    def timers(self) -> Timers:
        """A timer loop, as each replica has one."""
        return self.timers_with(self.bell)

    def timers_with(self, handler: TimerHandler) -> Timers:
        return Timers(
            database=self.database,
            handlers={Ring: handler},
            history=current_history(),
            guard=TrustingGuard(self.clock),
        )

    async def schedule(self, *names: str, after: float = 0.0, subject: UUID = SOMEBODY) -> None:
        async with self.database.transaction() as tx:
            for name in names:
                tx.schedule(tx.now + timedelta(seconds=after), ring(name, subject))

    def pass_by(self, seconds: float) -> None:
        self.clock.moment += timedelta(seconds=seconds)

    async def rows(self) -> dict[str, tuple[int, str | None]]:
        """Timers that are left: attempts and error."""
        async with self.database.read_connection() as connection:
            rows = await connection.fetch("SELECT key, attempts, error FROM timers")
        return {row["key"]: (row["attempts"], row["error"]) for row in rows}

    async def said(self) -> dict[str, Any]:
        """What the service's health page says of it."""
        settings = Settings.read(self.site.service("intake"))
        running = await assemble(INTAKE, settings, self.clock)
        try:
            return await running.health.refresh()
        finally:
            await running.close()

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """The verb `timers`, as it is typed."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "services.intake", "timers", *words],
            env={**self.site.service("intake"), "USER": "tester"},
            capture_output=True,
            text=True,
            check=False,
        )

    async def rang(self) -> Counter[str]:
        """What has rung and was committed, by the audit log."""
        async with self.database.read_connection() as connection:
            rows = await connection.fetch(
                "SELECT detail::json ->> 'name' AS name FROM audit WHERE action = 'timer.rang'"
            )
        return Counter(row["name"] for row in rows)


@pytest.fixture
async def world(engines: Engines) -> AsyncIterator[World]:
    site, clock = await engines.new_site(), SetClock(MOMENT)
    async with open_database(site, clock) as database:
        with capture_logs():  # else every traceback is drawn for a terminal
            yield World(site, clock, database, Bell())


async def test_two_loops_fire_each_due_timer_once(world: World) -> None:
    names = [f"timer-{number}" for number in range(500)]
    await world.schedule(*names, after=1)
    await world.schedule("later", after=3600)
    loops = [asyncio.create_task(world.timers().run()) for _ in range(2)]
    try:
        await asyncio.sleep(1.5)
        assert await world.rang() == {}
        world.pass_by(1)

        async def all_fired() -> bool:
            return set(await world.rows()) == {"later"}

        await until(all_fired, what="all due timers to fire")
        assert not any(loop.done() for loop in loops)
    finally:
        for loop in loops:
            loop.cancel()
        for loop in loops:
            with suppress(asyncio.CancelledError):
                await loop
    assert await world.rang() == dict.fromkeys(names, 1)


async def test_a_timer_that_another_loop_holds_is_not_waited_for(world: World) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(_: Transaction, timer: Ring) -> None:
        world.bell.calls[timer.name] += 1
        entered.set()
        await leave.wait()

    await world.schedule("slow")
    first = world.timers_with(slow)
    holding = asyncio.create_task(first.fire_due())
    await entered.wait()
    await world.schedule("other")
    assert await asyncio.wait_for(world.timers().fire_due(), 5) == 1
    leave.set()
    assert await holding == 1
    assert world.bell.calls == {"slow": 1, "other": 1}


async def test_a_timer_that_fails_is_put_off_five_times_and_then_waits_in_sight(
    world: World,
) -> None:
    timers = world.timers()
    world.bell.raises["broken"] = ValueError("zqcanary")
    await world.schedule("broken", "healthy")
    await timers.fire_due()
    assert await world.rang() == {"healthy": 1}
    assert await world.rows() == {"broken": (1, "ValueError")}
    for attempt in range(1, 5):
        calls = world.bell.calls["broken"]
        world.pass_by(5.0 * attempt - 0.1)
        assert await timers.fire_due() == 0
        world.pass_by(0.1)
        await timers.fire_due()
        assert world.bell.calls["broken"] > calls
        assert await world.rows() == {"broken": (attempt + 1, "ValueError")}
    calls = world.bell.calls["broken"]
    world.pass_by(30 * 24 * 3600)
    assert await timers.fire_due() == 0
    assert world.bell.calls["broken"] == calls
    await world.schedule("next")
    assert await timers.fire_due() == 1
    assert await world.rang() == {"healthy": 1, "next": 1}
    assert (await world.said())["timers_stuck"] == 1


async def test_a_stuck_timer_does_not_hold_up_a_full_batch_behind_it(world: World) -> None:
    broken = [f"broken-{number}" for number in range(3)]
    names = [f"timer-{number}" for number in range(250)]
    for name in broken:
        world.bell.raises[name] = KeyError(name)
    await world.schedule(*broken)
    world.pass_by(0.001)
    await world.schedule(*names)
    timers = world.timers()
    for _ in range(6):
        await timers.fire_due()
    assert await world.rang() == dict.fromkeys(names, 1)
    assert await world.rows() == dict.fromkeys(broken, (1, "KeyError"))


async def test_a_mended_timer_fires_when_a_person_says_so(world: World) -> None:
    timers = world.timers()
    world.bell.raises["broken"] = ValueError()
    await world.schedule("broken")
    for _ in range(5):
        await timers.fire_due()
        world.pass_by(60)
    assert await world.rows() == {"broken": (5, "ValueError")}
    world.bell.raises.clear()
    listed = world.command("list")
    assert (listed.returncode, listed.stdout.splitlines()[-1]) == (0, "1 timers fail")
    (line, _) = listed.stdout.splitlines()
    timer_id = line.split()[0]
    assert ("ring" in line, "stuck" in line, "ValueError" in line) == (True, True, True)
    assert world.command("again", "--reason", "mended").returncode == 2
    assert world.command("again", "0", "--reason", "mended").returncode == 1
    assert world.command("again", timer_id, "--reason", "mended").returncode == 0
    async with world.database.read_connection() as connection:
        noted = await connection.fetchrow(
            "SELECT actor, detail FROM audit WHERE action = 'timer.tried_anew'"
        )
    assert noted is not None
    assert noted["actor"] == "operator:tester"
    assert "mended" in noted["detail"]
    await timers.fire_due()
    assert await world.rang() == {"broken": 1}
    assert await world.rows() == {}


async def test_an_outage_is_no_attempt_and_the_timer_fires_when_it_is_over(world: World) -> None:
    timers = world.timers()
    world.bell.raises["early"] = TransientError("not yet")
    await world.schedule("early")
    for tries in range(1, 7):
        assert await timers.fire_due() == 1
        assert await world.rows() == {"early": (0, "TransientError")}
        assert await timers.fire_due() == 0, "it is put off"
        world.pass_by(5.0 * tries)
    world.bell.raises.clear()
    assert await timers.fire_due() == 1
    assert await world.rang() == {"early": 1}


async def test_a_timer_whose_outage_does_not_end_comes_in_sight_and_is_tried_on(
    world: World,
) -> None:
    timers = world.timers()
    world.bell.raises["odd"] = TransientError("lost_race")
    await world.schedule("odd")
    with capture_logs() as lines:
        for _ in range(9):
            await timers.fire_due()
            world.pass_by(60)
    named = [line for line in lines if line["event"] == "timer_failed"]
    assert [line["attempts"] for line in named] == [5, 6, 7, 8, 9]
    assert {(type(line["timer_id"]), line["kind"]) for line in named} == {(int, "ring")}
    assert (await world.said())["timers_stuck"] == 0
    late = metrics.REGISTRY.get_sample_value("alongside_timer_oldest_due_seconds")
    assert late == 9 * 60, "it has been due all the time"
    await timers.fire_due()
    assert (await world.said())["timers_stuck"] == 1
    world.bell.raises.clear()
    world.pass_by(60)
    assert await timers.fire_due() == 1
    assert await world.rang() == {"odd": 1}
    assert (await world.said())["timers_stuck"] == 0


@pytest.mark.story
async def test_a_timer_whose_failure_always_looks_like_an_outage_stops_no_other(
    world: World,
) -> None:
    timers = world.timers()
    world.bell.raises["odd"] = TransientError("lost_race")
    await world.schedule("odd", "healthy", "sound")
    await timers.fire_due()
    assert await world.rang() == {"healthy": 1, "sound": 1}
    assert await world.rows() == {"odd": (0, "TransientError")}


async def test_a_cancellation_that_a_handler_lets_escape_is_a_failure_like_others(
    world: World,
) -> None:
    async def cancels_itself(_: Transaction, __: Ring) -> None:
        raise asyncio.CancelledError

    await world.schedule("odd")
    timers = world.timers_with(cancels_itself)
    await timers.fire_due()
    assert await world.rows() == {"odd": (1, "RuntimeError")}


async def test_a_timer_that_is_set_again_moves_and_starts_anew(world: World) -> None:
    timers = world.timers()
    world.bell.raises["moved"] = ValueError()
    await world.schedule("moved")
    await timers.fire_due()
    world.bell.raises.clear()
    await world.schedule("moved", after=100)
    assert await world.rows() == {"moved": (0, None)}
    world.pass_by(99)
    assert await timers.fire_due() == 0
    world.pass_by(1)
    assert await timers.fire_due() == 1
    assert await world.rang() == {"moved": 1}
    assert await timers.fire_due() == 0


async def test_forgotten_timers_do_not_fire(world: World) -> None:
    other = uuid4()
    await world.schedule("one", "two")
    await world.schedule("three", "four", subject=other)
    async with world.database.transaction() as tx:
        tx.cancel(Ring, "one")
        tx.cancel(Ring, "never-set")
        tx.cancel_all(other)
        tx.schedule(tx.now, ring("five", other))
    await world.timers().fire_due()
    assert await world.rang() == {"two": 1, "five": 1}
    assert await world.rows() == {}


async def test_what_a_handler_sets_in_place_of_its_own_timer_stays(world: World) -> None:
    async def again(tx: Transaction, timer: Ring) -> None:
        world.bell.calls[timer.name] += 1
        tx.schedule(tx.now + timedelta(seconds=10), timer)

    timers = world.timers_with(again)
    await world.schedule("steady")
    for _ in range(3):
        assert await timers.fire_due() == 1
        assert await timers.fire_due() == 0
        world.pass_by(10)
    assert world.bell.calls == {"steady": 3}


async def test_a_transaction_that_rolls_back_sets_and_forgets_nothing(world: World) -> None:
    await world.schedule("stays")
    with suppress(ValueError):
        async with world.database.transaction() as tx:
            tx.cancel(Ring, "stays")
            tx.schedule(tx.now, ring("never"))
            await tx.flush()
            raise ValueError
    assert await world.timers().fire_due() == 1
    assert await world.rang() == {"stays": 1}
