"""One system for all stories: each test brings its own numbers, so they do not meet."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.world.conversation import Conversation
from tests.world.engines import Engines
from tests.world.stories import clinic, coach
from tests.world.system import System

OTHER_KEY = "otherclinic1.fedcba9876543210fedcba9876543210fedcba9876"
FIRST_COACH = 30
COACHES_WITHOUT_PEOPLE = (37, 38)


@pytest.fixture(scope="module")
def stage(engines: Engines) -> Iterator[System]:
    """All programs, two clinics, and six coaches who have room for everybody.

    A seventh is the only one who speaks Vietnamese, and the others nobody's language.
    """
    world = System(
        engines,
        asyncio.run(engines.new_site()),
        settings={
            "NOTIFICATIONS_TEXTS_OPEN": "00:00",
            "NOTIFICATIONS_TEXTS_CLOSE": "00:00",
            "SIMULATOR_SENT_AFTER_SECONDS": "0.01",
            "SIMULATOR_DELIVERED_AFTER_SECONDS": "0.02",
        },
    )
    world.seed("intake", [clinic(), clinic("other-clinic", api_key=OTHER_KEY)])
    world.seed(
        "matching",
        [
            *(coach(number, max_active=50) for number in range(FIRST_COACH, FIRST_COACH + 6)),
            coach(FIRST_COACH + 6, max_active=50, languages=["vi"]),
            *(coach(number, languages=["so"]) for number in COACHES_WITHOUT_PEOPLE),
        ],
    )
    try:
        world.start()
        yield world
    finally:
        world.stop()


@pytest.fixture
async def talk(stage: System) -> AsyncIterator[Conversation]:
    """Everybody's phones and the first clinic's client."""
    async with Conversation(stage) as conversation:
        yield conversation
