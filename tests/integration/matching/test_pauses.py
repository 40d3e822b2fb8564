"""Support is paused until a day, goes on, and is asked about where nobody says so."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.matching.on.first_contact_due import first_contact_due
from services.matching.on.pause_review_due import pause_review_due
from services.matching.rules.pausing import PAUSE_GRACE
from services.matching.timers import FirstContactDue, PauseReviewDue
from tests.integration.crash import cast
from tests.integration.crash.matching import SHOWN
from tests.integration.crash.scenario import Stage, comes, rings
from tests.integration.matching.test_coach_sign_in import YES_BY_TEXT, signs_in
from tests.integration.matching.test_places import fires
from tests.integration.matching.visit import Visit, visiting

HOSPITAL = {"reason": "hospitalised", "days": "7"}
REVIEW = timedelta(days=7) + PAUSE_GRACE


async def presses(visit: Visit, link: str, what: str, **form: str) -> int:
    return (await visit.http.post(f"{link}/{what}", data=form)).status_code


async def open_tasks(visit: Visit) -> list[str]:
    return [row["kind"] for row in await visit.rows("tasks") if row["closed_at"] is None]


async def test_a_pause_shows_its_day_and_takes_no_clock_away_for_ever(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        assert await presses(visit, link, "pause", **HOSPITAL) == 303
        page = (await visit.http.get(link)).text
        assert "Support is paused until" in page
        assert "Sam" in page
        await visit.passes(REVIEW - timedelta(seconds=1))
        await fires(visit)
        assert await open_tasks(visit) == []
        await visit.passes(timedelta(seconds=1))
        await fires(visit)
        assert await open_tasks(visit) == ["pause_to_review"]


async def test_support_that_goes_on_begins_the_clock_of_the_first_contact_anew(
    stage: Stage,
) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        await presses(visit, link, "pause", **HOSPITAL)
        await visit.passes(timedelta(hours=6))
        assert await presses(visit, link, "resume") == 303
        await visit.passes(timedelta(days=1))
        await fires(visit)
        assert await open_tasks(visit) == ["first_contact_overdue"]


async def test_pressed_twice_it_is_told_once(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        for what, form in (("pause", HOSPITAL), ("resume", {})):
            assert await presses(visit, link, what, **form) == 303
            assert await presses(visit, link, what, **form) == 303
        told = [row["type"] for row in await visit.rows("outbox")]
        assert (told.count("assignment.paused"), told.count("assignment.resumed")) == (1, 1)


@pytest.mark.parametrize("form", [{}, {**HOSPITAL, "days": "8"}, {**HOSPITAL, "reason": "why not"}])
async def test_a_pause_that_the_page_does_not_offer_is_refused(
    stage: Stage, form: dict[str, str]
) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        assert 400 <= await presses(visit, link, "pause", **form) < 500
        assert "Support is paused" not in (await visit.http.get(link)).text


async def test_a_hold_during_a_pause_keeps_the_day_of_its_review(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        await presses(visit, link, "pause", **HOSPITAL)
        await visit.happens(comes(cast.held()))
        assert await presses(visit, link, "resume") == 409
        await visit.happens(comes(cast.released()))
        await visit.passes(REVIEW)
        await fires(visit)
        assert await open_tasks(visit) == ["pause_to_review"]


async def test_nobody_is_late_during_a_pause(stage: Stage) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit:
        link = await visit.link()
        await signs_in(visit)
        assert "Please reach out by" in (await visit.http.get(link)).text
        await presses(visit, link, "pause", **HOSPITAL)
        await visit.passes(timedelta(days=6))
        page = (await visit.http.get(link)).text
        assert "<h1>Sam</h1>" in page
        assert "reach out by" not in page
        [offer] = await visit.rows("offers")
        due = FirstContactDue(
            offer_id=UUID(offer["offer_id"]), referral_id=UUID(offer["referral_id"])
        )
        async with visit.process.database.transaction() as tx:
            await first_contact_due(tx, due)
        assert await open_tasks(visit) == []


async def test_a_coach_who_was_late_and_pauses_is_asked_about_no_more(stage: Stage) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit:
        link = await visit.link()
        await signs_in(visit)
        await visit.happens(rings(FirstContactDue))
        assert await open_tasks(visit) == ["first_contact_overdue"]
        assert await presses(visit, link, "pause", **HOSPITAL) == 303
        [task] = await visit.rows("tasks")
        assert (task["outcome"], task["closed_at"] is None) == ("pause_decided", False)
        told = [row["type"] for row in await visit.rows("outbox")]
        assert "assignment.task_closed" in told


@pytest.mark.parametrize("act", ["pause", "resume"])
async def test_a_coach_who_says_how_it_goes_on_needs_no_supervisor(stage: Stage, act: str) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit:
        link = await visit.link()
        await signs_in(visit)
        await presses(visit, link, "pause", **HOSPITAL)
        await visit.happens(rings(PauseReviewDue))
        assert await open_tasks(visit) == ["pause_to_review"]
        await presses(visit, link, act, **(HOSPITAL if act == "pause" else {}))
        assert await open_tasks(visit) == []
        assert {row["outcome"] for row in await visit.rows("tasks")} == {"pause_decided"}


async def test_what_is_promised_anew_after_a_pause_is_shown_and_told(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        await presses(visit, link, "pause", **HOSPITAL)
        await visit.passes(timedelta(hours=6))
        await presses(visit, link, "resume")
        page = (await visit.http.get(link)).text
        assert "Please reach out by" in page
        [offer] = await visit.rows("offers")
        promised = datetime.fromisoformat(offer["first_contact_by"])
        assert promised == visit.stage.clock.moment + timedelta(days=1)
        [told] = [row for row in await visit.rows("outbox") if row["type"] == "assignment.resumed"]
        assert "first_contact_by" in str(told["payload"])


async def test_a_pause_that_is_moved_is_looked_at_on_its_new_day_only(stage: Stage) -> None:
    async with visiting(stage, YES_BY_TEXT) as visit:
        link = await visit.link()
        await signs_in(visit)
        await presses(visit, link, "pause", **HOSPITAL)
        await visit.passes(timedelta(days=5))
        await presses(visit, link, "pause", **HOSPITAL | {"days": "14"})
        timers = [row for row in await visit.rows("timers") if row["kind"] == PauseReviewDue.kind]
        moved = visit.stage.clock.moment + timedelta(days=14) + PAUSE_GRACE
        assert [datetime.fromisoformat(row["due_at"]) for row in timers] == [moved]
        await visit.passes(REVIEW)
        await fires(visit)
        assert await open_tasks(visit) == []
        await visit.passes(timedelta(days=7))
        await fires(visit)
        assert await open_tasks(visit) == ["pause_to_review"]


async def test_a_review_that_comes_before_its_day_asks_nobody(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        await presses(visit, link, "pause", **HOSPITAL)
        [offer] = await visit.rows("offers")
        due = PauseReviewDue(
            offer_id=UUID(offer["offer_id"]), referral_id=UUID(offer["referral_id"])
        )
        async with visit.process.database.transaction() as tx:
            await pause_review_due(tx, due)
        assert await open_tasks(visit) == []
