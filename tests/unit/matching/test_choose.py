"""Who is asked: the best fit, fairly, always the same, and always with its reasons."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.matching.rules.choose import Chosen, Gap, Nobody, choose
from services.matching.rules.coach import Coach
from services.matching.rules.eligibility import FOR_EVER, WhyNot, why_not
from services.matching.rules.fingerprint import fingerprint
from services.matching.rules.fit import Weights, fit, total
from services.matching.rules.need import Need
from shared.events import FitFactors
from tests.unit.matching.drawn import COACH, NEED, NOW, coaches, fitting, needs, rosters

ASKED = replace(NEED, fit=FitFactors(pathway="secular", age_band="26_39", family="single"))
HOUR = timedelta(hours=1)


def twins(coach: Coach, count: int) -> list[Coach]:
    return [replace(coach, coach_id=UUID(int=n)) for n in range(count)]


def chosen(need: Need, roster: list[Coach]) -> Chosen:
    answer = choose(need, roster, now=NOW)
    assert isinstance(answer, Chosen)
    return answer


def pair(one: Coach, other: Coach) -> list[Coach]:
    """Two coaches in an order and with ids that speak for the second, unless a rule decides."""
    ids = [UUID(int=1), UUID(int=2)]
    by_hash = chosen(NEED, [replace(COACH, coach_id=coach_id) for coach_id in ids])
    ids.sort(key=lambda coach_id: coach_id == by_hash.coach_id)
    return [replace(one, coach_id=ids[0]), replace(other, coach_id=ids[1])]


@given(needs, coaches, st.data())
def test_the_order_of_coaches_does_not_matter(
    need: Need, coach: Coach, data: st.DataObject
) -> None:
    """Drawn from twins: coaches alike in all but id, where an unstable choice would show."""
    roster = [*twins(fitting(coach, need), 5), replace(COACH, coach_id=UUID(int=77), active=False)]
    shuffled = data.draw(st.permutations(roster))
    assert choose(need, shuffled, now=NOW) == choose(need, roster, now=NOW)


@given(needs, rosters, st.data())
def test_any_roster_in_any_order_gives_the_same_answer(
    need: Need, roster: list[Coach], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(roster))
    answer = choose(need, shuffled, now=NOW)
    assert answer == choose(need, roster, now=NOW)
    assert fingerprint(need, shuffled, now=NOW, already_asked=frozenset()) == fingerprint(
        need, roster, now=NOW, already_asked=frozenset()
    )


def test_twins_take_turns_over_many_referrals() -> None:
    roster = twins(COACH, 4)
    winners = {chosen(replace(NEED, referral_id=UUID(int=n)), roster).coach_id for n in range(100)}
    assert winners == {coach.coach_id for coach in roster}


@given(needs, rosters)
def test_no_fitting_coach_fits_more_than_five_points_better(
    need: Need, roster: list[Coach]
) -> None:
    roster = [fitting(coach, need) if n % 2 else coach for n, coach in enumerate(roster)]
    answer = choose(need, roster, now=NOW)
    assume(isinstance(answer, Chosen))
    by_id = {coach.coach_id: coach for coach in roster}
    fits = {
        coach.coach_id: total(fit(need, coach))
        for coach in roster
        if not why_not(need, coach, now=NOW)
    }
    assert isinstance(answer, Chosen)
    best = max(fits.values())
    assert fits[answer.coach_id] >= best - 5
    nearly = [by_id[coach_id] for coach_id, points in fits.items() if points >= best - 5]
    assert by_id[answer.coach_id].load == min(coach.load for coach in nearly)


@given(needs, rosters)
def test_every_coach_is_a_candidate_or_left_out_with_a_reason(
    need: Need, roster: list[Coach]
) -> None:
    answer = choose(need, roster, now=NOW)
    candidates = answer.candidates if isinstance(answer, Chosen) else ()
    told = [one.coach_id for one in candidates] + [one.coach_id for one in answer.left_out]
    assert sorted(told) == sorted(coach.coach_id for coach in roster)
    for out in answer.left_out:
        coach = next(coach for coach in roster if coach.coach_id == out.coach_id)
        assert out.why_nots == why_not(need, coach, now=NOW) != ()


@given(needs, rosters)
def test_who_declined_is_never_chosen_and_the_next_in_order_is(
    need: Need, roster: list[Coach]
) -> None:
    answer = choose(need, [fitting(coach, need) for coach in roster], now=NOW)
    assume(isinstance(answer, Chosen) and len(answer.candidates) > 1)
    assert isinstance(answer, Chosen)
    again = choose(
        need,
        [fitting(coach, need) for coach in roster],
        now=NOW,
        already_asked=frozenset({answer.coach_id}),
    )
    assert isinstance(again, Chosen)
    assert again.coach_id != answer.coach_id
    assert again.left_out[-1].why_nots == (WhyNot.ALREADY_ASKED,)


def test_five_points_less_is_nearly_as_good_and_the_lighter_load_wins() -> None:
    best = replace(COACH, kinds_of_support=frozenset({"mentoring"}), active_count=1)
    lighter = replace(COACH, kinds_of_support=frozenset())
    light, heavy = pair(lighter, best)
    assert chosen(NEED, [heavy, light]).coach_id == light.coach_id


def test_more_than_five_points_less_is_not_as_good() -> None:
    need = replace(NEED, kinds_of_support=frozenset({"mentoring", "advocacy", "group_leading"}))
    best = replace(COACH, kinds_of_support=need.kinds_of_support, active_count=4)
    worse = replace(COACH, kinds_of_support=frozenset({"mentoring"}))
    better, other = pair(best, worse)
    assert chosen(need, [other, better]).coach_id == better.coach_id


@pytest.mark.parametrize(("weight", "nearly_as_good"), [(10, True), (11, False)])
def test_nearly_as_good_ends_at_five_points_exactly(weight: int, nearly_as_good: bool) -> None:
    """What is left open costs half the weight: 5 points of 10, and 5.5 of 11."""
    best = replace(COACH, active_count=1)
    lighter = replace(COACH, coach_id=UUID(int=2), kinds_of_support=frozenset())
    answer = choose(NEED, [best, lighter], now=NOW, weights=Weights(kinds_of_support=weight))
    assert isinstance(answer, Chosen)
    assert (answer.coach_id == lighter.coach_id) is nearly_as_good


def test_load_is_a_share_of_the_places_and_counts_open_offers() -> None:
    light, heavy = pair(
        replace(COACH, max_active=10, active_count=2, open_offers=1),
        replace(COACH, max_active=5, active_count=1, open_offers=1),
    )
    assert chosen(NEED, [heavy, light]).coach_id == light.coach_id


def test_equal_shares_of_unequal_places_are_equal_loads() -> None:
    longest, lately = pair(
        replace(COACH, max_active=6, active_count=2, last_offered_at=NOW - 2 * HOUR),
        replace(COACH, max_active=3, active_count=1, last_offered_at=NOW - HOUR),
    )
    assert chosen(NEED, [lately, longest]).coach_id == longest.coach_id


def test_among_equal_loads_the_one_asked_longest_ago_comes_first() -> None:
    longest, lately = pair(
        replace(COACH, last_offered_at=NOW - 2 * HOUR), replace(COACH, last_offered_at=NOW - HOUR)
    )
    assert chosen(NEED, [lately, longest]).coach_id == longest.coach_id


def test_who_was_never_asked_comes_before_who_was() -> None:
    never, once = pair(COACH, replace(COACH, last_offered_at=NOW - 9999 * HOUR))
    assert chosen(NEED, [once, never]).coach_id == never.coach_id


def test_a_wish_of_the_person_outweighs_the_load_of_the_coach() -> None:
    need = replace(NEED, prefer=frozenset({"woman"}))
    wished, other = pair(
        replace(COACH, attributes=frozenset({"woman"}), active_count=4),
        replace(COACH, attributes=frozenset({"man"})),
    )
    assert chosen(need, [other, wished]).coach_id == wished.coach_id


def test_an_empty_roster_is_a_gap_of_its_own() -> None:
    answer = choose(NEED, [], now=NOW)
    assert answer == Nobody(
        Gap.EMPTY_ROSTER, ever_possible=False, left_out=(), fit_version="likeness-1"
    )


GAPS = {
    "the only speaker is full": (
        [
            replace(COACH, languages=frozenset({"fr"})),
            replace(COACH, coach_id=UUID(int=2), max_active=0),
        ],
        WhyNot.NO_ROOM,
        True,
    ),
    "one coach of another county who is full too": (
        [replace(COACH, counties=frozenset(), remote=False, max_active=0)],
        WhyNot.OUTSIDE_AREA,
        False,
    ),
    "one coach kept apart who is paused too": (
        [
            replace(
                COACH,
                excluded_people=frozenset({NEED.person_id}),
                paused_until=NOW + HOUR,
            )
        ],
        WhyNot.EXCLUDED,
        False,
    ),
    "a licence that ran out": ([replace(COACH, credentials=())], WhyNot.NO_VALID_CREDENTIAL, True),
}


@pytest.mark.parametrize(("roster", "gap", "ever_possible"), GAPS.values(), ids=GAPS)
def test_the_gap_is_the_rule_that_removed_the_last_candidates(
    roster: list[Coach], gap: WhyNot, ever_possible: bool
) -> None:
    answer = choose(NEED, roster, now=NOW)
    assert isinstance(answer, Nobody)
    assert (answer.closest_gap, answer.ever_possible) == (gap, ever_possible)


@given(needs, rosters)
def test_somebody_is_chosen_exactly_when_somebody_fits(need: Need, roster: list[Coach]) -> None:
    answer = choose(need, roster, now=NOW)
    somebody = any(not why_not(need, coach, now=NOW) for coach in roster)
    assert isinstance(answer, Chosen) is somebody


@given(needs, rosters)
def test_a_search_is_hopeless_only_if_every_coach_breaks_a_rule_that_no_waiting_mends(
    need: Need, roster: list[Coach]
) -> None:
    answer = choose(need, [replace(coach, max_active=0) for coach in roster], now=NOW)
    assert isinstance(answer, Nobody)
    hopeless = all(FOR_EVER & set(out.why_nots) for out in answer.left_out)
    assert answer.ever_possible is not hopeless


def test_an_explanation_of_a_choice_reads_like_this() -> None:
    need = replace(ASKED, prefer=frozenset({"woman"}))
    good = replace(COACH, fit=need.fit, active_count=1, attributes=frozenset({"woman"}))
    out = replace(COACH, coach_id=UUID(int=2), active=False, max_active=0)
    assert chosen(need, [good, out]).explanation() == {
        "chosen": str(good.coach_id),
        "fit_version": "likeness-1",
        "candidates": [{"coach_id": str(good.coach_id), "load": 0.2, "fit": 0}],
        "fits": [
            {
                "points": 105.0,
                "factors": {
                    "pathway": {"likeness": "alike", "points": 30, "of": 30},
                    "age_band": {"likeness": "alike", "points": 25, "of": 25},
                    "spirituality": {"likeness": "not-known", "points": 10.0, "of": 20},
                    "family": {"likeness": "alike", "points": 15, "of": 15},
                    "kinds_of_support": {"likeness": "alike", "points": 10, "of": 10},
                    "wishes": {"likeness": "alike", "points": 15, "of": 15},
                },
            }
        ],
        "left_out": [{"why_nots": ["inactive", "no-room"], "coaches": [str(out.coach_id)]}],
    }


def test_coaches_who_fit_alike_share_one_told_fit() -> None:
    alike = replace(COACH, coach_id=UUID(int=7))
    better = replace(COACH, coach_id=UUID(int=8), fit=ASKED.fit)
    told = json.loads(json.dumps(chosen(ASKED, [COACH, alike, better]).explanation()))
    fits = {one["coach_id"]: told["fits"][one["fit"]]["points"] for one in told["candidates"]}
    assert len(told["fits"]) == 2
    assert fits[str(COACH.coach_id)] == fits[str(alike.coach_id)] < fits[str(better.coach_id)]


def test_a_load_is_told_to_four_places() -> None:
    candidate = chosen(NEED, [replace(COACH, max_active=3, active_count=1)]).explanation()
    assert '"load": 0.3333,' in json.dumps(candidate)


def test_an_explanation_of_nobody_reads_like_this() -> None:
    answer = choose(NEED, [replace(COACH, active=False)], now=NOW)
    assert answer.explanation() == {
        "chosen": None,
        "fit_version": "likeness-1",
        "closest_gap": "inactive",
        "ever_possible": True,
        "left_out": [{"why_nots": ["inactive"], "coaches": [str(COACH.coach_id)]}],
    }


@given(needs, rosters)
def test_an_explanation_survives_json_and_tells_no_attribute_of_anybody(
    need: Need, roster: list[Coach]
) -> None:
    secret = frozenset({"secret-attribute"})
    hidden = FitFactors(pathway="secret-pathway", family="secret-family")
    roster = [replace(coach, attributes=secret, fit=hidden) for coach in roster]
    story = choose(replace(need, prefer=secret, fit=hidden), roster, now=NOW).explanation()
    written = json.dumps(story)
    assert json.loads(written) == story
    assert "secret" not in written
    assert str(need.person_id) not in written


def test_the_version_of_the_weights_is_stored_with_the_decision() -> None:
    weights = Weights(version="likeness-2")
    assert choose(NEED, [COACH], now=NOW, weights=weights).fit_version == "likeness-2"
    assert choose(NEED, [], now=NOW, weights=weights).fit_version == "likeness-2"


@pytest.mark.parametrize(
    "other",
    [
        (replace(NEED, fit=FitFactors(family="single")), [COACH], frozenset[UUID]()),
        (NEED, [replace(COACH, active_count=1)], frozenset[UUID]()),
        (NEED, [COACH], frozenset({UUID(int=5)})),
        (NEED, [], frozenset[UUID]()),
    ],
)
def test_another_input_has_another_fingerprint(
    other: tuple[Need, list[Coach], frozenset[UUID]],
) -> None:
    need, roster, asked = other
    before = fingerprint(NEED, [COACH], now=NOW, already_asked=frozenset())
    assert fingerprint(need, roster, now=NOW, already_asked=asked) != before
    assert fingerprint(NEED, [COACH], now=NOW + HOUR, already_asked=frozenset()) != before
    assert fingerprint(NEED, [COACH], now=NOW, already_asked=frozenset()) == before
