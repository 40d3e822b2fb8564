"""Scores are computed from coded answers or not at all; danger counts even in a torn form."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.codes import Gender, InstrumentName, SafetyReason
from services.intake.rules.draft import Answers
from services.intake.rules.instruments import REGISTRY, Standing, score, which
from tests.unit.intake.drawn import AUDIT_C_ITEMS, C_SSRS_ITEMS, NO, PHQ_9_ITEMS, YES, c_ssrs, phq_9

POINTS = st.lists(st.integers(0, 3), min_size=9, max_size=9)
HOW_OFTEN = ("LA6270-8", "LA18926-8", "LA18927-6", "LA18928-4", "LA18929-2")
HOW_MANY = ("LA15694-5", "LA15695-2", "LA18930-0", "LA18931-8", "LA18932-6")
HOW_OFTEN_SIX = ("LA6270-8", "LA18933-4", "LA18876-5", "LA18891-4", "LA18934-2")
HIGH = {"93249-1", "93250-9", "93269-9"}
MODERATE = {"93248-3", "93267-3"}


def audit_c(often: int, many: int, six: int) -> Answers:
    answers = (HOW_OFTEN[often], HOW_MANY[many], HOW_OFTEN_SIX[six])
    return Answers(InstrumentName.AUDIT_C, tuple(zip(AUDIT_C_ITEMS, answers, strict=True)))


@given(POINTS)
def test_phq_9_is_the_sum_of_its_nine_items(points: list[int]) -> None:
    found = score(phq_9(*points))
    assert (found.standing, found.score) == (Standing.COMPLETE, sum(points))


@pytest.mark.parametrize(
    ("total", "band"),
    [
        *((0, "minimal"), (4, "minimal"), (5, "mild"), (9, "mild"), (10, "moderate")),
        *((14, "moderate"), (15, "moderately_severe"), (19, "moderately_severe")),
        *((20, "severe"), (27, "severe")),
    ],
)
def test_phq_9_bands_are_those_of_kroenke(total: int, band: str) -> None:
    points = [3] * (total // 3) + ([total % 3] if total % 3 else [])
    found = score(phq_9(*points, *[0] * (9 - len(points))))
    assert (found.score, found.band) == (total, band)


@given(POINTS)
def test_any_thought_of_self_harm_in_phq_9_is_danger(points: list[int]) -> None:
    found = score(phq_9(*points))
    assert found.safety == ({SafetyReason.SELF_HARM_THOUGHTS} if points[8] else set())


@given(POINTS, st.sampled_from(PHQ_9_ITEMS))
def test_a_missing_item_is_never_guessed(points: list[int], missing: str) -> None:
    whole = phq_9(*points)
    torn = replace(whole, items=tuple(pair for pair in whole.items if pair[0] != missing))
    found = score(torn)
    assert (found.standing, found.score, found.band) == (Standing.INCOMPLETE, None, None)
    assert found.safety == (score(whole).safety if missing != "44260-8" else set())


def test_danger_counts_in_a_malformed_form() -> None:
    found = score(replace(phq_9(0, 0, 0, 0, 0, 0, 0, 0, 2), foreign=("11111-1",)))
    assert (found.standing, found.score) == (Standing.MALFORMED, None)
    assert found.safety == {SafetyReason.SELF_HARM_THOUGHTS}


def test_of_two_answers_to_one_item_the_graver_one_is_heeded() -> None:
    calm, grave = phq_9(*[0] * 9), ("44260-8", "LA6571-9")
    for items in ((*calm.items, grave), (grave, *calm.items)):
        found = score(replace(calm, items=items))
        assert found.standing is Standing.MALFORMED
        assert found.safety == {SafetyReason.SELF_HARM_THOUGHTS}


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))
def test_audit_c_is_the_sum_of_its_three_items(often: int, many: int, six: int) -> None:
    found = score(audit_c(often, many, six))
    assert (found.standing, found.score) == (Standing.COMPLETE, often + many + six)
    assert found.safety == set()


@pytest.mark.parametrize(
    ("gender", "total", "band"),
    [
        (Gender.MALE, 3, "negative"),
        (Gender.MALE, 4, "positive"),
        (Gender.FEMALE, 2, "negative"),
        (Gender.FEMALE, 3, "positive"),
        (Gender.OTHER, 3, "positive"),
        (Gender.UNKNOWN, 3, "positive"),
    ],
)
def test_the_cut_off_of_audit_c_depends_on_gender(gender: Gender, total: int, band: str) -> None:
    assert score(audit_c(total, 0, 0), gender=gender).band == band


def test_a_count_of_days_is_never_worth_points() -> None:
    coded = Answers(
        InstrumentName.AUDIT_C,
        (("68517-2", "LA15695-2"), ("68519-8", "LA15695-2"), ("68520-6", "LA18876-5")),
    )
    assert score(coded).standing is Standing.MALFORMED
    without = replace(coded, items=coded.items[1:])
    assert score(without).standing is Standing.INCOMPLETE


@given(st.sets(st.sampled_from(C_SSRS_ITEMS)))
def test_c_ssrs_acts_on_the_gravest_yes(said_yes: set[str]) -> None:
    found = score(c_ssrs(*said_yes))
    if said_yes & HIGH:
        expected = ("high", {SafetyReason.SUICIDE_RISK_HIGH})
    elif said_yes & MODERATE:
        expected = ("moderate", {SafetyReason.SUICIDE_RISK_MODERATE})
    else:
        expected = ("low" if said_yes else "none", set())
    assert (found.band, set(found.safety)) == expected


@pytest.mark.parametrize(
    ("stated", "safety", "differs"),
    [
        ("LA9194-7", set(), False),
        ("LA6751-7", {SafetyReason.SUICIDE_RISK_MODERATE}, True),
        ("LA9193-9", {SafetyReason.SUICIDE_RISK_HIGH}, True),
        ("LA33-6", set(), False),
    ],
)
def test_of_computed_and_stated_risk_the_higher_is_acted_on(
    stated: str, safety: set[SafetyReason], differs: bool
) -> None:
    found = score(replace(c_ssrs(), stated_level=stated))
    assert (found.band, set(found.safety), found.stated_differs) == ("none", safety, differs)


def test_a_stated_level_counts_even_without_items() -> None:
    found = score(Answers(InstrumentName.C_SSRS, (), stated_level="LA9193-9"))
    assert found.standing is Standing.INCOMPLETE
    assert found.safety == {SafetyReason.SUICIDE_RISK_HIGH}


def test_a_stated_total_that_differs_is_kept_and_flagged() -> None:
    found = score(replace(phq_9(*[1] * 8, 0), stated_total=9))
    assert (found.score, found.stated_total, found.stated_differs) == (8, 9, True)
    assert not score(replace(phq_9(*[1] * 8, 0), stated_total=8)).stated_differs


@given(POINTS, st.data())
def test_the_order_of_answers_does_not_matter(points: list[int], data: st.DataObject) -> None:
    whole = phq_9(*points)
    shuffled = tuple(data.draw(st.permutations(whole.items)))
    for one, other in ((whole, replace(whole, items=shuffled)),):
        left, right = score(one), score(other)
        assert (left.score, left.band, left.safety) == (right.score, right.band, right.safety)


@pytest.mark.parametrize("name", InstrumentName)
def test_an_answer_of_another_list_or_a_foreign_item_is_malformed(name: InstrumentName) -> None:
    items = tuple((item, "LA99999-9") for item in REGISTRY[name].items)
    assert score(Answers(name, items)).standing is Standing.MALFORMED
    assert score(Answers(name, (("12345-6", NO),))).standing is Standing.MALFORMED


def test_an_instrument_is_known_by_its_items() -> None:
    assert which(frozenset(PHQ_9_ITEMS[:2])) is InstrumentName.PHQ_9
    assert which(frozenset({"68519-8", "76504-0"})) is InstrumentName.AUDIT_C
    assert which(frozenset(C_SSRS_ITEMS)) is InstrumentName.C_SSRS
    assert which(frozenset({"76504-0"})) is None
    assert which(frozenset()) is None


def test_yes_and_no_are_the_only_answers_of_c_ssrs() -> None:
    items = REGISTRY[InstrumentName.C_SSRS].items
    assert {answer for answers in items.values() for answer in answers} == {NO, YES}
