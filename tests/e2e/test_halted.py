"""A consumer that has halted reads no revocation: coaches' pages show and take nothing then."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from shared import events
from tests.e2e.telling import act, offered
from tests.integration.core.wire import Raw, open_wire
from tests.world.conversation import Conversation
from tests.world.engines import Engines
from tests.world.stories import clinic, coach
from tests.world.system import System, until

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def stage(engines: Engines) -> Iterator[System]:
    """All services; matching halts at the second record that it cannot understand."""
    settings = {"MATCHING_DEAD_LETTER_LIMIT": "1"}
    settings |= {"NOTIFICATIONS_TEXTS_OPEN": "00:00", "NOTIFICATIONS_TEXTS_CLOSE": "00:00"}
    world = System(engines, asyncio.run(engines.new_site()), settings=settings)
    world.seed("intake", [clinic()])
    world.seed("matching", [coach(30, max_active=50)])
    try:
        world.start()
        yield world
    finally:
        world.stop()


@pytest.fixture
async def talk(stage: System) -> AsyncIterator[Conversation]:
    async with Conversation(stage) as conversation:
        yield conversation


async def test_a_coach_sees_and_answers_nothing_while_the_consumer_has_halted(
    talk: Conversation,
) -> None:
    first, _, accepted = await offered(talk, 161)
    assert "Sam" in (await talk.answer_page(accepted, "accept")).text
    await talk.until_state(first, "assigned")
    second, _, link = await offered(talk, 162)

    async with open_wire(talk.system.engines.kafka.bootstrap) as wire:
        for _ in range(2):
            released = events.ReferralReleased(referral_id=uuid4(), hold=events.HoldClass.SAFETY)
            broken = Raw.of(released, 1).with_body(b"{")
            await wire.put([broken], topic=released.topic)

    async def halted() -> bool:
        said = (await talk.browser.get(f"{talk.system.inner_url('matching')}/readyz")).json()
        return bool(said["consumer"] == "halted")

    await until(halted, what="matching to halt")
    for referral in (first, second):
        assert (await act(talk, referral, "revoke-consent")).status_code == 200
    person = {"accept": "text/html"}
    answer = await talk.browser.post(link, data={"answer": "accept"}, headers=person)
    assert answer.status_code == 503
    assert "still catching up with news" in answer.text
    seen = await talk.browser.get(accepted, headers=person)
    assert (seen.status_code, "Sam" in seen.text) == (503, False)
    async with talk.system.database("matching") as connection:
        states = await connection.fetch("SELECT state FROM offers ORDER BY made_at")
    assert [row["state"] for row in states] == ["accepted", "open"]
