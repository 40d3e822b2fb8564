"""A short fault run: every process is killed once, and the text provider loses answers."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.facts import violations
from tests.faults.run import VICTIMS, FaultRun
from tests.world.engines import Engines
from tests.world.system import System

pytestmark = [pytest.mark.timeout(420), pytest.mark.faults]

ANY_HOUR = {
    "NOTIFICATIONS_TEXTS_OPEN": "00:00",
    "NOTIFICATIONS_TEXTS_CLOSE": "00:00",
    "NOTIFICATIONS_LOOK_UP_AFTER_SECONDS": "5",
}


@pytest.fixture
async def bare_system(engines: Engines) -> AsyncIterator[System]:
    world = System(engines, await engines.new_site(), settings=dict(ANY_HOUR))
    try:
        yield world
    finally:
        world.stop()


async def test_no_promise_breaks_while_every_process_is_killed(bare_system: System) -> None:
    run = FaultRun(bare_system, referrals=100, coaches=20, places=120, seed=11)
    facts = await run.go()
    assert sorted(run.killed) == sorted(VICTIMS)
    assert run.provider_faults_left == [], "a run without lost answers proves little"
    assert len(facts.stored) == 100
    assert list(violations(facts)) == []
    assert run.seconds_to_drain < 60
