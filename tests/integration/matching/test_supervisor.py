"""A supervisor decides on the page of a task, and the search goes on or ends."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx2
import pytest

from services.matching.rules.supervision import Decision
from services.matching.timers import FirstContactDue, PauseReviewDue
from services.matching.web.supervisor_words import MOVED_ON
from shared import events
from tests.integration.crash import cast
from tests.integration.crash.matching import ASSIGNED, SHOWN, replied, roster
from tests.integration.crash.scenario import Stage, Step, comes, rings
from tests.integration.crash.staff import at_matching, signed_in, works_here
from tests.integration.crash.support import given_up, on_hold
from tests.integration.matching.visit import Visit, visiting

NO = replied("pass")
PASSED = (roster(1, 2, 3, 4), comes(cast.accepted()), NO, NO, NO)
ALL_PASSED = (roster(1, 2, 3), comes(cast.accepted()), NO, NO, NO)
NOBODY = (roster(1, counties=["40037"]), comes(cast.accepted()))
LATE = (*ASSIGNED, rings(FirstContactDue))
WHY = "Talked to the team."


@dataclass(frozen=True, slots=True)
class Supervisor:
    visit: Visit
    http: httpx2.AsyncClient

    async def task(self) -> str:
        [row] = [row for row in await self.visit.rows("tasks") if row["closed_at"] is None]
        return f"/tasks/{row['task_id']}"

    async def page(self) -> str:
        return (await self.http.get(await self.task())).text

    async def decides(self, decision: Decision, why: str = WHY) -> httpx2.Response:
        form = {"decision": decision.value, "why": why}
        return await self.http.post(f"{await self.task()}/decide", data=form)

    async def state(self) -> str:
        [search] = await self.visit.rows("searches")
        return str(search["state"])

    async def open_tasks(self) -> int:
        return sum(row["closed_at"] is None for row in await self.visit.rows("tasks"))


@asynccontextmanager
async def supervising(stage: Stage, given: Sequence[Step]) -> AsyncIterator[Supervisor]:
    steps = (*given, works_here, signed_in)
    async with visiting(stage, steps) as visit, visit.process.http() as http:
        await at_matching(visit.process, http)
        yield Supervisor(visit, http)


async def test_the_next_coach_is_asked_who_was_not_asked_yet(stage: Stage) -> None:
    async with supervising(stage, PASSED) as supervisor:
        assert "3 coaches: said not this time" in await supervisor.page()
        assert (await supervisor.decides(Decision.ASK_ON)).status_code == 303
        assert (await supervisor.state(), await supervisor.open_tasks()) == ("offered", 0)


async def test_all_coaches_are_asked_again(stage: Stage) -> None:
    async with supervising(stage, ALL_PASSED) as supervisor:
        await supervisor.visit.passes(timedelta(minutes=1))
        assert (await supervisor.decides(Decision.ASK_ALL_AGAIN)).status_code == 303
        assert (await supervisor.state(), await supervisor.open_tasks()) == ("offered", 0)


async def test_asking_on_asks_nobody_a_second_time(stage: Stage) -> None:
    async with supervising(stage, ALL_PASSED) as supervisor:
        await supervisor.decides(Decision.ASK_ON)
        assert await supervisor.state() == "waitlisted"


@pytest.mark.parametrize(
    ("given", "reason"), [(PASSED, "no-capacity"), (NOBODY, "no-eligible-coach")]
)
async def test_a_search_without_a_coach_is_given_up(
    stage: Stage, given: tuple[Step, ...], reason: str
) -> None:
    async with supervising(stage, given) as supervisor:
        assert (await supervisor.decides(Decision.NO_COACH)).status_code == 303
        assert (await supervisor.state(), await supervisor.open_tasks()) == ("closed", 0)
        [told] = [row for row in await supervisor.visit.rows("outbox")
                  if row["type"] == "search.given_up"]  # fmt: skip
        assert reason in str(told["payload"])


async def test_a_coach_gets_one_more_day_and_the_supervisor_is_asked_again(stage: Stage) -> None:
    async with supervising(stage, LATE) as supervisor:
        await supervisor.decides(Decision.MORE_TIME)
        assert await supervisor.open_tasks() == 0
        await supervisor.visit.passes(timedelta(days=1))
        await supervisor.visit.process.timers.fire_due()
        assert await supervisor.open_tasks() == 1


async def test_a_person_who_cannot_be_reached_is_given_up_and_the_place_is_free(
    stage: Stage,
) -> None:
    async with supervising(stage, (*SHOWN, replied("accept"), given_up)) as supervisor:
        assert (await supervisor.decides(Decision.GIVE_UP)).status_code == 303
        assert await supervisor.state() == "closed"
        offers = await supervisor.visit.rows("offers")
        assert [row["reason"] for row in offers] == ["unable-to-contact"]
        assert sum(row["taken"] for row in await supervisor.visit.rows("coaches")) == 0


@pytest.mark.parametrize(
    ("decision", "told"),
    [(Decision.RESUME, "assignment.resumed"), (Decision.PAUSE_ON, "assignment.paused")],
)
async def test_a_pause_that_is_over_goes_on_or_lasts_longer(
    stage: Stage, decision: Decision, told: str
) -> None:
    given = (*SHOWN, replied("accept"), on_hold, rings(PauseReviewDue))
    async with supervising(stage, given) as supervisor:
        await supervisor.visit.passes(timedelta(minutes=1))
        assert (await supervisor.decides(decision)).status_code == 303
        assert told in {row["type"] for row in await supervisor.visit.rows("outbox")}
        [offer] = await supervisor.visit.rows("offers")
        assert (offer["paused_until"] is None) is (decision is Decision.RESUME)
        assert await supervisor.open_tasks() == 0


async def test_the_coach_tries_on(stage: Stage) -> None:
    async with supervising(stage, (*SHOWN, replied("accept"), given_up)) as supervisor:
        await supervisor.decides(Decision.TRY_ON)
        assert (await supervisor.state(), await supervisor.open_tasks()) == ("assigned", 0)


async def test_two_who_decide_at_once_decide_once(stage: Stage) -> None:
    async with supervising(stage, PASSED) as supervisor:
        path = f"{await supervisor.task()}/decide"
        forms = (
            {"decision": one.value, "why": WHY} for one in (Decision.ASK_ON, Decision.NO_COACH)
        )
        both = await asyncio.gather(*(supervisor.http.post(path, data=form) for form in forms))
        assert sorted(answer.status_code for answer in both) == [303, 409]


async def test_what_has_moved_on_is_not_decided(stage: Stage) -> None:
    async with supervising(stage, NOBODY) as supervisor:
        fits = events.Area(state="OK", county_fips="40037")
        await supervisor.visit.happens(comes(cast.amended(area=fits)))
        assert await supervisor.state() == "offered"
        assert "it has moved on by itself" in await supervisor.page()
        assert MOVED_ON in (await supervisor.decides(Decision.ASK_ON)).text
        assert await supervisor.state() == "offered"


async def test_a_decision_needs_a_reason_a_sign_in_and_its_own_kind_of_task(stage: Stage) -> None:
    async with supervising(stage, PASSED) as supervisor:
        assert "Say why" in (await supervisor.decides(Decision.NO_COACH, why=" ")).text
        assert (await supervisor.decides(Decision.GIVE_UP)).status_code == 409
        async with supervisor.visit.process.http() as stranger:
            path = await supervisor.task()
            form = {"decision": Decision.NO_COACH.value, "why": WHY}
            for answer in (
                await stranger.get(path),
                await stranger.post(f"{path}/decide", data=form),
            ):
                assert answer.headers["location"] == "/sign-in"
        assert await supervisor.state() == "waitlisted"
