"""A text of danger from before a referral holds it once, whichever of its events is first."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import count
from uuid import UUID

import httpx2
import pytest

from shared.events import FlagSource, SafetyFlagged
from tests.integration.core.wire import Raw, Wire, open_wire
from tests.world.engines import Engines
from tests.world.stories import clinic, submission
from tests.world.system import System, until

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def world(engines: Engines) -> Iterator[System]:
    world = System(engines, asyncio.run(engines.new_site()))
    try:
        world.seed("intake", [clinic()])
        world.start(["intake"])
        yield world
    finally:
        world.stop()


@pytest.fixture
async def wire(world: System, engines: Engines) -> AsyncIterator[Wire]:
    async with open_wire(engines.kafka.bootstrap) as open_:
        yield open_


class Referral:
    """A submitted referral, and what notifications says of it."""

    def __init__(self, world: System, wire: Wire, client: httpx2.AsyncClient) -> None:
        self.world, self.wire, self.client = world, wire, client
        self.numbers = count(1)

    async def submit(self, number: int) -> None:
        url = f"{self.world.url('intake')}/v1/referrals"
        body = (await self.client.post(url, json=submission(number))).json()
        self.url = f"{url}/{body['referral_id']}"
        self.referral_id = UUID(body["referral_id"])
        async with self.world.database("intake") as connection:
            self.person_id = await connection.fetchval(
                "SELECT person_id FROM referrals WHERE referral_id = $1", self.referral_id
            )

    async def flagged(self, source: FlagSource) -> None:
        """Notifications flags it; returns when intake has handled that."""
        flag = SafetyFlagged(
            subject_id=self.referral_id, person_id=self.person_id, flag="self-harm", source=source
        )
        seq = next(self.numbers)
        await self.wire.put([Raw.of(flag, seq)], topic=flag.topic)

        async def handled() -> bool:
            async with self.world.database("intake") as connection:
                at = "SELECT last_seq FROM inbox WHERE key = $1 AND topic = $2"
                return bool(await connection.fetchval(at, flag.key, flag.topic) == seq)

        await until(handled, what="the flag to be handled")

    async def state(self) -> str:
        return str((await self.client.get(self.url)).json()["state"])

    async def release(self) -> None:
        answer = await self.client.post(f"{self.url}/acknowledge-hold", json={"name": "Dana Reyes"})
        assert answer.status_code == 200, answer.text


async def test_it_does_not_hold_again_what_a_human_has_looked_at(world: System, wire: Wire) -> None:
    async with world.http() as client:
        referral = Referral(world, wire, client)
        await referral.submit(1)
        await referral.flagged(FlagSource.INBOUND_TEXT)
        assert await referral.state() == "safety_hold"
        await referral.release()
        await referral.flagged(FlagSource.EARLIER_TEXT)
        assert await referral.state() == "ready"
        await referral.flagged(FlagSource.INBOUND_TEXT)
        assert await referral.state() == "safety_hold"


async def test_it_holds_a_referral_that_no_text_has_held(world: System, wire: Wire) -> None:
    async with world.http() as client:
        referral = Referral(world, wire, client)
        await referral.submit(2)
        await referral.flagged(FlagSource.EARLIER_TEXT)
        assert await referral.state() == "safety_hold"
