"""How points are given: likeness counts, silence counts half, wishes come on top."""

from dataclasses import replace

import pytest
from hypothesis import given

from services.matching.rules.coach import Coach
from services.matching.rules.fit import FactorName, Likeness, Weights, fit, total
from services.matching.rules.need import Need
from shared.events import FitFactors
from tests.unit.matching.drawn import COACH, NEED, coaches, needs

ALL_KNOWN = FitFactors(pathway="secular", age_band="26_39", spirituality="none", family="single")
OTHERS = FitFactors(
    pathway="faith_based", age_band="18_25", spirituality="religious", family="partnered"
)
WEIGHTS = {"pathway": 30, "age_band": 25, "spirituality": 20, "family": 15}


def points(need: Need, coach: Coach) -> float:
    return total(fit(need, coach))


def test_likeness_in_everything_is_a_hundred_points() -> None:
    assert points(replace(NEED, fit=ALL_KNOWN), replace(COACH, fit=ALL_KNOWN)) == 100


def test_likeness_in_nothing_is_no_points() -> None:
    coach = replace(COACH, fit=OTHERS, kinds_of_support=frozenset({"advocacy"}))
    assert points(replace(NEED, fit=ALL_KNOWN), coach) == 0


@pytest.mark.parametrize(("name", "weight"), WEIGHTS.items())
def test_one_like_factor_brings_its_weight(name: str, weight: int) -> None:
    alike = OTHERS.model_copy(update={name: getattr(ALL_KNOWN, name)})
    coach = replace(COACH, fit=alike, kinds_of_support=frozenset({"advocacy"}))
    assert points(replace(NEED, fit=ALL_KNOWN), coach) == weight


@pytest.mark.parametrize(("name", "weight"), WEIGHTS.items())
@pytest.mark.parametrize("unsaid", [None, "unknown"])
def test_what_either_side_leaves_open_brings_half(
    name: str, weight: int, unsaid: str | None
) -> None:
    silent = ALL_KNOWN.model_copy(update={name: unsaid})
    for asked, offered in ((silent, ALL_KNOWN), (ALL_KNOWN, silent), (silent, silent)):
        factors = fit(replace(NEED, fit=asked), replace(COACH, fit=offered))
        line = next(factor for factor in factors if factor.name == name)
        assert (line.likeness, line.points, line.of) == (Likeness.NOT_KNOWN, weight / 2, weight)
        assert total(factors) == 100 - weight / 2


@pytest.mark.parametrize(
    ("asked", "offered", "expected"),
    [
        ({"mentoring"}, {"mentoring", "advocacy"}, (Likeness.ALIKE, 10)),
        ({"mentoring", "advocacy"}, {"mentoring"}, (Likeness.PARTLY, 5)),
        ({"mentoring", "advocacy", "group_leading"}, {"mentoring"}, (Likeness.PARTLY, 3)),
        ({"mentoring", "advocacy", "group_leading"}, {"mentoring", "advocacy"}, ("partly", 6.5)),
        ({"mentoring"}, {"advocacy"}, (Likeness.DIFFERENT, 0)),
        (set(), {"advocacy"}, (Likeness.NOT_KNOWN, 5)),
        ({"mentoring"}, set(), (Likeness.NOT_KNOWN, 5)),
    ],
)
def test_kinds_of_support_count_by_the_share_that_is_offered(
    asked: set[str], offered: set[str], expected: tuple[Likeness, float]
) -> None:
    need = replace(NEED, kinds_of_support=frozenset(asked))
    line = fit(need, replace(COACH, kinds_of_support=frozenset(offered)))[-1]
    assert line.name is FactorName.KINDS_OF_SUPPORT
    assert (line.likeness, line.points) == expected


@pytest.mark.parametrize(
    ("wishes", "attributes", "expected"),
    [
        ({"woman"}, {"woman", "parent"}, (Likeness.ALIKE, 15)),
        ({"woman"}, {"man"}, (Likeness.DIFFERENT, 0)),
        ({"woman"}, {"parent"}, (Likeness.NOT_KNOWN, 7.5)),
        ({"woman", "veteran"}, {"woman"}, (Likeness.PARTLY, 11)),
        ({"woman", "veteran"}, {"man"}, (Likeness.PARTLY, 3.5)),
        ({"woman", "veteran"}, {"man", "veteran"}, (Likeness.PARTLY, 7.5)),
        ({"gender:f"}, {"gender:m"}, (Likeness.DIFFERENT, 0)),
        ({"gender:f"}, {"faith:none"}, (Likeness.NOT_KNOWN, 7.5)),
    ],
)
def test_wishes_come_on_top_by_the_share_that_is_met(
    wishes: set[str], attributes: set[str], expected: tuple[Likeness, float]
) -> None:
    need = replace(NEED, fit=ALL_KNOWN, prefer=frozenset(wishes))
    factors = fit(need, replace(COACH, fit=ALL_KNOWN, attributes=frozenset(attributes)))
    assert factors[-1].name is FactorName.WISHES
    assert (factors[-1].likeness, factors[-1].points) == expected
    assert total(factors) == 100 + expected[1]


def test_other_weights_give_other_points() -> None:
    weights = Weights(version="trial", pathway=100, age_band=0, spirituality=0, family=0)
    need, coach = replace(NEED, fit=ALL_KNOWN), replace(COACH, fit=ALL_KNOWN)
    assert total(fit(need, coach, weights)) == 110


def test_what_a_coach_says_of_herself_changes_nothing_unless_somebody_asks() -> None:
    said = replace(COACH, attributes=frozenset({"woman", "justice_experience", "same_substance"}))
    assert fit(NEED, said) == fit(NEED, COACH)


@given(needs, coaches)
def test_every_line_lies_between_nothing_and_its_weight(need: Need, coach: Coach) -> None:
    for factor in fit(need, coach):
        assert 0 <= factor.points <= factor.of
        assert (factor.points * 2).is_integer()


@given(needs, coaches)
def test_the_hundred_is_always_the_same_hundred(need: Need, coach: Coach) -> None:
    weights = {factor.name: factor.of for factor in fit(need, coach)}
    assert weights.pop(FactorName.WISHES, 15) == 15
    assert sum(weights.values()) == 100


@given(needs, coaches)
def test_saying_nothing_never_costs_more_than_differing(need: Need, coach: Coach) -> None:
    assert points(replace(need, fit=FitFactors()), coach) >= points(
        replace(need, fit=ALL_KNOWN), replace(coach, fit=OTHERS)
    )
