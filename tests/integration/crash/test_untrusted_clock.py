"""While its clock is not trusted, a process looks nothing up and decides about no record."""

import asyncio
from contextlib import suppress

import pytest

from deploy.local.environment import Site
from services.notifications.sending.look_up import LookUp
from shared.heartbeat import Heartbeat
from shared.messaging.attempts import Attempts, LeavingError
from shared.messaging.release import Releaser
from tests.integration.crash import cast
from tests.integration.crash.cast import somebody
from tests.integration.crash.fate import Fate
from tests.integration.crash.matching import roster
from tests.integration.crash.scenario import record_of, staged
from tests.integration.crash.test_sending import (
    ACCEPTED,
    LOOK_UP_AFTER,
    changes,
    claim_and_send,
    loop_of,
    sending,
)
from tests.world.clocks import DoubtingGuard
from tests.world.engines import Engines
from tests.world.system import until

pytestmark = pytest.mark.timeout(60)


async def test_nothing_is_looked_up_before_the_clock_is_trusted(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, provider):
        await stage.set(ACCEPTED)
        provider.drops = 1
        async with stage.process(Fate()) as process:
            await claim_and_send(process)
            stage.clock.moment += LOOK_UP_AFTER
            before = (await stage.store.rows())["messages"]
            look_up = loop_of(process, LookUp)
            trusting, look_up._guard = look_up._guard, DoubtingGuard(stage.clock)
            running = asyncio.create_task(look_up.run())
            try:
                await asyncio.sleep(2.5)
                assert (await stage.store.rows())["messages"] == before
                look_up._guard = trusting

                async def looked_up() -> bool:
                    return (await stage.store.rows())["messages"] != before

                await until(looked_up, what="the look-up to go on")
            finally:
                running.cancel()
                with suppress(asyncio.CancelledError):
                    await running


async def test_records_wait_in_their_order_until_the_clock_is_trusted(
    engines: Engines, site: Site
) -> None:
    async with staged(engines, site, "matching") as stage:
        before = await stage.set([roster(1)])
        start = await stage.store.rows()
        records = [record_of(cast.accepted(somebody(name)), 1) for name in ("one", "another")]
        withdrawn = cast.withdrawn().model_copy(update={"referral_id": somebody("one")})
        records.append(record_of(withdrawn, 2))
        async with stage.process(Fate()) as process:
            settler, waits = process.settler, 0
            trusting, settler.guard = settler.guard, DoubtingGuard(stage.clock)

            async def pause(_: float) -> None:
                nonlocal waits
                waits += 1
                assert attempts.waits_for_clock
                assert changes(start, await stage.store.rows()) == []
                if waits == 3:
                    settler.guard = trusting

            attempts = Attempts(settler, Heartbeat("test", silent_after=60), pause)
            assert await attempts.settle(records) == 3
            assert waits == 3
            assert not attempts.waits_for_clock
        found = {row["referral_id"]: row["state"] for row in (await stage.store.rows())["searches"]}
        assert found == {str(somebody("one")): "closed", str(somebody("another")): "offered"}
        assert before.rows["parked_records"] == []


async def test_a_consumer_that_leaves_while_its_clock_is_not_trusted_gives_everything_back(
    engines: Engines, site: Site
) -> None:
    async with staged(engines, site, "matching") as stage:
        await stage.set([roster(1)])
        start = await stage.store.rows()
        async with stage.process(Fate()) as process:
            process.settler.guard = DoubtingGuard(stage.clock)

            async def leave(_: float) -> None:
                raise LeavingError

            attempts = Attempts(process.settler, Heartbeat("test", silent_after=60), leave)
            assert await attempts.settle([record_of(cast.accepted(), 1)]) == 0
            assert not attempts.waits_for_clock
        assert changes(start, await stage.store.rows()) == []


async def test_what_is_parked_stays_as_it_is_until_the_clock_is_trusted(
    engines: Engines, site: Site
) -> None:
    async with staged(engines, site, "matching") as stage:
        await stage.set([roster(1)])
        early, first = record_of(cast.withdrawn(), 2), record_of(cast.accepted(), 1)
        async with stage.process(Fate()) as process:
            settler, releaser = process.settler, Releaser(process.settler)
            await settler.settle_one(early)
            await settler.settle_one(first)
            parked = await stage.store.rows()
            trusting, settler.guard = settler.guard, DoubtingGuard(stage.clock)
            assert await releaser.release_ready() == 0
            assert changes(parked, await stage.store.rows()) == []
            settler.guard = trusting
            assert await releaser.release_ready() == 1
        assert [row["state"] for row in (await stage.store.rows())["searches"]] == ["closed"]
