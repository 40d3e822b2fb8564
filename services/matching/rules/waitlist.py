"""Who is next when room is freed, and what those who wait are told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.matching.rules.choose import Chosen, Gap, choose
from services.matching.rules.coach import Coach
from services.matching.rules.eligibility import WhyNot
from services.matching.rules.need import Need
from shared.events import Urgency

LARGEST_BONUS = timedelta(hours=72)
"""Nobody who arrives later than this after an earlier referral can ever pass it."""


class WaitReason(StrEnum):
    """Why nobody fits, in words that reveal no exclusion and nothing about a coach."""

    NO_CAPACITY = "no-capacity"
    OUT_OF_AREA = "out-of-area"
    LANGUAGE = "language"
    PREFERENCES = "preferences"
    CONSENT = "consent"
    NO_ELIGIBLE_COACH = "no-eligible-coach"


_PUBLIC_REASONS = {
    Gap.EMPTY_ROSTER: WaitReason.NO_CAPACITY,
    WhyNot.OUTSIDE_AREA: WaitReason.OUT_OF_AREA,
    WhyNot.NOT_REMOTE: WaitReason.OUT_OF_AREA,
    WhyNot.LANGUAGE: WaitReason.LANGUAGE,
    WhyNot.MUST_NOT_MET: WaitReason.PREFERENCES,
    WhyNot.EXCLUDED: WaitReason.NO_ELIGIBLE_COACH,
    WhyNot.ORGANISATION_NOT_IN_CONSENT: WaitReason.CONSENT,
    WhyNot.CONSENT_EXPIRED: WaitReason.CONSENT,
    WhyNot.INACTIVE: WaitReason.NO_CAPACITY,
    WhyNot.NO_VALID_CREDENTIAL: WaitReason.NO_CAPACITY,
    WhyNot.NOT_SUPERVISED: WaitReason.NO_CAPACITY,
    WhyNot.TOO_FEW_HOURS: WaitReason.NO_CAPACITY,
    WhyNot.ALREADY_ASKED: WaitReason.NO_ELIGIBLE_COACH,
    WhyNot.PAUSED: WaitReason.NO_CAPACITY,
    WhyNot.NO_ROOM: WaitReason.NO_CAPACITY,
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A referral on the waitlist; `already_asked` are the coaches who declined or let it lapse."""

    need: Need
    since: datetime
    already_asked: frozenset[UUID] = frozenset()

    @property
    def virtual_arrival(self) -> datetime:
        """When it would have come without its bonus: the order of the list, earliest first.

        The same order as by virtual wait, and it does not change while everybody waits alike.
        """
        return self.since - bonus(self.need.urgency)


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is, and the coach to ask."""

    waiting: Waiting
    chosen: Chosen


@dataclass(frozen=True, slots=True)
class NobodysTurn:
    """No coach has room for anybody who waits; nobody loses a place by that."""


def bonus(urgency: Urgency) -> timedelta:
    """The head start that an urgency gives on the waitlist."""
    match urgency:
        case Urgency.FAST_LANE:
            return LARGEST_BONUS
        case Urgency.URGENT:
            return timedelta(hours=24)
        case Urgency.ROUTINE:
            return timedelta(0)


def virtual_wait(waiting: Waiting, *, now: datetime) -> timedelta:
    """Time waited plus the bonus of the urgency."""
    return now - waiting.virtual_arrival


def in_order(waiting: Iterable[Waiting]) -> tuple[Waiting, ...]:
    """The waitlist by virtual wait, longest first; then who came first, then by referral id."""
    return tuple(
        sorted(waiting, key=lambda one: (one.virtual_arrival, one.since, one.need.referral_id))
    )


def next_turn(
    waiting: Iterable[Waiting], coaches: Iterable[Coach], *, now: datetime
) -> Turn | NobodysTurn:
    """The first in order for whom a coach fits. Those passed over keep their place."""
    roster = tuple(coaches)
    for one in in_order(waiting):
        answer = choose(one.need, roster, now=now, already_asked=one.already_asked)
        if isinstance(answer, Chosen):
            return Turn(one, answer)
    return NobodysTurn()


def public_reason(closest_gap: WhyNot | Gap) -> WaitReason:
    """The reason that events and the clinic may read.

    An exclusion must not show: neither side learns that one fired (it reads like a roster on
    which everybody was asked already).
    """
    return _PUBLIC_REASONS[closest_gap]
