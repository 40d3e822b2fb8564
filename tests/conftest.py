"""What every test may ask for: the run's engines, and a system on databases of its own."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:  # importing them takes a second that tests without engines need not spend
    from tests.world.engines import Engines
    from tests.world.system import System

_until_the_end = ExitStack()

gc.set_threshold(100_000)

# A slow machine is no failure of a property, so there is no deadline. `make check` draws fewer
# examples than `make test`.
_unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("check", _unhurried, max_examples=20)
settings.register_profile("thorough", _unhurried)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "thorough"))


def pytest_collection_finish() -> None:
    """Keep the collector from walking all that was imported again and again."""
    gc.freeze()


@pytest.fixture(scope="session")
def engines() -> Engines:
    """One PostgreSQL and one Kafka for the whole run, with migrated templates."""
    from tests.world.engines import running_engines

    return _until_the_end.enter_context(running_engines())


def pytest_unconfigure() -> None:
    """Stop the engines and delete gigabytes: no test's time limit may count that."""
    _until_the_end.close()


@pytest.fixture
async def system(engines: Engines) -> AsyncIterator[System]:
    """All programs on fresh databases, one clinic and three coaches, texts at any hour."""
    from tests.world.stories import clinic, coach
    from tests.world.system import System

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
