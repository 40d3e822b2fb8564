"""The two state machines, walked through every state and trigger there is."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.rules.states import (
    LIVE,
    OFFER_TERMINAL,
    OFFER_TRANSITIONS,
    SEARCH_TERMINAL,
    SEARCH_TRANSITIONS,
    IllegalTransitionError,
    OfferState,
    OfferTrigger,
    Overruled,
    SearchState,
    SearchTrigger,
    move_offer,
    move_search,
    release_of,
)

WINS = (SearchState.HELD, SearchState.CLOSED)
CLOSING = {
    SearchTrigger.REFERRAL_IS_WITHDRAWN,
    SearchTrigger.CANCELLATION_IS_CONFIRMED,
    SearchTrigger.CONSENT_IS_REVOKED,
    SearchTrigger.SUPERVISOR_REJECTS,
    SearchTrigger.SUPPORT_ENDS,
    SearchTrigger.REFERRAL_IS_CLOSED,
}
RELEASES = {release_of(state) for state in SearchState}


def test_only_a_closed_search_is_final() -> None:
    assert {SearchState.CLOSED} == SEARCH_TERMINAL


def test_final_offers_are_those_nobody_can_answer_or_live_by() -> None:
    assert {
        OfferState.DECLINED,
        OfferState.EXPIRED,
        OfferState.WITHDRAWN,
        OfferState.ENDED,
    } == OFFER_TERMINAL
    assert not LIVE & OFFER_TERMINAL


@pytest.mark.parametrize("state", OfferState)
def test_an_offer_takes_the_steps_of_its_table_and_no_other(state: OfferState) -> None:
    for trigger in OfferTrigger:
        if (state, trigger) in OFFER_TRANSITIONS:
            assert move_offer(state, trigger) is OFFER_TRANSITIONS[state, trigger]
        else:
            with pytest.raises(IllegalTransitionError):
                move_offer(state, trigger)


@pytest.mark.parametrize("state", SearchState)
def test_a_search_takes_its_steps_and_is_overruled_only_where_held_or_closed(
    state: SearchState,
) -> None:
    for trigger in SearchTrigger:
        if (state, trigger) in SEARCH_TRANSITIONS:
            assert move_search(state, trigger) is SEARCH_TRANSITIONS[state, trigger]
        elif state in WINS:
            assert move_search(state, trigger) == Overruled(state)
        else:
            with pytest.raises(IllegalTransitionError):
                move_search(state, trigger)


@given(st.lists(st.sampled_from(SearchTrigger), max_size=30))
def test_held_and_closed_win_over_everything_that_arrives_later(
    triggers: list[SearchTrigger],
) -> None:
    state = SearchState.SEARCHING
    for trigger in triggers:
        try:
            after = move_search(state, trigger)
        except IllegalTransitionError:
            continue
        if state is SearchState.CLOSED:
            assert after == Overruled(SearchState.CLOSED)
        if state is SearchState.HELD and trigger not in CLOSING | RELEASES | {
            SearchTrigger.REFERRAL_IS_HELD
        }:
            assert after == Overruled(SearchState.HELD)
        state = state if isinstance(after, Overruled) else after


@pytest.mark.parametrize("state", [state for state in SearchState if state not in WINS])
def test_a_search_can_always_be_held_and_closed(state: SearchState) -> None:
    assert move_search(state, SearchTrigger.REFERRAL_IS_HELD) is SearchState.HELD
    for trigger in CLOSING:
        assert move_search(state, trigger) is SearchState.CLOSED
        assert move_search(SearchState.HELD, trigger) is SearchState.CLOSED


@pytest.mark.parametrize(
    ("before", "resumed"),
    [
        (SearchState.SEARCHING, SearchState.SEARCHING),
        (SearchState.OFFERED, SearchState.SEARCHING),
        (SearchState.WAITLISTED, SearchState.SEARCHING),
        (SearchState.ASSIGNED, SearchState.ASSIGNED),
        (SearchState.REMATCHING, SearchState.REMATCHING),
    ],
)
def test_a_release_leads_back_to_where_the_hold_began(
    before: SearchState, resumed: SearchState
) -> None:
    assert move_search(SearchState.HELD, release_of(before)) is resumed


def test_a_release_of_what_is_not_held_is_refused() -> None:
    for state, trigger in product(set(SearchState) - set(WINS), RELEASES):
        with pytest.raises(IllegalTransitionError):
            move_search(state, trigger)


@pytest.mark.parametrize(
    ("state", "after"),
    [
        (SearchState.SEARCHING, SearchState.HELD),
        (SearchState.OFFERED, SearchState.HELD),
        (SearchState.WAITLISTED, SearchState.HELD),
        (SearchState.REMATCHING, SearchState.HELD),
        (SearchState.ASSIGNED, SearchState.ASSIGNED),
    ],
)
def test_a_wish_to_cancel_stops_the_asking_and_leaves_a_coach_in_place(
    state: SearchState, after: SearchState
) -> None:
    assert move_search(state, SearchTrigger.CANCELLATION_IS_REQUESTED) is after


STORIES = {
    "the second coach says yes": (
        "coach_is_offered coach_declines coach_is_offered coach_accepts support_ends",
        "offered searching offered assigned closed",
    ),
    "nobody, then room": (
        "nobody_fits place_is_freed nobody_fits review_is_due coach_is_offered deadline_passes",
        "waitlisted searching waitlisted searching offered searching",
    ),
    "another coach": (
        "coach_is_offered coach_accepts change_of_coach_begins coach_is_offered coach_accepts",
        "offered assigned rematching offered assigned",
    ),
    "three lapses": (
        "coach_is_offered offer_is_withdrawn supervisor_waitlists supervisor_rejects",
        "offered searching waitlisted closed",
    ),
    "an amendment": (
        "referral_is_amended nobody_fits referral_is_amended coach_is_offered referral_is_amended",
        "searching waitlisted searching offered offered",
    ),
}


@pytest.mark.parametrize(("triggers", "states"), STORIES.values(), ids=STORIES)
def test_a_search_goes_its_usual_ways(triggers: str, states: str) -> None:
    state = SearchState.SEARCHING
    for trigger, expected in zip(triggers.split(), states.split(), strict=True):
        after = move_search(state, SearchTrigger(trigger))
        assert after == SearchState(expected)
        state = SearchState(expected)


def test_an_offer_that_was_answered_cannot_expire_or_be_answered_again() -> None:
    for state in (OfferState.ACCEPTED, OfferState.DECLINED):
        for trigger in (
            OfferTrigger.DEADLINE_PASSES,
            OfferTrigger.COACH_ACCEPTS,
            OfferTrigger.COACH_DECLINES,
        ):
            with pytest.raises(IllegalTransitionError):
                move_offer(state, trigger)


def test_whatever_ends_a_referral_ends_each_of_its_unfinished_offers() -> None:
    for trigger in (OfferTrigger.CONSENT_IS_REVOKED, OfferTrigger.REFERRAL_IS_CLOSED):
        assert move_offer(OfferState.OPEN, trigger) is OfferState.WITHDRAWN
        assert move_offer(OfferState.ACCEPTED, trigger) is OfferState.ENDED
        assert move_offer(OfferState.HANDING_OVER, trigger) is OfferState.ENDED


def test_every_trigger_is_good_for_something() -> None:
    assert {trigger for _, trigger in SEARCH_TRANSITIONS} == set(SearchTrigger)
    assert {trigger for _, trigger in OFFER_TRANSITIONS} == set(OfferTrigger)


def test_every_state_can_be_reached() -> None:
    assert set(SEARCH_TRANSITIONS.values()) == set(SearchState)
    assert {*OFFER_TRANSITIONS.values(), OfferState.OPEN} == set(OfferState)


def test_a_refusal_names_the_state_the_trigger_and_the_way_out() -> None:
    with pytest.raises(IllegalTransitionError) as refused:
        move_offer(OfferState.ACCEPTED, OfferTrigger.DEADLINE_PASSES)
    assert str(refused.value) == (
        "an offer that is accepted cannot take deadline_passes; it can take "
        "cancellation_is_confirmed, coach_is_no_longer_eligible, consent_is_revoked, "
        "contact_is_given_up, handover_begins, person_asks_for_another, referral_is_closed, "
        "support_ends"
    )
    assert refused.value.state is OfferState.ACCEPTED
    assert refused.value.trigger is OfferTrigger.DEADLINE_PASSES
    assert "handover_begins" in refused.value.allowed
    with pytest.raises(IllegalTransitionError, match="it can take nothing, it is final"):
        move_offer(OfferState.ENDED, OfferTrigger.COACH_ACCEPTS)
    with pytest.raises(IllegalTransitionError, match=re.escape("a search that is searching")):
        move_search(SearchState.SEARCHING, SearchTrigger.COACH_ACCEPTS)
