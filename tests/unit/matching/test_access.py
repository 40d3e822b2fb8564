"""When a coach may see a person, and the first reason why not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.rules.access import AccessFacts, MayNotSee, MaySee, NoAccess, judge_access
from services.matching.rules.coach import Coach
from services.matching.rules.need import Need
from services.matching.rules.states import LIVE, OfferState, SearchState
from services.matching.web.wording import BY_CODE
from tests.unit.matching.drawn import COACH, NEED, NOW, coaches, needs

ASKED = AccessFacts(OfferState.OPEN, SearchState.OFFERED, False, NEED, COACH, False)
ASSIGNED = replace(ASKED, offer=OfferState.ACCEPTED, search=SearchState.ASSIGNED)
both = pytest.mark.parametrize("facts", [ASKED, ASSIGNED], ids=["asked", "assigned"])

Change = Callable[[AccessFacts], AccessFacts]
CHANGES: list[tuple[NoAccess, Change]] = [
    (NoAccess.NEWS_WAITS, lambda facts: replace(facts, news_waits=True)),
    (NoAccess.HELD, lambda facts: replace(facts, search=SearchState.HELD)),
    (NoAccess.END_REQUESTED, lambda facts: replace(facts, end_requested=True)),
    (NoAccess.CONSENT_OVER, lambda facts: _need(facts, consent_expires_at=NOW)),
    (NoAccess.CONSENT_OVER, lambda facts: _need(facts, coach_organisation="another")),
    (NoAccess.COACH_INACTIVE, lambda facts: replace(facts, coach=replace(COACH, active=False))),
    (NoAccess.COACH_INACTIVE, lambda facts: replace(facts, coach=None)),
    (NoAccess.NO_CREDENTIAL, lambda facts: replace(facts, coach=replace(COACH, credentials=()))),
]
changes = pytest.mark.parametrize(("why", "change"), CHANGES)


def _need(facts: AccessFacts, **changes: Any) -> AccessFacts:
    return replace(facts, need=replace(facts.need, **changes))


@both
def test_nothing_in_the_way(facts: AccessFacts) -> None:
    assert judge_access(facts, now=NOW) == MaySee()
    assert judge_access(_need(facts, consent_expires_at=None), now=NOW) == MaySee()


@both
@changes
def test_each_barrier_is_enough(facts: AccessFacts, why: NoAccess, change: Change) -> None:
    assert judge_access(change(facts), now=NOW) == MayNotSee(why)


def test_a_pair_of_states_shows_somebody_only_while_the_offer_or_the_assignment_runs() -> None:
    shown = {
        (offer, search)
        for offer, search in product(OfferState, SearchState)
        if judge_access(replace(ASKED, offer=offer, search=search), now=NOW) == MaySee()
    }
    assert shown == {
        (OfferState.OPEN, SearchState.OFFERED),
        (OfferState.ACCEPTED, SearchState.ASSIGNED),
    }


@given(
    st.sampled_from(OfferState),
    st.sampled_from(SearchState),
    st.booleans(),
    needs,
    st.none() | coaches,
    st.booleans(),
)
def test_an_offer_that_is_over_is_the_first_reason_and_news_the_second(
    offer: OfferState,
    search: SearchState,
    end_requested: bool,
    need: Need,
    coach: Coach | None,
    news_waits: bool,
) -> None:
    facts = AccessFacts(offer, search, end_requested, need, coach, news_waits)
    answer = judge_access(facts, now=NOW)
    assert (answer == MayNotSee(NoAccess.OFFER_OVER)) >= (offer not in LIVE)
    if offer in LIVE and news_waits:
        assert answer == MayNotSee(NoAccess.NEWS_WAITS)
    if answer == MaySee():
        assert coach is not None
        assert coach.active
        assert not end_requested


@both
def test_a_coach_who_is_full_or_paused_keeps_whom_they_support(facts: AccessFacts) -> None:
    coach = replace(COACH, max_active=0, paused_until=NOW + timedelta(days=1))
    assert judge_access(replace(facts, coach=coach), now=NOW) == MaySee()


def test_the_page_has_words_for_every_answer() -> None:
    for say in BY_CODE.values():
        assert set(say.closed) == set(NoAccess)
        assert set(say.over) == set(OfferState)
