"""People and coaches for the tests of matching: one of each that fit, and strategies of many."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, permutations, product
from uuid import UUID

from hypothesis import strategies as st

from services.matching.rules.coach import Coach, Credential
from services.matching.rules.hours import BusinessHours
from services.matching.rules.need import Need
from shared.events import Area, FitFactors, HourRange, Modality, Urgency

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)  # a Wednesday, 10:00 in New York
COUNTIES = ("37063", "37183", "37135")
LANGUAGES = ("en", "es", "fr")
KINDS = ("advocacy", "mentoring", "skill_building")
ATTRIBUTES = ("woman", "man", "veteran", "parent")


def nine_to_five(zone: str = "America/New_York", days: range = range(5)) -> BusinessHours:
    return BusinessHours(
        tuple(HourRange(weekday=day, start_minute=540, end_minute=1020) for day in days), zone
    )


NEED = Need(
    referral_id=UUID(int=0xA1),
    clinic_id=UUID(int=0xB1),
    person_id=UUID(int=0xC1),
    episode=1,
    urgency=Urgency.ROUTINE,
    area=Area(state="NC", county_fips="37063"),
    zone="America/New_York",
    languages=("en",),
    modality=Modality.EITHER,
    kinds_of_support=frozenset({"mentoring"}),
    must=frozenset(),
    prefer=frozenset(),
    fit=FitFactors(),
    coach_organisation="peers-of-durham",
    consent_expires_at=NOW + timedelta(days=300),
)

COACH = Coach(
    coach_id=UUID(int=1),
    organisation="peers-of-durham",
    counties=frozenset({"37063"}),
    remote=True,
    languages=frozenset({"en"}),
    credentials=(Credential("ic-rc-pr", "NC", date(2026, 1, 1), date(2026, 12, 31)),),
    active=True,
    supervised=True,
    paused_until=None,
    max_active=5,
    active_count=0,
    open_offers=0,
    hours=nine_to_five(),
    kinds_of_support=frozenset({"mentoring"}),
    fit=FitFactors(),
    attributes=frozenset(),
    excluded_people=frozenset(),
    last_offered_at=None,
)


# Each of these is one draw from all there are; drawn element by element they cost ten times more.
def _subsets(of: Sequence[str], *, least: int = 0) -> st.SearchStrategy[frozenset[str]]:
    sizes = range(least, len(of) + 1)
    return st.sampled_from([frozenset(some) for size in sizes for some in combinations(of, size)])


_in_any_order = [some for size in (1, 2, 3) for some in permutations(LANGUAGES, size)]
_kinds = _subsets(KINDS)
_attributes = _subsets(ATTRIBUTES)
fits = st.sampled_from(
    [
        FitFactors(pathway=pathway, age_band=age_band, spirituality=spirituality, family=family)
        for pathway, age_band, spirituality, family in product((None, "a", "b"), repeat=4)
    ]
)

needs = st.builds(
    replace,
    st.just(NEED),
    referral_id=st.uuids(),
    urgency=st.sampled_from(Urgency),
    area=st.sampled_from(COUNTIES).map(lambda fips: Area(state="NC", county_fips=fips)),
    languages=st.sampled_from(_in_any_order),
    modality=st.sampled_from(Modality),
    kinds_of_support=_kinds,
    must=st.one_of(st.just(frozenset[str]()), _attributes),
    prefer=_attributes,
    fit=fits,
)

coaches = st.builds(
    replace,
    st.just(COACH),
    coach_id=st.uuids(),
    counties=_subsets(COUNTIES),
    remote=st.booleans(),
    languages=_subsets(LANGUAGES, least=1),
    active=st.sampled_from((True, True, True, False)),
    paused_until=st.sampled_from((None, None, NOW, NOW + timedelta(days=1))),
    max_active=st.integers(0, 6),
    active_count=st.integers(0, 4),
    open_offers=st.integers(0, 2),
    kinds_of_support=_kinds,
    fit=fits,
    attributes=_attributes,
    last_offered_at=st.one_of(
        st.none(), st.integers(0, 400).map(lambda hours: NOW - timedelta(hours=hours))
    ),
)

rosters = st.lists(coaches, max_size=8, unique_by=lambda coach: coach.coach_id)


def fitting(coach: Coach, need: Need) -> Coach:
    """The same coach, changed as little as it takes to break no hard constraint for `need`."""
    return replace(
        coach,
        counties=frozenset(COUNTIES),
        remote=True,
        languages=frozenset(LANGUAGES),
        active=True,
        paused_until=None,
        max_active=12,
        attributes=coach.attributes | need.must,
    )
