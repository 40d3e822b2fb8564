"""The hard constraints: each one that a coach breaks is a coded reason, and all are told."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from services.matching.rules.coach import Coach
from services.matching.rules.need import Need, primary_language
from shared.events import Modality

MIN_WEEKLY_HOURS = timedelta(hours=2)


class WhyNot(StrEnum):
    """Why a coach is left out, hardest to change first: that order decides the closest gap."""

    OUTSIDE_AREA = "outside-area"
    NOT_REMOTE = "not-remote"
    LANGUAGE = "language"
    MUST_NOT_MET = "must-not-met"
    EXCLUDED = "excluded"
    ORGANISATION_NOT_IN_CONSENT = "organisation-not-in-consent"
    CONSENT_EXPIRED = "consent-expired"
    INACTIVE = "inactive"
    NO_VALID_CREDENTIAL = "no-valid-credential"
    NOT_SUPERVISED = "not-supervised"
    TOO_FEW_HOURS = "too-few-hours"
    ALREADY_ASKED = "already-asked"
    PAUSED = "paused"
    NO_ROOM = "no-room"


FOR_EVER = frozenset(
    {
        WhyNot.OUTSIDE_AREA,
        WhyNot.NOT_REMOTE,
        WhyNot.LANGUAGE,
        WhyNot.MUST_NOT_MET,
        WhyNot.EXCLUDED,
    }
)
"""What neither time nor anybody's work at a desk can change about this coach and this person."""


class _Question:
    """A referral at one moment; what is the same for many coaches is worked out once."""

    def __init__(self, need: Need, now: datetime, already_asked: frozenset[UUID]) -> None:
        self.need, self.now, self.already_asked = need, now, already_asked
        self.languages = frozenset(primary_language(tag) for tag in need.languages)
        self.county = need.area.county_fips
        self.at_any_place = need.modality is Modality.REMOTE
        self.remotely_too = need.modality is Modality.EITHER
        ends = need.consent_expires_at
        self.consent_runs = ends is None or now < ends
        self._today: dict[str, date] = {}

    def today_in(self, zone: str) -> date:
        """The date on the wall there."""
        if zone not in self._today:
            self._today[zone] = self.now.astimezone(ZoneInfo(zone)).date()
        return self._today[zone]


_Holds: TypeAlias = Callable[[_Question, Coach], bool]


def why_not(
    need: Need, coach: Coach, *, now: datetime, already_asked: frozenset[UUID] = frozenset()
) -> tuple[WhyNot, ...]:
    """Every hard constraint that keeps this coach from this referral; empty when the coach fits.

    `already_asked` are the coaches whose offers for this referral were declined or lapsed.
    """
    return _broken(_Question(need, now, already_asked), coach)


def all_why_nots(
    need: Need,
    coaches: Iterable[Coach],
    *,
    now: datetime,
    already_asked: frozenset[UUID] = frozenset(),
) -> Iterator[tuple[Coach, tuple[WhyNot, ...]]]:
    """`why_not` for many coaches."""
    question = _Question(need, now, already_asked)
    for coach in coaches:
        yield coach, _broken(question, coach)


def _broken(question: _Question, coach: Coach) -> tuple[WhyNot, ...]:
    return tuple([code for code, holds in _IN_ORDER if not holds(question, coach)])


def why_not_any_more(need: Need, coach: Coach, *, now: datetime) -> tuple[WhyNot, ...]:
    """The same constraints at the moment the coach accepts, whose own open offer is a place."""
    return why_not(need, replace(coach, open_offers=max(coach.open_offers - 1, 0)), now=now)


def _serves_area(question: _Question, coach: Coach) -> bool:
    if question.at_any_place or (question.remotely_too and coach.remote):
        return True
    return question.county in coach.counties


def _meets_remotely(question: _Question, coach: Coach) -> bool:
    return coach.remote or not question.at_any_place


def _shares_language(question: _Question, coach: Coach) -> bool:
    return not question.languages.isdisjoint(map(primary_language, coach.languages))


def _has_credential(question: _Question, coach: Coach) -> bool:
    today = question.today_in(coach.hours.zone)
    return any(
        held.jurisdiction == question.need.area.state and held.valid_from <= today <= held.valid_to
        for held in coach.credentials
    )


def _is_not_paused(question: _Question, coach: Coach) -> bool:
    return coach.paused_until is None or coach.paused_until <= question.now


_CONSTRAINTS: dict[WhyNot, _Holds] = {
    WhyNot.OUTSIDE_AREA: _serves_area,
    WhyNot.NOT_REMOTE: _meets_remotely,
    WhyNot.LANGUAGE: _shares_language,
    WhyNot.MUST_NOT_MET: lambda question, coach: question.need.must <= coach.attributes,
    WhyNot.EXCLUDED: lambda question, coach: question.need.person_id not in coach.excluded_people,
    WhyNot.ORGANISATION_NOT_IN_CONSENT: (
        lambda question, coach: question.need.coach_organisation == coach.organisation
    ),
    WhyNot.CONSENT_EXPIRED: lambda question, coach: question.consent_runs,
    WhyNot.INACTIVE: lambda question, coach: coach.active,
    WhyNot.NO_VALID_CREDENTIAL: _has_credential,
    WhyNot.NOT_SUPERVISED: lambda question, coach: coach.supervised,
    WhyNot.TOO_FEW_HOURS: lambda question, coach: coach.hours.weekly >= MIN_WEEKLY_HOURS,
    WhyNot.ALREADY_ASKED: lambda question, coach: coach.coach_id not in question.already_asked,
    WhyNot.PAUSED: _is_not_paused,
    WhyNot.NO_ROOM: lambda question, coach: coach.has_room,
}
_IN_ORDER = tuple(_CONSTRAINTS.items())
