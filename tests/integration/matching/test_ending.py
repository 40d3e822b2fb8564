"""A coach ends support on the page: with an outcome, or because the clinic has asked to."""

import asyncio
from uuid import UUID

import httpx2
import pytest

from shared.events import CANCELLATION_CONFIRMED, SupportOutcome
from tests.integration.crash import cast
from tests.integration.crash.cast import somebody
from tests.integration.crash.matching import SHOWN, roster
from tests.integration.crash.scenario import Stage, comes
from tests.integration.matching.test_places import fires
from tests.integration.matching.visit import Visit, visiting

GOALS_MET = SupportOutcome.GOALS_MET.value
WAITS = somebody("waits")


async def ends(visit: Visit, link: str, outcome: str) -> httpx2.Response:
    return await visit.http.post(f"{link}/end", data={"outcome": outcome})


async def end_of(visit: Visit) -> tuple[str, str, str | None, int]:
    """State of search and offer, the reason, and the places that are taken."""
    [search] = [row for row in await visit.rows("searches")
                if row["referral_id"] == str(cast.REFERRAL)]  # fmt: skip
    [offer] = [row for row in await visit.rows("offers")
               if row["referral_id"] == str(cast.REFERRAL)]  # fmt: skip
    taken = sum(row["taken"] for row in await visit.rows("coaches"))
    return search["state"], offer["state"], offer["reason"], taken


async def test_an_outcome_ends_it_once_there_was_contact(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        assert "/end" not in await visit.says_yes(link)
        assert (await ends(visit, link, GOALS_MET)).status_code == 409
        await visit.logs_a_call(link)
        assert f"{link}/end" in (await visit.http.get(link)).text
        assert (await ends(visit, link, GOALS_MET)).status_code == 303
        assert await end_of(visit) == ("closed", "ended", GOALS_MET, 0)
        page = (await visit.http.get(link)).text
        assert "This support has ended" in page
        assert "Sam" not in page


async def test_the_place_goes_to_who_waits(stage: Stage) -> None:
    given = (*SHOWN, roster(1, 2, max_active=1), comes(cast.accepted(somebody("second"))))
    async with visiting(stage, given) as visit:
        link = await visit.link(cast.REFERRAL)
        await visit.happens(comes(cast.accepted(WAITS)))
        await visit.says_yes(link)
        await visit.logs_a_call(link)
        await ends(visit, link, GOALS_MET)
        await fires(visit)
        asked = [row["referral_id"] for row in await visit.rows("offers") if row["state"] == "open"]
        assert str(WAITS) in asked


@pytest.mark.parametrize("called", [False, True])
async def test_the_clinics_wish_is_confirmed_with_one_button(stage: Stage, called: bool) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        if called:
            await visit.logs_a_call(link)
        await visit.happens(comes(cast.cancel_requested()))
        page = (await visit.http.get(link)).text
        assert f'value="{CANCELLATION_CONFIRMED}"' in page
        assert (f'value="{GOALS_MET}"' in page) is called
        assert (await ends(visit, link, CANCELLATION_CONFIRMED)).status_code == 303
        assert await end_of(visit) == ("closed", "ended", CANCELLATION_CONFIRMED, 0)


async def test_pressing_twice_at_once_ends_it_once(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        await visit.logs_a_call(link)
        answers = await asyncio.gather(*(ends(visit, link, GOALS_MET) for _ in range(3)))
        assert {answer.status_code for answer in answers} == {303}
        told = [row for row in await visit.rows("outbox") if row["type"] == "assignment.ended"]
        assert [UUID(row["key"]) for row in told] == [cast.REFERRAL]


@pytest.mark.parametrize("outcome", [CANCELLATION_CONFIRMED, "deceased", "", "x" * 33])
async def test_what_cannot_be_said_changes_nothing(stage: Stage, outcome: str) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        await visit.logs_a_call(link)
        assert (await ends(visit, link, outcome)).status_code in (409, 422)
        assert (await end_of(visit))[:2] == ("assigned", "accepted")


async def test_another_device_ends_nothing(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit, visit.process.http() as stranger:
        link = await visit.link()
        await visit.says_yes(link)
        await visit.logs_a_call(link)
        answer = await stranger.post(f"{link}/end", data={"outcome": GOALS_MET})
        assert answer.status_code == 404
        assert (await end_of(visit))[:2] == ("assigned", "accepted")
