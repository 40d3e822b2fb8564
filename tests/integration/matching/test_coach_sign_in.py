"""A coach signs in by a link to the own phone, and then sees their people on any page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

import httpx2
import pytest

from deploy.local.environment import Site
from services.matching.settings import Settings
from shared.errors import NewsWaitsError
from shared.settings import key_of
from shared.signin import link as links
from tests.integration.crash import cast
from tests.integration.crash.matching import SHOWN, replied
from tests.integration.crash.scenario import Stage, comes, staged
from tests.integration.matching.test_access import shows_nobody, statement
from tests.integration.matching.visit import Visit, visiting
from tests.world.engines import Engines

YES_BY_TEXT = (*SHOWN, replied("accept"))


async def newest_link(visit: Visit) -> str:
    """What the text to the coach leads to."""
    own = visit.process.settings
    assert isinstance(own, Settings)
    rows = sorted(await visit.rows("coach_links"), key=lambda row: str(row["asked_at"]))
    asked = [row["link_id"] for row in rows]
    return f"/c/{links.code_of(key_of(own.sign_in_link_key), UUID(asked[-1]))}"


async def signs_in(visit: Visit, http: httpx2.AsyncClient | None = None) -> httpx2.Response:
    """Ask on the offer's page, open the link in the same browser and press its button."""
    browser = http or visit.http
    asked = await browser.post(f"{await visit.link()}/sign-in")
    assert "We have sent a link" in asked.text
    return await browser.post(await newest_link(visit))


@asynccontextmanager
async def another_browser(visit: Visit) -> AsyncIterator[httpx2.AsyncClient]:
    async with visit.process.http() as http:
        yield http


async def test_who_said_yes_by_text_sees_the_person_after_signing_in(stage: Stage) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit:
        link = await visit.link()
        before = await visit.http.get(link)
        assert "Taken, thank you" in before.text
        assert shows_nobody(before.text)
        answer = await signs_in(visit)
        assert (answer.status_code, answer.headers["location"]) == (303, link)
        assert "<h1>Sam</h1>" in (await visit.http.get(link)).text
        await visit.passes(timedelta(days=89))
        assert "<h1>Sam</h1>" in (await visit.http.get(link)).text
        await visit.passes(timedelta(days=2))
        assert shows_nobody((await visit.http.get(link)).text)


async def test_opening_the_link_uses_nothing_and_its_button_works_once(stage: Stage) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit:
        await visit.http.post(f"{await visit.link()}/sign-in")
        link = await newest_link(visit)
        for _ in range(2):
            assert "Sign in on this browser?" in (await visit.http.get(link)).text
        assert (await visit.http.post(link)).status_code == 303
        assert (await visit.http.post(link)).status_code == 410


async def test_the_link_works_only_in_the_browser_that_asked_and_for_ten_minutes(
    stage: Stage,
) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit, another_browser(visit) as thief:
        await visit.http.post(f"{await visit.link()}/sign-in")
        link = await newest_link(visit)
        stolen = await thief.post(link)
        assert stolen.status_code == 410
        assert "Open the link where you asked for it" in stolen.text
        await visit.passes(timedelta(minutes=10))
        assert "run out" in (await visit.http.post(link)).text
        assert (await visit.http.get("/c/" + "A" * 44)).status_code == 410


async def test_no_more_than_three_links_are_on_their_way(stage: Stage) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit:
        for _ in range(5):
            page = await visit.http.post(f"{await visit.link()}/sign-in")
            assert "We have sent a link" in page.text
        asked = [row for row in await visit.rows("outbox")
                 if row["type"] == "coach.sign_in_requested"]  # fmt: skip
        assert len(asked) == 3


async def test_the_list_shows_whom_the_coach_walks_alongside_and_ends_devices(
    stage: Stage,
) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit, another_browser(visit) as second:
        assert (await visit.http.get("/coach")).status_code == 401
        await signs_in(visit)
        await signs_in(visit, second)
        page = (await visit.http.get("/coach")).text
        assert f'href="{await visit.link()}">Sam</a>' in page
        sessions = sorted(
            await visit.rows("coach_sessions"), key=lambda row: str(row["session_id"]), reverse=True
        )
        for row in sessions:
            await visit.http.post(f"/coach/devices/{row['session_id']}/end")
        for browser in (visit.http, second):
            assert (await browser.get("/coach")).status_code == 401
            assert shows_nobody((await browser.get(await visit.link())).text)


@pytest.mark.parametrize("what", ["held", "inactive"])
async def test_a_signed_in_coach_sees_nobody_while_something_stands_in_the_way(
    stage: Stage, what: str
) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit:
        await signs_in(visit)
        inactive = statement("UPDATE coaches SET active = false")
        await visit.happens(comes(cast.held()) if what == "held" else inactive)
        assert shows_nobody((await visit.http.get(await visit.link())).text)
        assert "Sam" not in (await visit.http.get("/coach")).text


async def test_who_asks_twice_may_use_the_first_link_too(stage: Stage) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit:
        await visit.http.post(f"{await visit.link()}/sign-in")
        first = await newest_link(visit)
        await visit.http.post(f"{await visit.link()}/sign-in")
        assert await newest_link(visit) != first
        assert (await visit.http.post(first)).status_code == 303


async def test_nobody_is_listed_while_a_revocation_may_be_unread(stage: Stage) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit:
        await signs_in(visit)
        assert "Sam" in (await visit.http.get("/coach")).text
        visit.process.core.feed.is_stopped = lambda: True
        with pytest.raises(NewsWaitsError):
            await visit.http.get("/coach")


async def test_each_person_who_is_listed_is_in_the_audit_log(stage: Stage) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit:
        await signs_in(visit)
        await visit.http.get("/coach")
        audit = [row for row in await visit.rows("audit") if row["action"] == "offer.viewed"]
        shown = [row["subject_id"] for row in audit if '"with_contact": 1' in row["detail"]]
        assert shown == [str(cast.REFERRAL)]


async def test_whom_to_call_stands_on_top_until_the_coach_has_tried(stage: Stage) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit:
        await signs_in(visit)
        page = (await visit.http.get("/coach")).text
        assert page.index("To reach first") < page.index(">Sam</a>")
        assert "You walk alongside" not in page
        assert "This is late" not in page
        await visit.passes(timedelta(days=7))
        assert "This is late" in (await visit.http.get("/coach")).text
        assert "Va con retraso" in (await visit.http.get("/coach?lang=es")).text
        tried = {"channel": "phone", "outcome": "no_answer"}
        await visit.http.post(f"{await visit.link()}/contact", data=tried)
        page = (await visit.http.get("/coach")).text
        assert page.index("You walk alongside") < page.index(">Sam</a>")
        assert "To reach first" not in page


async def test_a_session_from_before_a_restore_is_over(stage: Stage) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit:
        await signs_in(visit)
        restored = "INSERT INTO epochs (epoch, lost_since) VALUES (2, $1)"
        now = visit.stage.clock.moment
        await visit.happens(statement(restored, now - timedelta(minutes=1)))
        try:
            await _is_over_when_lost_since(visit, now + timedelta(minutes=1))
        finally:
            await visit.happens(statement("DELETE FROM epochs WHERE epoch = 2"))


async def _is_over_when_lost_since(visit: Visit, moment: datetime) -> None:
    assert (await visit.http.get("/coach")).status_code == 200, "it began after the loss"
    lost = statement("UPDATE epochs SET lost_since = $1 WHERE epoch = 2", moment)
    await visit.happens(lost)
    assert (await visit.http.get("/coach")).status_code == 401


async def test_behind_tls_a_browser_really_forgets_the_session(
    engines: Engines, site: Site
) -> None:
    address = {"MATCHING_PUBLIC_URL": "https://coaches.example"}
    async with (
        staged(engines, site, "matching", address) as stage,
        visiting(stage, YES_BY_TEXT) as visit,
    ):
        await signs_in(visit)
        [session] = await visit.rows("coach_sessions")
        ended = await visit.http.post(f"/coach/devices/{session['session_id']}/end")
        forgets = ended.headers["set-cookie"]
        assert forgets.startswith('__Host-coach=""; ')
        assert "Max-Age=0" in forgets
        assert "Secure" in forgets
