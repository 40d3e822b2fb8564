"""Once a day the one on call is asked whether they can be woken, as if it were for danger."""

import asyncio
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.world.conversation import Conversation
from tests.world.engines import Engines
from tests.world.staff import add_staff, rota
from tests.world.system import System

pytestmark = pytest.mark.timeout(150)

ROSA, NORA = ("rosa@example.org", "+15395550701"), ("nora@example.org", "+15395550702")
SOON = timedelta(seconds=45)
"""Until everything runs and the two are on the rota."""


@pytest.fixture
def stage(engines: Engines) -> Iterator[System]:
    at = datetime.now(ZoneInfo("America/Chicago")) + SOON
    settings = {
        "NOTIFICATIONS_ON_CALL_TEST_AT": f"{at:%H:%M:%S}",
        "NOTIFICATIONS_TEXTS_OPEN": "00:00",
        "NOTIFICATIONS_TEXTS_CLOSE": "00:00",
        "NOTIFICATIONS_NEXT_CALL_AFTER_SECONDS": "3",
        "SIMULATOR_SENT_AFTER_SECONDS": "0.01",
        "SIMULATOR_DELIVERED_AFTER_SECONDS": "0.02",
    }
    world = System(engines, asyncio.run(engines.new_site()), settings=settings)
    try:
        world.start()
        yield world
    finally:
        world.stop()


async def test_a_test_that_nobody_on_call_answers_is_told_to_the_next_whose_ok_ends_it(
    stage: System,
) -> None:
    for place, (email, phone) in (("first", ROSA), ("second", NORA)):
        await add_staff(stage, place.title(), email, "supervisor", phone=phone)
        assert rota(stage, "set", "--email", email, "--place", place)[0] == 0
    async with Conversation(stage) as talk:
        asked = await talk.text_to(ROSA[1], about="only the daily test", seconds=60)
        told = await talk.text_to(NORA[1], about="the daily test woke nobody on call", seconds=10)
        code = re.search(r"OK (\d\d)", told)
        assert code is not None
        assert code.group() in asked
        await talk.type_text(NORA[1], code.group())
        await talk.text_to(NORA[1], about="your answer to the daily test has arrived", seconds=5)
        before = len(await talk.texts())
        await asyncio.sleep(4)
        assert len(await talk.texts()) == before, "nobody else is called"
    async with stage.database("notifications") as connection:
        outcome = "SELECT outcome FROM tasks WHERE kind = 'on_call_test'"
        assert await connection.fetchval(outcome) == "on_call_answered"
