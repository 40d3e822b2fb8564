"""May a coach be sought? Every reason at once, danger before gaps, a refusal before all."""

import re
from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.codes import (
    AgeBand,
    EventKind,
    Intent,
    Refusal,
    SafetyReason,
    SourceStatus,
    Urgency,
)
from services.intake.rules.draft import Address, Consent, FitFactors, Person, Request, RiskEvent
from services.intake.rules.gaps import ASKING, ORDERS
from services.intake.rules.problems import Code, Problem
from services.intake.rules.reading import Reading
from services.intake.rules.screen import SaidBefore, age, screen
from services.intake.rules.states import State
from tests.unit.intake.drawn import (
    COMPLETE,
    CONSENT,
    CREEK,
    LINK,
    PERSON,
    POLICY,
    REQUEST,
    TODAY,
    about,
    asked,
    c_ssrs,
    codes,
    fresh_days,
    kinds,
    phq_9,
    stale_days,
    verdict,
)

DANGER = phq_9(0, 0, 0, 0, 0, 0, 0, 0, 1)


def test_a_complete_submission_is_ready() -> None:
    found = verdict(COMPLETE)
    assert (found.state, found.problems, found.warnings) == (State.READY, (), ())
    assert (found.county, found.zone) == (CREEK, "America/Chicago")


def test_only_consent_missing_waits_for_consent() -> None:
    found = verdict(replace(COMPLETE, consent=None))
    assert (found.state, codes(found)) == (State.CONSENT_PENDING, ["consent_missing"])


def test_anything_else_missing_asks_for_information_and_names_the_consent_too() -> None:
    found = verdict(replace(COMPLETE, consent=Consent(), person=replace(PERSON, phone=None)))
    assert found.state is State.NEEDS_INFO
    assert "phone_unusable" in codes(found)
    assert "consent_recipient_missing" in codes(found)


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (replace(PERSON, name=None), "name_missing"),
        (replace(PERSON, birth_date=None), "birth_date_missing"),
        (replace(PERSON, birth_date=TODAY + timedelta(days=1)), "birth_date_in_future"),
        (replace(PERSON, phone=None), "phone_unusable"),
        (replace(PERSON, languages=()), "language_missing"),
        (replace(PERSON, address=Address("FL", None, "74047")), "zone_unknown"),
        (replace(PERSON, address=Address()), "zone_unknown"),
        (replace(PERSON, address=Address(), zone="America/Denver"), "area_unknown"),
        (replace(PERSON, address=Address("OK", None, "73301")), "zone_unknown"),
        (replace(PERSON, address=Address("OK", None, "73102")), "area_not_served"),
    ],
)
def test_what_is_missing_about_the_person_is_named(person: Person, code: str) -> None:
    found = about(person)
    assert (found.state, codes(found)) == (State.NEEDS_INFO, [code])


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (replace(REQUEST, is_peer_support=False), "request_not_peer_support"),
        (replace(REQUEST, status=None), "request_not_active"),
        (replace(REQUEST, intent=None), "intent_unsupported"),
        (replace(REQUEST, requester=None), "requester_missing"),
        (replace(REQUEST, authored_on=None), "authored_on_missing"),
        (replace(REQUEST, has_unresolved_reason=True), "reason_unresolved"),
    ],
)
def test_what_is_missing_in_the_request_is_named(request_: Request, code: str) -> None:
    found = asked(request_)
    assert (found.state, codes(found)) == (State.NEEDS_INFO, [code])


@pytest.mark.parametrize("status", SourceStatus)
def test_only_a_draft_or_an_active_request_asks_for_anything(status: SourceStatus) -> None:
    found = asked(replace(REQUEST, status=status))
    assert (found.state is State.READY) == (status in ASKING) == (status in ("draft", "active"))


@pytest.mark.parametrize("intent", Intent)
def test_only_orders_are_accepted(intent: Intent) -> None:
    assert (asked(replace(REQUEST, intent=intent)).state is State.READY) == (intent in ORDERS)
    assert (intent in ORDERS) == (intent.endswith("order") and intent != "reflex-order")


def test_a_request_of_the_day_after_tomorrow_is_a_mistake_and_tomorrow_may_be_a_zone() -> None:
    assert REQUEST.authored_on is not None
    tomorrow = replace(REQUEST, authored_on=REQUEST.authored_on + timedelta(days=1))
    later = replace(REQUEST, authored_on=REQUEST.authored_on + timedelta(days=2))
    assert codes(asked(tomorrow)) == []
    assert codes(asked(later)) == ["authored_on_in_future"]


def test_no_request_and_no_person_are_said() -> None:
    assert codes(verdict(replace(COMPLETE, request=None))) == ["request_missing"]
    assert codes(verdict(replace(COMPLETE, person=None))) == ["person_missing"]


def test_a_request_without_its_person_is_judged_on_its_own_first() -> None:
    alone = replace(COMPLETE, person=None, request=replace(REQUEST, requester=None))
    assert codes(verdict(alone)) == ["requester_missing"]


def test_no_number_is_asked_for_where_contact_is_prohibited() -> None:
    silent = replace(
        COMPLETE,
        person=replace(PERSON, phone=None),
        request=replace(REQUEST, contacting_person_prohibited=True),
    )
    assert verdict(silent).state is State.READY


@pytest.mark.parametrize("part", ["provider", "contact", "verified_on"])
def test_a_treatment_link_is_whole_or_missing(part: str) -> None:
    kept = {f.name: getattr(LINK, f.name) for f in fields(LINK) if f.name != part}
    found = verdict(replace(COMPLETE, treatment_link=type(LINK)(**kept)))
    assert codes(found) == ["treatment_link_missing"]
    assert codes(verdict(replace(COMPLETE, treatment_link=None))) == ["treatment_link_missing"]


@pytest.mark.parametrize(("days", "lapsed"), [(0, False), (90, False), (91, True), (-1, True)])
def test_a_treatment_link_is_confirmed_within_90_days(days: int, lapsed: bool) -> None:
    link = replace(LINK, verified_on=TODAY - timedelta(days=days))
    found = codes(verdict(replace(COMPLETE, treatment_link=link)))
    assert found == (["treatment_link_lapsed"] if lapsed else [])


def test_who_has_died_is_refused_in_a_clear_sentence() -> None:
    found = about(replace(PERSON, deceased=True))
    assert (found.state, found.refusal) == (State.REJECTED, Refusal.DECEASED)
    [problem] = found.problems
    assert problem.message.startswith("The record says that this person has died. No coach")


@pytest.mark.parametrize(
    ("born", "old_enough"), [(date(2008, 3, 2), True), (date(2008, 3, 3), False)]
)
def test_peer_support_starts_on_the_eighteenth_birthday(born: date, old_enough: bool) -> None:
    found = about(replace(PERSON, birth_date=born))
    assert found.refusal is (None if old_enough else Refusal.UNDER_AGE)
    assert found.state is (State.READY if old_enough else State.REJECTED)
    assert codes(found) == ([] if old_enough else ["under_age"])


def test_a_refusal_wins_over_danger_and_keeps_every_problem() -> None:
    found = verdict(
        replace(
            COMPLETE,
            person=replace(PERSON, deceased=True),
            consent=None,
            instruments=(DANGER,),
        )
    )
    assert (found.state, found.resume_to) == (State.REJECTED, State.REJECTED)
    assert codes(found) == ["consent_missing", "deceased"]


def test_danger_wins_over_gaps_and_keeps_every_problem() -> None:
    found = verdict(replace(COMPLETE, consent=None, instruments=(DANGER,)))
    assert (found.state, found.resume_to) == (State.SAFETY_HOLD, State.CONSENT_PENDING)
    assert found.safety == (SafetyReason.SELF_HARM_THOUGHTS,)
    assert codes(found) == ["consent_missing"]


@given(fresh_days, kinds)
def test_an_overdose_or_release_within_14_days_holds_and_selects_the_fast_lane(
    day: date, kind: EventKind
) -> None:
    found = verdict(replace(COMPLETE, events=(RiskEvent(day, kind),)))
    assert (found.state, found.urgency) == (State.SAFETY_HOLD, Urgency.FAST_LANE)
    assert found.resume_to is State.READY
    overdose = kind is EventKind.OVERDOSE
    assert found.safety == (
        SafetyReason.RECENT_OVERDOSE if overdose else SafetyReason.RECENT_RELEASE,
    )


@given(stale_days, kinds)
def test_what_is_longer_ago_neither_holds_nor_hurries(day: date, kind: EventKind) -> None:
    found = verdict(replace(COMPLETE, events=(RiskEvent(day, kind),)))
    assert (found.state, found.urgency, found.safety) == (State.READY, Urgency.ROUTINE, ())


def test_an_event_of_tomorrow_is_a_mistake_and_holds_nothing() -> None:
    event = RiskEvent(TODAY + timedelta(days=1), EventKind.OVERDOSE)
    assert verdict(replace(COMPLETE, events=(event,))).state is State.READY


def test_withdrawal_risk_holds_and_keeps_the_urgency_asked_for() -> None:
    found = asked(replace(REQUEST, withdrawal_risk=True, urgency=Urgency.URGENT))
    assert (found.state, found.urgency) == (State.SAFETY_HOLD, Urgency.URGENT)
    assert found.safety == (SafetyReason.WITHDRAWAL_RISK,)


def test_low_risk_is_kept_and_holds_nothing() -> None:
    found = verdict(replace(COMPLETE, instruments=(c_ssrs("93246-7"),)))
    assert found.state is State.READY
    assert found.scores[0].band == "low"


def test_an_instrument_that_cannot_be_scored_is_a_warning_at_its_own_place() -> None:
    broken = replace(c_ssrs(), items=c_ssrs().items[1:])
    strange = replace(phq_9(*[0] * 9), foreign=("76504-0",))
    wrong = replace(phq_9(*[1] * 8, 0), stated_total=10)
    found = verdict(replace(COMPLETE, instruments=(broken, strange, wrong)))
    assert [(w.code, w.field) for w in found.warnings] == [
        (Code.INSTRUMENT_INCOMPLETE, "instruments.c_ssrs"),
        (Code.INSTRUMENT_MALFORMED, "instruments.phq_9"),
        (Code.INSTRUMENT_TOTAL_DIFFERS, "instruments.phq_9"),
    ]
    assert found.state is State.READY


def test_one_place_has_one_problem() -> None:
    reading = Reading(
        replace(COMPLETE, person=replace(PERSON, languages=(), birth_date=None)),
        problems=(
            Problem(Code.INVALID_VALUE, "person.languages[0]", "…"),
            Problem(Code.INVALID_VALUE, "Patient.birthDate", "…"),
        ),
    )
    found = screen(reading, today=TODAY, policy=POLICY)
    assert found.state is State.NEEDS_INFO
    assert codes(found) == ["invalid_value", "invalid_value"]


@given(st.sets(st.sampled_from(["name", "birth_date", "phone", "languages", "address"])))
def test_every_gap_is_named_at_once(names: set[str]) -> None:
    kept = {f.name: getattr(PERSON, f.name) for f in fields(PERSON) if f.name not in names}
    expected = {
        "name": "name_missing",
        "birth_date": "birth_date_missing",
        "phone": "phone_unusable",
        "languages": "language_missing",
        "address": "zone_unknown",
    }
    assert set(codes(about(Person(**kept)))) == {expected[name] for name in names}


def test_the_stated_zone_wins_over_that_of_the_county() -> None:
    assert about(replace(PERSON, zone="America/New_York")).zone == "America/New_York"
    assert about(PERSON).zone == "America/Chicago"


def test_a_stated_zone_that_does_not_exist_is_asked_about() -> None:
    odd = about(replace(PERSON, zone="CST"))
    assert (odd.state, codes(odd)) == (State.NEEDS_INFO, ["zone_unknown"])
    both = about(replace(PERSON, zone="CST", address=Address()))
    assert codes(both) == ["zone_unknown", "area_unknown"]


@pytest.mark.parametrize(
    ("years", "band"),
    [
        (18, AgeBand.FROM_18_TO_25),
        (25, AgeBand.FROM_18_TO_25),
        (26, AgeBand.FROM_26_TO_39),
        (39, AgeBand.FROM_26_TO_39),
        (40, AgeBand.FROM_40_TO_59),
        (59, AgeBand.FROM_40_TO_59),
        (60, AgeBand.FROM_60),
        (97, AgeBand.FROM_60),
    ],
)
def test_the_age_band_follows_from_the_birth_date(years: int, band: AgeBand) -> None:
    born = TODAY.replace(year=TODAY.year - years)
    assert about(replace(PERSON, birth_date=born)).fit == FitFactors(age_band=band)


def test_who_is_born_today_is_too_young_and_not_a_mistake() -> None:
    found = about(replace(PERSON, birth_date=TODAY))
    assert codes(found) == ["under_age"]
    assert found.fit.age_band is AgeBand.FROM_18_TO_25


def test_the_stated_age_band_is_kept() -> None:
    stated = FitFactors(age_band=AgeBand.FROM_60)
    assert asked(replace(REQUEST, fit=stated)).fit == stated


@pytest.mark.parametrize(
    ("born", "today", "years"),
    [
        (date(2000, 2, 29), date(2018, 2, 28), 17),
        (date(2000, 2, 29), date(2018, 3, 1), 18),
        (date(2000, 6, 1), date(2000, 6, 1), 0),
    ],
)
def test_age_counts_full_years(born: date, today: date, years: int) -> None:
    assert age(born, today) == years


def test_nothing_of_a_person_shows_in_the_text_of_a_draft_or_a_verdict() -> None:
    shown = repr(COMPLETE) + repr(PERSON) + repr(CONSENT) + repr(verdict(COMPLETE))
    shown = re.sub(r"0x[0-9a-f]+", "", shown)  # an address in memory may hold any digits
    assert not any(word in shown for word in ("Sam", "1988", "9185550143", "Example Clinic"))


def test_one_number_for_two_people_is_told_and_stops_nothing() -> None:
    found = screen(
        Reading(COMPLETE), today=TODAY, policy=POLICY, before=SaidBefore(number_is_on_others=True)
    )
    assert found.state is State.READY
    assert [one.code for one in found.warnings] == [Code.PHONE_ON_SEVERAL_PEOPLE]
    shared = replace(PERSON, contact=replace(PERSON.contact, shared_phone=True))
    draft = replace(COMPLETE, person=shared)
    found = screen(
        Reading(draft), today=TODAY, policy=POLICY, before=SaidBefore(number_is_on_others=True)
    )
    assert found.warnings == ()


@pytest.mark.parametrize(("days", "state"), [(-1, State.READY), (0, State.CONSENT_PENDING)])
def test_a_consent_counts_only_if_it_was_signed_after_the_last_revocation(
    days: int, state: State
) -> None:
    revoked_on = TODAY + timedelta(days=days)
    found = screen(Reading(COMPLETE), today=TODAY, policy=POLICY, before=SaidBefore(revoked_on))
    assert found.state is state
    assert [one.code for one in found.problems] == [Code.CONSENT_REVOKED][: days + 1]


def test_a_consent_of_somebody_else_says_so_and_not_that_the_name_is_missing() -> None:
    foreign = replace(CONSENT, names_person=False, is_of_somebody_else=True)
    found = verdict(replace(COMPLETE, consent=foreign))
    assert found.state is State.CONSENT_PENDING
    assert codes(found) == ["consent_other_person"]
