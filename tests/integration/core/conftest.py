"""Intake alone with a wire to its topics."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.integration.core.intake import Intake
from tests.integration.core.wire import Wire, open_wire
from tests.world.engines import Engines
from tests.world.system import System


@pytest.fixture(scope="module")
def intake(engines: Engines) -> Iterator[Intake]:
    """The service alone: no other one feeds it or takes from it."""
    world = System(engines, asyncio.run(engines.new_site()))
    try:
        world.start(["intake"])
        yield Intake(world)
    finally:
        world.stop()


@pytest.fixture
async def wire(engines: Engines) -> AsyncIterator[Wire]:
    async with open_wire(engines.kafka.bootstrap) as opened:
        yield opened
