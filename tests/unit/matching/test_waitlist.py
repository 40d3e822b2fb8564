"""Waiting raises priority, urgency is a bounded head start, and nobody loses a place."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.rules.choose import Gap, Nobody, choose
from services.matching.rules.coach import Coach
from services.matching.rules.eligibility import WhyNot, why_not
from services.matching.rules.need import Need
from services.matching.rules.waitlist import (
    NobodysTurn,
    Turn,
    Waiting,
    WaitReason,
    in_order,
    next_turn,
    public_reason,
    virtual_wait,
)
from shared.events import Urgency
from tests.unit.matching.drawn import COACH, NEED, NOW, coaches, needs

HOUR = timedelta(hours=1)


def waiting(hours: float, urgency: Urgency = Urgency.ROUTINE, number: int = 1) -> Waiting:
    need = replace(NEED, referral_id=UUID(int=number), urgency=urgency)
    return Waiting(need, since=NOW - hours * HOUR)


queues = st.lists(
    st.builds(Waiting, needs, st.integers(0, 400).map(lambda hours: NOW - hours * HOUR)),
    max_size=8,
    unique_by=lambda one: one.need.referral_id,
)


@pytest.mark.parametrize(
    ("urgency", "head_start"), [(Urgency.FAST_LANE, 72), (Urgency.URGENT, 24), (Urgency.ROUTINE, 0)]
)
def test_an_urgency_counts_as_hours_waited(urgency: Urgency, head_start: int) -> None:
    assert virtual_wait(waiting(5, urgency), now=NOW) == (5 + head_start) * HOUR


def test_the_longest_virtual_wait_is_first() -> None:
    routine, urgent = waiting(73, number=1), waiting(48, Urgency.URGENT, 2)
    fast, late = waiting(0.5, Urgency.FAST_LANE, 3), waiting(70, number=4)
    assert in_order([late, urgent, fast, routine]) == (routine, fast, urgent, late)


def test_with_equal_virtual_waits_whoever_came_first_is_first() -> None:
    fast, urgent, routine = (
        waiting(0, Urgency.FAST_LANE, 1),
        waiting(48, Urgency.URGENT, 2),
        waiting(72, number=3),
    )
    assert in_order([fast, urgent, routine]) == (routine, urgent, fast)


@given(st.permutations([waiting(10, number=number) for number in range(5)]))
def test_twins_wait_in_the_order_of_their_ids(queue: list[Waiting]) -> None:
    assert [one.need.referral_id.int for one in in_order(queue)] == [0, 1, 2, 3, 4]


@given(queues, st.integers(0, 1000))
def test_time_alone_changes_nobodys_place(queue: list[Waiting], hours: int) -> None:
    later = NOW + hours * HOUR
    by_wait = sorted(in_order(queue), key=lambda one: virtual_wait(one, now=later), reverse=True)
    assert tuple(by_wait) == in_order(queue)


@given(queues)
def test_nobody_is_passed_by_somebody_who_came_more_than_72_hours_later(
    queue: list[Waiting],
) -> None:
    order = in_order(queue)
    for place, one in enumerate(order):
        assert all(one.since - passed.since <= 72 * HOUR for passed in order[place + 1 :])


def day_by_day(
    queue: list[Waiting], days: list[list[Coach]], serve: Callable[[Turn, datetime], None]
) -> None:
    """Play days on which coaches come, pause and fill up; a coach takes one person a day."""
    left = list(queue)
    for day, roster in enumerate(days):
        now = NOW + timedelta(days=day)
        present = list(roster)
        while isinstance(turn := next_turn(left, present, now=now), Turn):
            for one in left:
                fits = any(
                    not why_not(one.need, coach, now=now, already_asked=one.already_asked)
                    for coach in present
                )
                passed = one.since < turn.waiting.since - 72 * HOUR
                assert not (fits and passed), "an eligible referral was passed for too long"
            serve(turn, now)
            left.remove(turn.waiting)
            present = [coach for coach in present if coach.coach_id != turn.chosen.coach_id]


@given(queues, st.lists(st.lists(coaches, max_size=3), max_size=4))
def test_no_eligible_referral_is_ever_overtaken_beyond_the_bound(
    queue: list[Waiting], days: list[list[Coach]]
) -> None:
    served: list[UUID] = []
    day_by_day(queue, days, lambda turn, _: served.append(turn.waiting.need.referral_id))
    assert len(served) == len(set(served))


def test_who_is_skipped_for_want_of_a_coach_keeps_the_place() -> None:
    spanish = replace(waiting(100, number=1), need=replace(NEED, languages=("es",)))
    english = waiting(1, number=2)
    turn = next_turn([english, spanish], [COACH], now=NOW)
    assert isinstance(turn, Turn)
    assert turn.waiting == english
    bilingual = replace(COACH, languages=frozenset({"en", "es"}))
    turn = next_turn([english, spanish], [bilingual], now=NOW)
    assert isinstance(turn, Turn)
    assert turn.waiting == spanish


def test_a_coach_who_declined_is_no_room_for_that_referral() -> None:
    asked = replace(waiting(10), already_asked=frozenset({COACH.coach_id}))
    assert next_turn([asked], [COACH], now=NOW) == NobodysTurn()


def test_a_turn_names_the_coach_that_choosing_would() -> None:
    turn = next_turn([waiting(10)], [COACH], now=NOW)
    assert isinstance(turn, Turn)
    assert turn.chosen == choose(turn.waiting.need, [COACH], now=NOW)


@given(queues, st.lists(coaches, max_size=4))
def test_it_is_nobodys_turn_only_when_no_coach_fits_anybody(
    queue: list[Waiting], roster: list[Coach]
) -> None:
    answer = next_turn(queue, iter(roster), now=NOW)
    hopeless = all(why_not(one.need, coach, now=NOW) for one in queue for coach in roster)
    assert isinstance(answer, NobodysTurn) is (hopeless or not roster)


def test_every_gap_has_a_reason_to_tell() -> None:
    for gap in (*WhyNot, *Gap):
        assert public_reason(gap) in WaitReason


def test_an_exclusion_is_not_told_apart_from_having_asked_everybody() -> None:
    assert public_reason(WhyNot.EXCLUDED) is public_reason(WhyNot.ALREADY_ASKED)
    assert all("exclu" not in reason.value for reason in WaitReason)


@pytest.mark.parametrize(
    ("need", "reason"),
    [
        (replace(NEED, languages=("fr",)), WaitReason.LANGUAGE),
        (replace(NEED, must=frozenset({"woman"})), WaitReason.PREFERENCES),
        (replace(NEED, coach_organisation="others"), WaitReason.CONSENT),
    ],
)
def test_the_clinic_hears_what_it_can_act_on(need: Need, reason: WaitReason) -> None:
    answer = choose(need, [COACH], now=NOW)
    assert isinstance(answer, Nobody)
    assert public_reason(answer.closest_gap) is reason
