"""Intake that halts at the third dead letter, with a bug that a test can switch on."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.integration.core.intake import Intake
from tests.integration.core.letters.waiting import BREAK, LIMIT
from tests.world.engines import Engines
from tests.world.system import System


@pytest.fixture(scope="package")
def intake(engines: Engines) -> Iterator[Intake]:
    """Intake that halts at the third dead letter, with a bug that a test can switch on."""
    world = System(engines, asyncio.run(engines.new_site()))
    world.settings["INTAKE_DEAD_LETTER_LIMIT"] = str(LIMIT)
    try:
        asyncio.run(plant(world))
        world.start(["intake"])
        yield Intake(world)
    finally:
        world.stop()


async def plant(world: System) -> None:
    async with world.database("intake") as connection:
        await connection.execute(BREAK)


@pytest.fixture(autouse=True)
async def nothing_waits_before(intake: Intake) -> None:
    """Each test counts its own dead letters only."""
    async with intake.system.database("intake") as connection:
        await connection.execute("DELETE FROM parked_records")
