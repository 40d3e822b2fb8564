"""Each hard constraint keeps exactly the coaches away that break it, and says so."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given

from services.matching.rules.coach import Coach, Credential
from services.matching.rules.eligibility import WhyNot, why_not, why_not_any_more
from services.matching.rules.hours import BusinessHours
from services.matching.rules.need import Need
from shared.events import HourRange, Modality
from tests.unit.matching.drawn import COACH, NEED, NOW, coaches, fitting, needs, nine_to_five

MINUTE = timedelta(minutes=1)


def licence(
    first: date = date(2026, 1, 1), last: date = date(2026, 12, 31), state: str = "NC"
) -> Credential:
    return Credential("ic-rc-pr", state, first, last)


def with_weekly_minutes(minutes: int) -> BusinessHours:
    return BusinessHours(
        (HourRange(weekday=0, start_minute=600, end_minute=600 + minutes),), "America/New_York"
    )


AT_HOME = replace(NEED, modality=Modality.IN_PERSON)
BY_VIDEO = replace(NEED, modality=Modality.REMOTE)
ELSEWHERE = replace(COACH, counties=frozenset({"37183"}))
LAST_MINUTE_IN_NEW_YORK = datetime(2026, 3, 5, 4, 59, tzinfo=UTC)

KEPT_AWAY = {
    "in person, another county": (AT_HOME, ELSEWHERE, WhyNot.OUTSIDE_AREA),
    "either, another county and not remote": (
        NEED,
        replace(ELSEWHERE, remote=False),
        WhyNot.OUTSIDE_AREA,
    ),
    "remote only, coach is not": (BY_VIDEO, replace(COACH, remote=False), WhyNot.NOT_REMOTE),
    "no common language": (replace(NEED, languages=("es", "fr")), COACH, WhyNot.LANGUAGE),
    "one of two musts unmet": (
        replace(NEED, must=frozenset({"woman", "veteran"})),
        replace(COACH, attributes=frozenset({"woman"})),
        WhyNot.MUST_NOT_MET,
    ),
    "kept apart": (
        NEED,
        replace(COACH, excluded_people=frozenset({NEED.person_id})),
        WhyNot.EXCLUDED,
    ),
    "consent names another organisation": (
        NEED,
        replace(COACH, organisation="others"),
        WhyNot.ORGANISATION_NOT_IN_CONSENT,
    ),
    "consent names no organisation": (
        replace(NEED, coach_organisation=None),
        COACH,
        WhyNot.ORGANISATION_NOT_IN_CONSENT,
    ),
    "consent ends now": (replace(NEED, consent_expires_at=NOW), COACH, WhyNot.CONSENT_EXPIRED),
    "inactive": (NEED, replace(COACH, active=False), WhyNot.INACTIVE),
    "no credential": (NEED, replace(COACH, credentials=()), WhyNot.NO_VALID_CREDENTIAL),
    "credential of another state": (
        NEED,
        replace(COACH, credentials=(licence(state="VA"),)),
        WhyNot.NO_VALID_CREDENTIAL,
    ),
    "credential ended yesterday": (
        NEED,
        replace(COACH, credentials=(licence(last=date(2026, 3, 3)),)),
        WhyNot.NO_VALID_CREDENTIAL,
    ),
    "credential begins tomorrow": (
        NEED,
        replace(COACH, credentials=(licence(first=date(2026, 3, 5)),)),
        WhyNot.NO_VALID_CREDENTIAL,
    ),
    "not supervised": (NEED, replace(COACH, supervised=False), WhyNot.NOT_SUPERVISED),
    "under two hours a week": (
        NEED,
        replace(COACH, hours=with_weekly_minutes(119)),
        WhyNot.TOO_FEW_HOURS,
    ),
    "paused": (NEED, replace(COACH, paused_until=NOW + MINUTE), WhyNot.PAUSED),
    "every place taken": (NEED, replace(COACH, active_count=5), WhyNot.NO_ROOM),
    "the last place on offer": (
        NEED,
        replace(COACH, active_count=4, open_offers=1),
        WhyNot.NO_ROOM,
    ),
    "takes nobody": (NEED, replace(COACH, max_active=0), WhyNot.NO_ROOM),
}

LET_IN = {
    "nothing unusual": (NEED, COACH),
    "in person, same county, not remote": (AT_HOME, replace(COACH, remote=False)),
    "either, another county but remote": (NEED, ELSEWHERE),
    "remote, another county": (BY_VIDEO, ELSEWHERE),
    "another variety of the language": (
        replace(NEED, languages=("es-MX",)),
        replace(COACH, languages=frozenset({"ES-419"})),
    ),
    "only the second-best language": (replace(NEED, languages=("es", "en")), COACH),
    "every must met": (
        replace(NEED, must=frozenset({"woman"})),
        replace(COACH, attributes=frozenset({"woman", "parent"})),
    ),
    "somebody else kept apart": (NEED, replace(COACH, excluded_people=frozenset({UUID(int=9)}))),
    "consent ends in a moment": (replace(NEED, consent_expires_at=NOW + MINUTE), COACH),
    "consent ends by an event": (replace(NEED, consent_expires_at=None), COACH),
    "credential's first day": (NEED, replace(COACH, credentials=(licence(date(2026, 3, 4)),))),
    "credential's last day": (
        NEED,
        replace(COACH, credentials=(licence(last=date(2026, 3, 4)),)),
    ),
    "one credential of two": (NEED, replace(COACH, credentials=(licence(state="VA"), licence()))),
    "pause ends now": (NEED, replace(COACH, paused_until=NOW)),
    "two hours a week": (NEED, replace(COACH, hours=with_weekly_minutes(120))),
    "one place left": (NEED, replace(COACH, active_count=3, open_offers=1)),
}


@pytest.mark.parametrize(("need", "coach", "code"), list(KEPT_AWAY.values()), ids=KEPT_AWAY)
def test_a_broken_constraint_is_the_only_reason_given(
    need: Need, coach: Coach, code: WhyNot
) -> None:
    assert why_not(need, coach, now=NOW) == (code,)


@pytest.mark.parametrize(("need", "coach"), LET_IN.values(), ids=LET_IN)
def test_a_coach_at_the_edge_of_a_constraint_still_fits(need: Need, coach: Coach) -> None:
    assert why_not(need, coach, now=NOW) == ()


def test_every_constraint_has_an_example_that_breaks_it() -> None:
    shown = {code for _, _, code in KEPT_AWAY.values()} | {WhyNot.ALREADY_ASKED}
    assert shown == set(WhyNot)


def test_a_coach_who_was_asked_for_this_referral_is_not_asked_again() -> None:
    asked = frozenset({COACH.coach_id})
    assert why_not(NEED, COACH, now=NOW, already_asked=asked) == (WhyNot.ALREADY_ASKED,)


def test_all_reasons_are_told_hardest_to_change_first() -> None:
    coach = replace(COACH, languages=frozenset({"fr"}), active=False, max_active=0)
    assert why_not(AT_HOME, replace(coach, counties=frozenset()), now=NOW) == (
        WhyNot.OUTSIDE_AREA,
        WhyNot.LANGUAGE,
        WhyNot.INACTIVE,
        WhyNot.NO_ROOM,
    )


def test_a_credential_is_valid_until_its_last_day_ends_where_the_coach_is() -> None:
    coach = replace(COACH, credentials=(licence(last=date(2026, 3, 4)),))
    there = replace(coach, hours=nine_to_five("Europe/Madrid"))
    assert why_not(NEED, coach, now=LAST_MINUTE_IN_NEW_YORK) == ()
    assert why_not(NEED, coach, now=LAST_MINUTE_IN_NEW_YORK + MINUTE) != ()
    assert why_not(NEED, there, now=LAST_MINUTE_IN_NEW_YORK) != ()


def test_the_offer_that_a_coach_accepts_does_not_fill_the_place_it_offers() -> None:
    coach = replace(COACH, active_count=4, open_offers=1)
    assert why_not_any_more(NEED, coach, now=NOW) == ()
    assert why_not_any_more(NEED, replace(coach, open_offers=2), now=NOW) == (WhyNot.NO_ROOM,)
    assert why_not_any_more(NEED, replace(coach, active_count=5), now=NOW) == (WhyNot.NO_ROOM,)


def test_a_coach_without_a_counted_offer_gains_no_place_by_accepting() -> None:
    full = replace(COACH, active_count=5, open_offers=0)
    assert why_not_any_more(NEED, full, now=NOW) == (WhyNot.NO_ROOM,)


@given(needs, coaches)
def test_reasons_come_once_each_and_in_the_order_of_the_codes(need: Need, coach: Coach) -> None:
    codes = why_not(need, coach, now=NOW)
    assert list(codes) == [code for code in WhyNot if code in codes]


@given(needs, coaches)
def test_the_coach_that_later_tests_take_as_fitting_does_fit(need: Need, coach: Coach) -> None:
    assert why_not(need, fitting(coach, need), now=NOW) == ()
