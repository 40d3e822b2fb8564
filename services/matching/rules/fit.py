"""How well a coach fits a person: 0 to 100 points, and up to 15 more for the person's wishes."""

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from services.matching.rules.coach import Coach
from services.matching.rules.need import Need


class FactorName(StrEnum):
    PATHWAY = "pathway"
    AGE_BAND = "age_band"
    SPIRITUALITY = "spirituality"
    FAMILY = "family"
    KINDS_OF_SUPPORT = "kinds_of_support"
    WISHES = "wishes"


class Likeness(StrEnum):
    """What a comparison found; never the values compared, which belong to coach and person."""

    ALIKE = "alike"
    PARTLY = "partly"
    DIFFERENT = "different"
    NOT_KNOWN = "not-known"


@dataclass(frozen=True, slots=True)
class Weights:
    """Points per factor. A change is a new `version`, which every decision stores.

    Source of the order: Tillson and Lewis 2024. Gender, race, substance and justice history
    have no weight; they count only where the person asks, as a must or as a wish.
    """

    version: str = "likeness-1"
    pathway: int = 30
    age_band: int = 25
    spirituality: int = 20
    family: int = 15
    kinds_of_support: int = 10
    wishes: int = 15


DEFAULT_WEIGHTS = Weights()

_UNSAID = (None, "unknown")
_GENDERS = frozenset({"woman", "man", "nonbinary"})


@dataclass(frozen=True, slots=True)
class Factor:
    """One line of an explanation: `points` out of `of`, in steps of a half."""

    name: FactorName
    likeness: Likeness
    points: float
    of: int


def fit(need: Need, coach: Coach, weights: Weights = DEFAULT_WEIGHTS) -> tuple[Factor, ...]:
    """The factors of one pair, in a fixed order; their sum is the fit.

    What either side does not know or say brings half its weight: silence costs nobody a place.
    The wishes are a line only where the person has any, and they come on top of the hundred:
    capped, they would not count where they matter.
    """
    asked, offered = need.fit, coach.fit
    factors = (
        _alike(FactorName.PATHWAY, asked.pathway, offered.pathway, weights.pathway),
        _alike(FactorName.AGE_BAND, asked.age_band, offered.age_band, weights.age_band),
        _alike(
            FactorName.SPIRITUALITY, asked.spirituality, offered.spirituality, weights.spirituality
        ),
        _alike(FactorName.FAMILY, asked.family, offered.family, weights.family),
        _kinds(need, coach, weights.kinds_of_support),
    )
    return (*factors, _wishes(need, coach, weights.wishes)) if need.prefer else factors


def profile_of(coach: Coach) -> Hashable:
    """All of a coach that `fit` looks at: two coaches with one profile fit everybody alike."""
    told = coach.fit
    return (
        told.pathway,
        told.age_band,
        told.spirituality,
        told.family,
        coach.kinds_of_support,
        coach.attributes,
    )


def total(factors: tuple[Factor, ...]) -> float:
    """The sum of the points. Exact: every summand is a whole number of halves."""
    return sum(factor.points for factor in factors)


def _alike(name: FactorName, one: str | None, other: str | None, weight: int) -> Factor:
    if one in _UNSAID or other in _UNSAID:
        return Factor(name, Likeness.NOT_KNOWN, weight / 2, weight)
    if one == other:
        return Factor(name, Likeness.ALIKE, float(weight), weight)
    return Factor(name, Likeness.DIFFERENT, 0.0, weight)


def _kinds(need: Need, coach: Coach, weight: int) -> Factor:
    if not need.kinds_of_support or not coach.kinds_of_support:
        return Factor(FactorName.KINDS_OF_SUPPORT, Likeness.NOT_KNOWN, weight / 2, weight)
    met = len(need.kinds_of_support & coach.kinds_of_support)
    return _share(FactorName.KINDS_OF_SUPPORT, met, of=len(need.kinds_of_support), weight=weight)


def _wishes(need: Need, coach: Coach, weight: int) -> Factor:
    told = {_topic(code) for code in coach.attributes}
    silent = sum(_topic(code) not in told for code in need.prefer)
    halves = 2 * len(need.prefer & coach.attributes) + silent
    if silent == len(need.prefer):
        return Factor(FactorName.WISHES, Likeness.NOT_KNOWN, weight / 2, weight)
    return _share(FactorName.WISHES, halves, of=2 * len(need.prefer), weight=weight)


def _share(name: FactorName, met: int, *, of: int, weight: int) -> Factor:
    likeness = Likeness.PARTLY
    if met in (0, of):
        likeness = Likeness.ALIKE if met else Likeness.DIFFERENT
    return Factor(name, likeness, 2 * weight * met // of / 2, weight)


def _topic(code: str) -> str:
    """What a code is about: a coach who says `man` has not left open whether she is a woman."""
    return "gender" if code in _GENDERS else code.partition(":")[0]
