"""What the coach reads in each state of the offer and of the search behind it."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from services.matching.rules.states import OfferState, SearchState
from shared.events import MessageSent
from tests.integration.crash import cast
from tests.integration.crash.matching import SHOWN, of_the_question, replied
from tests.integration.crash.scenario import Stage, Step, comes
from tests.integration.matching.test_access import statement
from tests.integration.matching.visit import Visit, visiting

HANDS_OVER = (
    replied("accept"),
    statement("UPDATE offers SET state = 'handing_over'"),
    statement("UPDATE searches SET state = 'rematching'"),
)
"""Nobody begins a handover yet; the page is ready for it."""


@dataclass(frozen=True, slots=True)
class Case:
    """What has happened since the coach was asked, where that leads, and what the page says."""

    name: str
    steps: tuple[Step, ...]
    offer: OfferState
    search: SearchState
    says: str
    later: timedelta = timedelta(0)


YES, NO = replied("accept"), replied("pass")
TAKEN_BACK, OVER = "This request was withdrawn", "This support has ended"
CASES = [
    Case("asked", (), OfferState.OPEN, SearchState.OFFERED, "Can you walk alongside S.?"),
    Case(
        "asked, and the time is over",
        (),
        OfferState.OPEN,
        SearchState.OFFERED,
        "The time for this request is over",
        later=timedelta(days=30),
    ),
    Case("yes by text", (YES,), OfferState.ACCEPTED, SearchState.ASSIGNED, "Taken, thank you"),
    Case(
        "yes, then a hold",
        (YES, comes(cast.held())),
        OfferState.ACCEPTED,
        SearchState.HELD,
        "Please wait before you reach out",
    ),
    Case(
        "yes, then asked to end",
        (YES, comes(cast.cancel_requested())),
        OfferState.ACCEPTED,
        SearchState.ASSIGNED,
        "Please do not reach out for now",
    ),
    Case(
        "yes, then closed", (YES, comes(cast.closed())), OfferState.ENDED, SearchState.CLOSED, OVER
    ),
    Case(
        "yes, then revoked",
        (YES, comes(cast.revoked())),
        OfferState.ENDED,
        SearchState.CLOSED,
        OVER,
    ),
    Case(
        "yes, then withdrawn",
        (YES, comes(cast.withdrawn())),
        OfferState.ENDED,
        SearchState.CLOSED,
        OVER,
    ),
    Case("handing over", HANDS_OVER, OfferState.HANDING_OVER, SearchState.REMATCHING, "Thank you"),
    Case(
        "no, next asked",
        (NO,),
        OfferState.DECLINED,
        SearchState.OFFERED,
        "Thank you for telling us",
    ),
    *(
        Case(f"asked, then {name}", (comes(event),), OfferState.WITHDRAWN, search, TAKEN_BACK)
        for name, event, search in (
            ("withdrawn", cast.withdrawn(), SearchState.CLOSED),
            ("closed", cast.closed(), SearchState.CLOSED),
            ("revoked", cast.revoked(), SearchState.CLOSED),
            ("held", cast.held(), SearchState.HELD),
            ("asked to end", cast.cancel_requested(), SearchState.HELD),
        )
    ),
]
SIGN_IN_HELPS = ("yes by text", "yes, then asked to end")
"""Whoever said yes can go on after signing in on this device."""

PROMISES = ("Please answer by", "reach out by")


async def run(visit: Visit, case: Case) -> str:
    link = await visit.link()
    await visit.happens(*case.steps)
    await visit.passes(case.later)
    offers = sorted(await visit.rows("offers"), key=lambda row: str(row["made_at"]))
    assert offers[0]["state"] == case.offer.value
    [search] = await visit.rows("searches")
    assert search["state"] == case.search.value
    return link


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.name)
async def test_the_page_is_true_in_each_state(stage: Stage, case: Case) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await run(visit, case)
        page = await visit.http.get(link)
        assert page.status_code == 200
        assert case.says in page.text
        assert "Sam" not in page.text
        is_question = case.name == "asked"
        assert any(words in page.text for words in PROMISES) is is_question
        has_form = is_question or case.name in SIGN_IN_HELPS
        assert ("<form" in page.text) is has_form
        spanish = await visit.http.get(f"{link}?lang=es")
        assert case.says not in spanish.text
        assert ("<form" in spanish.text) is has_form


async def test_an_offer_that_expired_says_so(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.happens(of_the_question(MessageSent))
        await visit.passes(timedelta(days=30))
        while await visit.process.timers.fire_due():
            pass
        page = await visit.http.get(link)
        assert "The time for this request is over" in page.text
        assert "<form" not in page.text


def test_each_state_of_an_offer_and_of_a_search_behind_a_page_is_told() -> None:
    assert {case.offer for case in CASES} == set(OfferState) - {OfferState.EXPIRED}
    behind = {case.search for case in CASES}
    assert behind == set(SearchState) - {SearchState.SEARCHING, SearchState.WAITLISTED}
