"""Each handler is killed at every await and asked again: nothing is lost, nothing done twice."""

from collections.abc import Mapping, Sequence

import pytest

from deploy.local.environment import Site
from tests.integration.crash import desk, intake, matching, notifications, staff, support
from tests.integration.crash.scenario import Scenario, at_every_end, staged
from tests.world.engines import Engines

SCENARIOS: Mapping[str, Sequence[Scenario]] = {
    "intake": intake.SCENARIOS,
    "matching": [*matching.SCENARIOS, *support.SCENARIOS, *staff.MATCHING],
    "notifications": [*notifications.SCENARIOS, *staff.NOTIFICATIONS, *desk.SCENARIOS],
}


@pytest.mark.parametrize(
    ("service", "scenario"),
    [(name, one) for name, scenarios in SCENARIOS.items() for one in scenarios],
    ids=lambda one: one.name if isinstance(one, Scenario) else one,
)
async def test_killed_at_any_await_it_is_done_once(
    engines: Engines, site: Site, service: str, scenario: Scenario
) -> None:
    async with staged(engines, site, service, staff.SIGN_IN_KEY) as stage:
        kills = await at_every_end(stage, scenario)
    assert kills > 2
