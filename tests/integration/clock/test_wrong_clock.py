"""Clocks that are days ahead, of one process or of the whole machine, from the first moment on."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.local.program import Program
from tests.integration.restore.backups import ready
from tests.world.engines import Engines
from tests.world.stories import clinic, coach, submission
from tests.world.system import System, until

pytestmark = [pytest.mark.timeout(120), pytest.mark.faults, pytest.mark.story]

ACTORS = ("matching", "notifications")
LONG_ENOUGH = 4.0
"""In which all three days of deadlines and texts would have fired and gone out."""

_WILL_HAPPEN = {
    "matching": "SELECT kind || key FROM timers ORDER BY 1",
    "notifications": "SELECT message_id::text || state FROM messages ORDER BY 1",
}
_GOES_OUT_NOW = """
    SELECT EXISTS (SELECT FROM messages
                    WHERE state IN ('claimed', 'unknown')
                       OR (state = 'planned' AND due_at <= now() AND wait_reason = 'facts-missing'))
"""
_SINCE_THREE_DAYS = "UPDATE clock_seen SET last_seen_at = now() - interval '3 days'"
_ALL_DUE = "UPDATE timers SET due_at = now()"


@pytest.fixture
async def system(engines: Engines) -> AsyncIterator[System]:
    """Twelve referrals, of which each coach is asked; deadlines and reminders lie ahead."""
    system = System(engines, await engines.new_site())
    try:
        system.seed("intake", [clinic()])
        system.seed("matching", [coach(number, max_active=1) for number in range(12)])
        system.start()
        async with system.http() as client:
            for number in range(12):
                url = f"{system.url('intake')}/v1/referrals"
                (await client.post(url, json=submission(number))).raise_for_status()

        await until_all_asked(system)
        yield system
    finally:
        system.stop()


async def until_all_asked(system: System) -> None:
    """Every coach is chosen, and what can go out at this hour has gone out."""
    seen: dict[str, list[str]] = {}

    async def stands_still() -> bool:
        nonlocal seen
        async with system.database("matching") as connection:
            if await connection.fetchval("SELECT count(*) < 12 FROM offers"):
                return False
        async with system.database("notifications") as connection:
            if await connection.fetchval(_GOES_OUT_NOW):
                return False
        await asyncio.sleep(2.0)
        before, seen = seen, await will_happen(system)
        return seen == before

    await until(stands_still, seconds=60, what="every coach to be asked")


async def will_happen(system: System) -> dict[str, list[str]]:
    found = {}
    for service in ACTORS:
        async with system.database(service) as connection:
            rows = await connection.fetch(_WILL_HAPPEN[service])
        found[service] = [row[0] for row in rows]
    assert all(found.values())
    return found


def in_three_days() -> float:
    """Seconds to a noon in Oklahoma, when texts may go out: whatever is due then would go."""
    now = datetime.now(UTC)
    then = (now + timedelta(days=4)).replace(hour=18, minute=0)
    return (then - now).total_seconds()


def with_wrong_clock(system: System, service: str, seconds: float) -> Program:
    """The service as a process that believes it is later."""
    site = system.site
    command = ("tests.world.wrong_clock", service, str(seconds))
    folder = site.folder / f"{service}-wrong"
    return Program(
        f"{service}-wrong", folder, site.ports.of(service), command, site.service(service)
    )


async def say(system: System, clock: str) -> None:
    async def said() -> bool:
        answers = [await ready(system, service) for service in ACTORS]
        return [one.get("clock") for one in answers] == [clock] * len(ACTORS)

    await until(said, seconds=30, what=f"{' and '.join(ACTORS)} to say {clock}")


async def test_a_process_that_starts_three_days_ahead_fires_and_sends_nothing(
    system: System,
) -> None:
    before = await will_happen(system)
    for service in ACTORS:
        system.programs.pop(service).stop()
    wrong = [with_wrong_clock(system, service, in_three_days()) for service in ACTORS]
    try:
        for one in wrong:
            one.start()
        for one in wrong:
            one.wait_ready(60)
        await say(system, "apart")
        await asyncio.sleep(LONG_ENOUGH)
        assert await will_happen(system) == before
    finally:
        for one in wrong:
            one.stop()
    system.start(ACTORS)
    await say(system, "trusted")


async def test_a_machine_that_may_be_three_days_ahead_waits_for_a_person(system: System) -> None:
    for service in ACTORS:
        system.kill(service)
        async with system.database(service) as connection:
            await connection.execute(_SINCE_THREE_DAYS)
    async with system.database("matching") as connection:
        await connection.execute(_ALL_DUE)
    before = await will_happen(system)
    system.start(ACTORS)
    await say(system, "long_after_last_seen")
    await asyncio.sleep(LONG_ENOUGH)
    assert await will_happen(system) == before
    shown = clock(system, "matching", "show")
    assert shown.returncode == 1
    assert "long_after_last_seen" in shown.stdout
    for service in ACTORS:
        said = clock(system, service, "confirm", "--reason", "the wall clock says so")
        assert said.returncode == 0, said.stdout + said.stderr
    await say(system, "trusted")

    async def fired() -> bool:
        return bool((await will_happen(system))["matching"] != before["matching"])

    await until(fired, what="what is due to fire")
    async with system.database("matching") as connection:
        audited: Any = await connection.fetchrow(
            "SELECT actor, detail FROM audit WHERE action = 'clock.confirmed'"
        )
    assert audited["actor"] == "operator:tester"
    assert "the wall clock says so" in audited["detail"]


def clock(system: System, service: str, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-P", "-m", f"services.{service}", "clock", *words],
        env={**system.site.service(service), "USER": "tester"},
        capture_output=True,
        text=True,
        check=False,
    )
