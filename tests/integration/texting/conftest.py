"""A whole world in which texts go wrong."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.integration.texting.scenes import SETTINGS, faults, roster
from tests.world.conversation import Conversation
from tests.world.engines import Engines
from tests.world.stories import clinic
from tests.world.system import System


@pytest.fixture(scope="package")
def world(engines: Engines) -> Iterator[System]:
    """All services and the simulator of telephones: starting it costs more than most tests."""
    system = System(engines, asyncio.run(engines.new_site()), settings=dict(SETTINGS))
    try:
        system.start(["simulator"])
        system.seed("intake", [clinic()])
        system.seed("matching", roster())
        system.start(["intake", "matching", "notifications"])
        yield system
    finally:
        system.stop()


@pytest.fixture
async def talk(world: System) -> AsyncIterator[Conversation]:
    async with Conversation(world) as conversation:
        yield conversation
        await faults(conversation)
