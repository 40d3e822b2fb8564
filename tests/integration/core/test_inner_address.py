"""How a service does is told in full at its inner address only."""

import asyncio
from collections.abc import Iterator

import httpx2
import pytest

from tests.world.engines import Engines
from tests.world.system import System

pytestmark = pytest.mark.timeout(90)


@pytest.fixture(scope="module")
def system(engines: Engines) -> Iterator[System]:
    world = System(engines, asyncio.run(engines.new_site()))
    try:
        world.start(["matching"])
        yield world
    finally:
        world.stop()


async def asked(url: str, *paths: str) -> list[httpx2.Response]:
    async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
        return [await client.get(f"{url}{path}") for path in paths]


async def test_strangers_are_told_yes_or_no_and_nothing_else(system: System) -> None:
    ready, live, metrics = await asked(system.url("matching"), "/readyz", "/livez", "/metrics")
    assert (ready.status_code, ready.json()) == (200, {"ready": True})
    assert (live.status_code, live.json()) == (200, {"live": True})
    assert metrics.status_code == 404


async def test_operators_are_told_everything_and_no_pages_are_there(system: System) -> None:
    ready, metrics, page = await asked(
        system.inner_url("matching"), "/readyz", "/metrics", "/sign-in"
    )
    assert ready.status_code == 200
    assert {"ready", "consumer", "relay", "history", "silent", "outbox"} <= set(ready.json())
    assert "alongside_outbox_oldest_seconds" in metrics.text
    assert page.status_code == 404


async def test_a_stop_ends_both_addresses(system: System) -> None:
    inner = system.inner_url("matching")
    program = system.programs["matching"]
    program.stop()
    assert program.exit_code == 0
    with pytest.raises(httpx2.TransportError):
        await asked(inner, "/readyz")
    program.start()
    program.wait_ready(60)
