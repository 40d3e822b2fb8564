"""One set of processes for all tests here: starting it costs more than most of them."""

import asyncio
from collections.abc import Iterator

import pytest

from deploy.local.provision import SERVICES
from tests.faults.test_short_run import ANY_HOUR
from tests.integration.system.pair import Pair
from tests.world.engines import Engines
from tests.world.stories import clinic, coach
from tests.world.system import System, until

SESSION_MS = 8000
"""Longer than a start takes, so that who is back before it is over came back under its name."""

SETTINGS = {
    **ANY_HOUR,
    "NOTIFICATIONS_LOOK_UP_AFTER_SECONDS": "3",
    "SIMULATOR_SENT_AFTER_SECONDS": "0.01",
    "SIMULATOR_DELIVERED_AFTER_SECONDS": "0.02",
    **{f"{service.upper()}_SESSION_TIMEOUT_MS": str(SESSION_MS) for service in SERVICES},
}


@pytest.fixture(scope="package")
def pair(engines: Engines) -> Iterator[Pair]:
    """Two processes of each service, one clinic, and coaches with room for everybody."""
    world = System(engines, asyncio.run(engines.new_site()), settings=dict(SETTINGS))
    both = Pair(world)
    try:
        world.seed("intake", [clinic()])
        world.seed("matching", [coach(number, max_active=25) for number in range(40, 70)])
        both.start()
        asyncio.run(until(both.all_are_shared, what="every process to have its share"))
        yield both
    finally:
        world.stop()
