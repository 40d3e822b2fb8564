"""Which coach is asked next, and why: read this first to know what matching decides."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import TypeAlias
from uuid import UUID

from services.matching.rules.coach import Coach
from services.matching.rules.eligibility import FOR_EVER, WhyNot, all_why_nots
from services.matching.rules.fit import DEFAULT_WEIGHTS, Factor, Weights, fit, profile_of, total
from services.matching.rules.need import Need

NEARLY_EQUAL = 5
"""Points within which two coaches fit alike and the fairness of their load decides."""

_NEVER = datetime.min.replace(tzinfo=UTC)

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"


class Gap(StrEnum):
    """Why a decision found nobody, where no coach can be named: the roster is empty."""

    EMPTY_ROSTER = "empty-roster"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A coach who may be asked."""

    coach_id: UUID
    fit: float
    load: float
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A coach who may not be asked, with every reason."""

    coach_id: UUID
    why_nots: tuple[WhyNot, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The coach to ask. `candidates` are in the order of asking: the first is the chosen one."""

    coach_id: UUID
    candidates: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...]
    fit_version: str

    def explanation(self) -> dict[str, Json]:
        """The decision as plain JSON: ids, codes and numbers, no attribute of anybody."""
        return {
            "chosen": str(self.coach_id),
            "fit_version": self.fit_version,
            **_candidates(self.candidates),
            "left_out": _reasons(self.left_out),
        }


@dataclass(frozen=True, slots=True)
class Nobody:
    """No coach may be asked. `closest_gap` names the rule that removed the last candidates.

    `ever_possible` is False when every coach of the roster breaks a rule that no waiting mends:
    then a supervisor decides instead of a waitlist. `closest_gap` may be an exclusion, which
    neither side may learn: it is for the explanation, `waitlist.public_reason` is for events.
    """

    closest_gap: WhyNot | Gap
    ever_possible: bool
    left_out: tuple[LeftOut, ...]
    fit_version: str

    def explanation(self) -> dict[str, Json]:
        """The decision as plain JSON: ids, codes and numbers, no attribute of anybody."""
        return {
            "chosen": None,
            "fit_version": self.fit_version,
            "closest_gap": self.closest_gap.value,
            "ever_possible": self.ever_possible,
            "left_out": _reasons(self.left_out),
        }


def choose(
    need: Need,
    coaches: Iterable[Coach],
    *,
    now: datetime,
    already_asked: frozenset[UUID] = frozenset(),
    weights: Weights = DEFAULT_WEIGHTS,
) -> Chosen | Nobody:
    """Pick the best fitting coach; among nearly equal ones the one with the lightest load.

    Then the one who was asked longest ago, then a hash of the two ids. Equal inputs give equal
    answers in any input order, so a replay chooses the same coach.
    """
    fitting: list[Coach] = []
    left_out: list[LeftOut] = []
    judged = all_why_nots(need, coaches, now=now, already_asked=already_asked)
    for coach, why_nots in judged:
        if why_nots:
            left_out.append(LeftOut(coach.coach_id, why_nots))
        else:
            fitting.append(coach)
    left_out.sort(key=lambda out: out.coach_id)
    if not fitting:
        return _nobody(tuple(left_out), weights)
    candidates = _in_order_of_asking(need, fitting, weights)
    return Chosen(candidates[0].coach_id, candidates, tuple(left_out), weights.version)


def _in_order_of_asking(
    need: Need, coaches: list[Coach], weights: Weights
) -> tuple[Candidate, ...]:
    seen: dict[Hashable, tuple[float, tuple[Factor, ...]]] = {}
    candidates: list[tuple[Coach, Candidate]] = []
    for coach in coaches:
        profile = profile_of(coach)
        if profile not in seen:
            factors = fit(need, coach, weights)
            seen[profile] = total(factors), factors
        points, factors = seen[profile]
        candidates.append((coach, Candidate(coach.coach_id, points, coach.load, factors)))
    best = max(candidate.fit for _, candidate in candidates)

    def turn(pair: tuple[Coach, Candidate]) -> tuple[float, float, datetime, bytes]:
        coach, candidate = pair
        behind = best - candidate.fit
        return (
            0 if behind <= NEARLY_EQUAL else behind,
            candidate.load,
            coach.last_offered_at or _NEVER,
            sha256(need.referral_id.bytes + coach.coach_id.bytes).digest(),
        )

    return tuple(candidate for _, candidate in sorted(candidates, key=turn))


def _nobody(left_out: tuple[LeftOut, ...], weights: Weights) -> Nobody:
    severity = list(WhyNot)
    first_gaps = [out.why_nots[0] for out in left_out]
    return Nobody(
        closest_gap=max(first_gaps, key=severity.index, default=Gap.EMPTY_ROSTER),
        ever_possible=any(FOR_EVER.isdisjoint(out.why_nots) for out in left_out),
        left_out=left_out,
        fit_version=weights.version,
    )


def _candidates(candidates: tuple[Candidate, ...]) -> dict[str, Json]:
    """Each coach with the number of their fit: many coaches fit alike, so a fit is told once.

    Those who look alike share the factors themselves: to compare each coach's takes longer.
    """
    alike = {id(one.factors): one.factors for one in candidates}
    numbers = {factors: number for number, factors in enumerate(dict.fromkeys(alike.values()))}
    number_of = {key: numbers[factors] for key, factors in alike.items()}
    told: list[Json] = [
        {
            "coach_id": str(one.coach_id),
            "load": round(one.load, 4),
            "fit": number_of[id(one.factors)],
        }
        for one in candidates
    ]
    return {"candidates": told, "fits": [_fit(factors) for factors in numbers]}


def _fit(factors: tuple[Factor, ...]) -> Json:
    return {
        "points": total(factors),
        "factors": {
            factor.name.value: {
                "likeness": factor.likeness.value,
                "points": factor.points,
                "of": factor.of,
            }
            for factor in factors
        },
    }


def _reasons(left_out: tuple[LeftOut, ...]) -> Json:
    """Each set of reasons once, with the coaches whom it keeps out."""
    coaches: dict[tuple[WhyNot, ...], list[Json]] = {}
    for out in left_out:
        coaches.setdefault(out.why_nots, []).append(str(out.coach_id))
    return [
        {"why_nots": [code.value for code in why_nots], "coaches": those}
        for why_nots, those in coaches.items()
    ]
