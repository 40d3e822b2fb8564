"""A button is pressed under a hold, twice, or too late: words answer, and nothing happens twice."""

from collections import Counter
from datetime import timedelta
from html import unescape

import pytest

from services.matching.rules.supervision import Decision
from services.matching.timers import PauseReviewDue
from services.matching.web.supervisor_words import END_REQUESTED, MOVED_ON, ON_HOLD
from tests.integration.crash import cast
from tests.integration.crash.matching import SHOWN, asks_for_another, replied
from tests.integration.crash.scenario import Stage, Step, comes, rings
from tests.integration.crash.support import given_up, on_hold, tried_for_a_week
from tests.integration.matching.test_supervisor import (
    ALL_PASSED,
    LATE,
    NOBODY,
    PASSED,
    WHY,
    Supervisor,
    supervising,
)
from tests.integration.matching.visit import Visit, visiting

ASSIGNED = (*SHOWN, replied("accept"))
GIVEN_UP = (*ASSIGNED, given_up)
PAUSE_IS_OVER = (*ASSIGNED, on_hold, rings(PauseReviewDue))

CASES = [
    pytest.param(given, decision, id=f"{decision.value} {number}")
    for number, (given, decision) in enumerate(
        [
            (PASSED, Decision.ASK_ON),
            (ALL_PASSED, Decision.ASK_ALL_AGAIN),
            (PASSED, Decision.NO_COACH),
            (NOBODY, Decision.ASK_ON),
            (NOBODY, Decision.NO_COACH),
            (LATE, Decision.MORE_TIME),
            (GIVEN_UP, Decision.TRY_ON),
            (GIVEN_UP, Decision.GIVE_UP),
            (PAUSE_IS_OVER, Decision.RESUME),
            (PAUSE_IS_OVER, Decision.PAUSE_ON),
        ]
    )
]
"""Every button of the supervisor's page, and what leads to it."""


async def told(visit: Visit) -> Counter[str]:
    """What was told to the others so far."""
    return Counter(row["type"] for row in await visit.rows("outbox"))


def test_every_button_is_pressed_here() -> None:
    assert {case.values[1] for case in CASES} == set(Decision)


@pytest.mark.parametrize(("given", "decision"), CASES)
async def test_under_a_hold_a_supervisor_reads_who_releases_it_and_nothing_is_decided(
    stage: Stage, given: tuple[Step, ...], decision: Decision
) -> None:
    async with supervising(stage, given) as supervisor:
        await supervisor.visit.passes(timedelta(minutes=1))
        await supervisor.visit.happens(comes(cast.held()))
        before = await told(supervisor.visit)
        page = await supervisor.page()
        assert ON_HOLD in unescape(page)
        assert "<button" not in page
        refused = await supervisor.decides(decision)
        assert refused.status_code == 409
        assert ON_HOLD in unescape(refused.text)
        assert MOVED_ON not in refused.text
        assert (await supervisor.state(), await supervisor.open_tasks()) == ("held", 1)
        assert await told(supervisor.visit) == before
        await supervisor.visit.happens(comes(cast.released()))
        assert (await supervisor.decides(decision)).status_code == 303


async def test_where_the_clinic_wants_to_end_it_a_supervisor_reads_that(stage: Stage) -> None:
    async with supervising(stage, PASSED) as supervisor:
        await supervisor.visit.happens(comes(cast.cancel_requested()))
        refused = await supervisor.decides(Decision.ASK_ON)
        assert (refused.status_code, END_REQUESTED in refused.text) == (409, True)
        assert await supervisor.state() == "held"


async def presses_again(supervisor: Supervisor, task: str, decision: Decision) -> str:
    """The same button of the same page, which has been left open. Returns what it answers."""
    form = {"decision": decision.value, "why": WHY}
    answer = await supervisor.http.post(f"{task}/decide", data=form)
    assert answer.status_code == 409
    return answer.text


@pytest.mark.parametrize(("given", "decision"), CASES)
async def test_a_button_that_is_pressed_twice_decides_once(
    stage: Stage, given: tuple[Step, ...], decision: Decision
) -> None:
    async with supervising(stage, given) as supervisor:
        await supervisor.visit.passes(timedelta(minutes=1))
        task = await supervisor.task()
        assert (await supervisor.decides(decision)).status_code == 303
        before, state = await told(supervisor.visit), await supervisor.state()
        assert MOVED_ON in await presses_again(supervisor, task, decision)
        assert (await told(supervisor.visit), await supervisor.state()) == (before, state)


REACHED = {"channel": "phone", "outcome": "reached"}


@pytest.mark.parametrize(("given", "decision"), CASES)
async def test_a_button_that_is_pressed_after_the_end_changes_nothing(
    stage: Stage, given: tuple[Step, ...], decision: Decision
) -> None:
    async with supervising(stage, given) as supervisor:
        task = await supervisor.task()
        await supervisor.visit.happens(comes(cast.withdrawn()))
        before = await told(supervisor.visit)
        assert MOVED_ON in await presses_again(supervisor, task, decision)
        assert (await told(supervisor.visit), await supervisor.state()) == (before, "closed")


async def test_a_coach_who_gives_up_twice_asks_one_supervisor_once(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        await visit.happens(tried_for_a_week)
        for _ in range(2):
            assert (await visit.http.post(f"{link}/give-up")).status_code == 303
        assert (await told(visit))["assignment.task_opened"] == 1


@pytest.mark.parametrize("act", ["give-up", "pause", "resume", "end", "contact"])
async def test_a_coach_whose_person_asked_for_another_reads_that_support_has_ended(
    stage: Stage, act: str
) -> None:
    form = {"reason": "other", "days": "7", "outcome": "goals-met"}
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        await visit.happens(asks_for_another)
        before = await told(visit)
        answer = await visit.http.post(f"{link}/{act}", data=REACHED if act == "contact" else form)
        page = await visit.http.get(link)
        assert answer.status_code == (303 if act == "end" else 409)
        assert "This support has ended" in page.text
        assert await told(visit) == before
