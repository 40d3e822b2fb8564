"""What a coach's yes and no do, in every state of the offer."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.rules.answer import (
    Accepted,
    AlreadyAnswered,
    Declined,
    DeclineReason,
    Judgement,
    Late,
    NotYours,
    OfferSnapshot,
    Reply,
    TooLate,
    judge_answer,
)
from services.matching.rules.eligibility import WhyNot
from services.matching.rules.states import OfferState
from shared.events import Answer
from tests.unit.matching.drawn import NOW

COACH_ID = UUID(int=7)
OPEN = OfferSnapshot(COACH_ID, OfferState.OPEN, answer_by=NOW)
YES = Reply(COACH_ID, "accept")
NO = Reply(COACH_ID, "pass", DeclineReason.SCHEDULE)
MOMENT = timedelta(microseconds=1)

states = st.sampled_from(OfferState)
answers: st.SearchStrategy[Answer] = st.sampled_from(get_args(Answer))
obstacles = st.lists(st.sampled_from(WhyNot), max_size=2).map(tuple)
minutes = st.integers(-90, 90).map(lambda count: timedelta(minutes=count))


def judge(asked: OfferSnapshot, reply: Reply, *why_nots: WhyNot) -> Judgement:
    return judge_answer(asked, reply, now=NOW, why_nots=why_nots)


def test_a_yes_in_time_is_accepted() -> None:
    assert judge(OPEN, YES) == Accepted()


def test_a_no_in_time_is_declined_with_its_reason() -> None:
    assert judge(OPEN, NO) == Declined(DeclineReason.SCHEDULE)


def test_a_coach_owes_no_reason() -> None:
    reply = Reply(COACH_ID, "pass")
    assert judge(OPEN, reply) == Declined(DeclineReason.PREFER_NOT_TO_SAY)


def test_a_yes_of_a_coach_who_no_longer_fits_comes_too_late() -> None:
    assert judge(OPEN, YES, WhyNot.NO_ROOM) == TooLate(Late.NO_LONGER_ELIGIBLE)


def test_a_no_needs_no_eligibility() -> None:
    assert judge(OPEN, NO, WhyNot.NO_ROOM) == Declined(DeclineReason.SCHEDULE)


@pytest.mark.parametrize("reply", [YES, NO])
def test_after_the_deadline_an_open_offer_is_over_even_if_no_timer_has_fired(reply: Reply) -> None:
    past = replace(OPEN, answer_by=NOW - MOMENT)
    assert judge(past, reply) == TooLate(Late.OFFER_EXPIRED)


@pytest.mark.parametrize(
    ("state", "yes", "no"),
    [
        (OfferState.ACCEPTED, AlreadyAnswered("accept"), TooLate(Late.OFFER_ACCEPTED)),
        (OfferState.DECLINED, TooLate(Late.OFFER_DECLINED), AlreadyAnswered("pass")),
        (OfferState.EXPIRED, TooLate(Late.OFFER_EXPIRED), TooLate(Late.OFFER_EXPIRED)),
        (OfferState.WITHDRAWN, TooLate(Late.OFFER_WITHDRAWN), TooLate(Late.OFFER_WITHDRAWN)),
        (OfferState.HANDING_OVER, TooLate(Late.ASSIGNMENT_ENDED), TooLate(Late.ASSIGNMENT_ENDED)),
        (OfferState.ENDED, TooLate(Late.ASSIGNMENT_ENDED), TooLate(Late.ASSIGNMENT_ENDED)),
    ],
)
def test_a_settled_offer_answers_with_what_became_of_it(
    state: OfferState, yes: Judgement, no: Judgement
) -> None:
    for answer_by in (NOW - MOMENT, NOW + MOMENT):
        settled = replace(OPEN, state=state, answer_by=answer_by)
        assert (judge(settled, YES, WhyNot.PAUSED), judge(settled, NO)) == (yes, no)


@given(states, answers, minutes, obstacles)
def test_somebody_who_was_not_asked_learns_nothing(
    state: OfferState, answer: Answer, late: timedelta, why_nots: tuple[WhyNot, ...]
) -> None:
    asked = OfferSnapshot(COACH_ID, state, NOW - late)
    reply = Reply(UUID(int=8), answer)
    assert judge_answer(asked, reply, now=NOW, why_nots=why_nots) == NotYours()


@given(states, answers, minutes, obstacles)
def test_a_yes_counts_exactly_once_and_only_while_open_in_time_and_eligible(
    state: OfferState, answer: Answer, late: timedelta, why_nots: tuple[WhyNot, ...]
) -> None:
    asked = OfferSnapshot(COACH_ID, state, NOW - late)
    judged = judge_answer(asked, Reply(COACH_ID, answer), now=NOW, why_nots=why_nots)
    counts = (
        state is OfferState.OPEN and answer == "accept" and late <= timedelta(0) and not why_nots
    )
    assert isinstance(judged, Accepted) is counts


AFTER: dict[type[Judgement], OfferState] = {
    Accepted: OfferState.ACCEPTED,
    Declined: OfferState.DECLINED,
}


@pytest.mark.parametrize(("first", "second"), [*product((YES, NO), repeat=2)])
def test_the_first_answer_stands_and_the_same_again_is_acknowledged(
    first: Reply, second: Reply
) -> None:
    judged = judge(OPEN, first)
    settled = replace(OPEN, state=AFTER[type(judged)])
    again = judge(settled, second, WhyNot.NO_ROOM)
    if second == first:
        assert again == AlreadyAnswered(first.answer)
    else:
        assert isinstance(again, TooLate)


def test_the_reasons_to_pass_are_these_six() -> None:
    assert {reason.value for reason in DeclineReason} == {
        "no-room",
        "schedule",
        "know-the-person",
        "not-a-fit",
        "unwell",
        "prefer-not-to-say",
    }
