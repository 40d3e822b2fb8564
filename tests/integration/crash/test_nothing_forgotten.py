"""What is wired has a crash scenario, so that a new handler cannot be forgotten."""

from dataclasses import replace

import pytest
from fastapi.routing import APIRoute

from deploy.local.provision import SERVICES
from services.matching.timers import PlaceFreed
from shared import events
from shared.messaging.handler import Handler
from shared.service import Wiring
from tests.architecture.wirings import parts
from tests.integration.crash import intake
from tests.integration.crash.test_handlers import SCENARIOS

LOOPS = {
    "sender": "test_sending.py",
    "look_up": "test_sending.py",
    "feed": "test_sending.py: each life notes that the feed is read",
    "figures": "nowhere: it only reads, and a new life counts anew",
}
"""Where the loops of services are killed. Those of the core: test_parking.py and tests/faults."""


def changing(wired: Wiring) -> set[str]:
    """Routes by which somebody changes something."""
    return {
        f"{method} {route.path}"
        for router in wired.routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in (route.methods or set()) - {"GET", "HEAD"}
    }


def wired_in(wired: Wiring) -> set[object]:
    return {*wired.events, *wired.timers, *changing(wired)} - set(intake.WITHOUT_EFFECT)


def forgotten(service: str, wired: Wiring) -> set[object]:
    """Events, timers and routes that no scenario is about."""
    return wired_in(wired) - {scenario.about for scenario in SCENARIOS[service]}


@pytest.mark.parametrize("service", SERVICES)
def test_every_event_timer_and_route_has_a_scenario(service: str) -> None:
    assert forgotten(service, parts()[service]) == set()


@pytest.mark.parametrize("service", SERVICES)
def test_no_scenario_outlives_its_handler(service: str) -> None:
    looks = {"GET /o/{code}"}
    about = {scenario.about for scenario in SCENARIOS[service]}
    assert about - looks <= wired_in(parts()[service])


def test_every_loop_is_killed_somewhere() -> None:
    assert {loop.name for wired in parts().values() for loop in wired.loops} == set(LOOPS)


@pytest.mark.parametrize("service", SERVICES)
def test_two_cases_of_a_handler_have_two_names(service: str) -> None:
    names = [scenario.name for scenario in SCENARIOS[service]]
    assert len(names) == len(set(names))


async def handler(_: object, __: object) -> None:
    """New, and nobody thought of its crashes."""


def test_a_new_handler_is_missed() -> None:
    wired = parts()["intake"]
    assert forgotten(
        "intake",
        replace(
            wired,
            events={**wired.events, events.CoachPaused: Handler(handler)},
            timers={**wired.timers, PlaceFreed: handler},
        ),
    ) == {events.CoachPaused, PlaceFreed}
