"""What every test may ask for: the run's engines, and a system on databases of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.world.engines import Engines, running_engines
from tests.world.stories import clinic, coach
from tests.world.system import System


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """One PostgreSQL and one Kafka for the whole run, with migrated templates."""
    with running_engines() as servers:
        yield servers


@pytest.fixture
async def system(engines: Engines) -> AsyncIterator[System]:
    """All programs on fresh databases, one clinic and three coaches, texts at any hour."""
    world = System(
        engines,
        await engines.new_site(),
        settings={
            "NOTIFICATIONS_TEXTS_OPEN": "00:00",
            "NOTIFICATIONS_TEXTS_CLOSE": "00:00",
            "SIMULATOR_SENT_AFTER_SECONDS": "0.01",
            "SIMULATOR_DELIVERED_AFTER_SECONDS": "0.02",
        },
    )
    try:
        world.seed("intake", [clinic()])
        world.seed("matching", [coach(number) for number in range(1, 4)])
        world.start()
        yield world
    finally:
        world.stop()
