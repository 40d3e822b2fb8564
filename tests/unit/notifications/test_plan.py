import os
import subprocess
import sys
from collections import Counter
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.rules import plan
from services.notifications.rules.follows import Manner, Who
from services.notifications.rules.keywords import KEYWORDS, Meaning, follows_of
from services.notifications.rules.kinds import CHANNELS, SLOTS, Kind
from services.notifications.rules.plan import (
    PLAN_VERSION,
    STEPS,
    step_named,
    steps_on,
)
from services.notifications.rules.states import SuppressReason
from services.notifications.rules.steps import (
    After,
    AtReminder,
    Cause,
    DaysAfter,
    LateAction,
    Reply,
    Step,
    StopsWhen,
    due_at,
    is_settled,
    version_of,
)
from shared.events.assignments import (
    AssignmentEnded,
    AssignmentPaused,
    CoachAssigned,
    CoachSignInRequested,
    OfferExpired,
    OfferMade,
    ReferralWaitlisted,
)
from shared.events.base import Channel, RecipientKind
from shared.events.referrals import (
    ConsentRevoked,
    ReferralAccepted,
    ReferralCancelRequested,
    ReferralClosed,
    ReferralWithdrawn,
)
from shared.events.staff import StaffSignInRequested

PERSON, COACH, CLINIC = RecipientKind.PERSON, RecipientKind.COACH, RecipientKind.CLINIC
NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 6, 10, 16, tzinfo=UTC)
TEXTS_TO_PERSONS = [step for step in STEPS if step.to is PERSON]
PLANNED_TEXTS = [step for step in TEXTS_TO_PERSONS if step.quiet_hours]
ANSWERS = [step for step in STEPS if step.channels == (Channel.SMS,) and not step.quiet_hours]


def test_no_two_steps_share_a_name_because_the_name_is_part_of_the_key() -> None:
    assert [name for name, times in Counter(s.name for s in STEPS).items() if times > 1] == []


@pytest.mark.parametrize("part", [field.name for field in fields(Step)])
def test_a_change_of_any_part_of_any_step_is_another_version(part: str) -> None:
    """Asked of each step alone; the next test asks it of each place in the whole plan."""
    changed: dict[str, Any] = {part: "something else"}
    for step in STEPS:
        assert version_of([replace(step, **changed)]) != version_of([step])


def test_a_change_at_any_place_is_another_version() -> None:
    for place, step in enumerate(STEPS):
        steps = [*STEPS[:place], replace(step, name="another"), *STEPS[place + 1 :]]
        assert version_of(steps) != PLAN_VERSION


def test_the_version_is_that_of_the_steps_in_their_order() -> None:
    assert version_of(STEPS) == PLAN_VERSION
    assert len({version_of(STEPS), version_of(STEPS[1:]), version_of(STEPS[::-1])}) == 3
    assert 0 < PLAN_VERSION < 2**31


def test_another_process_finds_the_same_version() -> None:
    """It walks sets in another order."""
    done = subprocess.run(
        [sys.executable, "-c", f"import {plan.__name__} as plan; print(plan.PLAN_VERSION)"],
        env={**os.environ, "PYTHONHASHSEED": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) == PLAN_VERSION


def test_causes_that_are_events_have_the_names_of_events() -> None:
    events = {
        event.type
        for event in (
            ReferralAccepted,
            ReferralWithdrawn,
            ReferralCancelRequested,
            ReferralClosed,
            ReferralWaitlisted,
            ConsentRevoked,
            OfferMade,
            OfferExpired,
            CoachAssigned,
            AssignmentPaused,
            AssignmentEnded,
            CoachSignInRequested,
            StaffSignInRequested,
        )
    }
    assert {cause.value for cause in Cause if "." in cause} == events


def test_every_cause_has_a_step_and_every_kind_is_sent_by_one() -> None:
    assert {step.on for step in STEPS if isinstance(step.on, Cause)} == set(Cause)
    assert {step.kind for step in STEPS} == set(Kind)
    assert set(SLOTS) == set(Kind) == set(CHANNELS)


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (Cause.REFERRAL_ACCEPTED, {PERSON, CLINIC}),
        (Cause.OFFER_MADE, {COACH}),
        (Cause.OFFER_EXPIRED, {COACH}),
        (Cause.REFERRAL_WAITLISTED, {CLINIC}),
        (Cause.COACH_ASSIGNED, {PERSON, COACH, CLINIC}),
        (Cause.FIRST_CONTACT_MADE, {PERSON}),
        (Cause.REFERRAL_CANCEL_REQUESTED, {COACH}),
        (Cause.REFERRAL_WITHDRAWN, {CLINIC}),
        (Cause.REFERRAL_CLOSED, {CLINIC}),
        (Cause.CONSENT_REVOKED, {CLINIC}),
        (Cause.ASSIGNMENT_ENDED, {COACH}),
        (Cause.NUMBER_IS_BAD, {CLINIC}),
        (Cause.HUMAN_ANSWERED, {PERSON, COACH}),
        (Cause.STAFF_CALLED, {RecipientKind.STAFF}),
        (Cause.CLINIC_CALLED, {CLINIC}),
    ],
)
def test_who_is_told_is_what_the_domain_says(cause: Cause, told: set[RecipientKind]) -> None:
    assert {step.to for step in steps_on(cause)} == told


@pytest.mark.parametrize("meaning", [Meaning.STOP, Meaning.WRONG_NUMBER, Meaning.DANGER])
def test_who_is_told_of_what_a_person_wrote_is_what_the_domain_says(meaning: Meaning) -> None:
    row = follows_of(meaning, Who.PERSON)
    kinds = [kind for kind in (row.answer, *row.notes) if kind is not None]
    steps = [step for kind in kinds for step in steps_on(Reply(Who.PERSON, kind))]
    assert {step.to for step in steps} == {PERSON, COACH, CLINIC}


def test_a_clinic_is_told_by_e_mail_only() -> None:
    assert {step.channels for step in STEPS if step.to is CLINIC} == {(Channel.EMAIL,)}


def test_an_offer_reaches_a_coach_by_text_and_else_by_e_mail() -> None:
    assert step_named("offer_made").channels == (Channel.SMS, Channel.EMAIL)


def test_check_ins_come_on_days_3_7_14_and_30_after_the_first_contact() -> None:
    check_ins = steps_on(Cause.FIRST_CONTACT_MADE)
    assert [step.timing for step in check_ins] == [DaysAfter(day) for day in (3, 7, 14, 30)]
    for step in check_ins:
        assert step.late.action is LateAction.SKIP
        assert step.late.tolerance == timedelta(hours=48)
        assert step.counted
        assert step.needs_verified_number
        assert step.stops_when == {
            StopsWhen.REPLIED_LATELY,
            StopsWhen.PAUSED,
            StopsWhen.WITHOUT_COACH,
        }


def test_a_coach_is_not_reminded_of_the_first_contact_during_a_pause() -> None:
    assert step_named("coach_nudge").stops_when == {
        StopsWhen.CONTACT_LOGGED,
        StopsWhen.ASSIGNMENT_ENDED,
        StopsWhen.PAUSED,
    }


def test_only_check_ins_are_counted_in_the_cap() -> None:
    assert {step.on for step in STEPS if step.counted} == {Cause.FIRST_CONTACT_MADE}


def test_stop_and_help_are_said_in_the_first_text_the_welcome_and_after_30_days() -> None:
    assert step_named("check_in_day_30").kind is Kind.CHECK_IN_WITH_RIGHTS
    assert step_named("check_in_day_3").kind is Kind.CHECK_IN


GOODBYES = (
    Cause.CONTACT_CALLED_OFF,
    Cause.CONTACT_GIVEN_UP,
    Cause.ANOTHER_COACH_SOUGHT,
    Cause.SUPPORT_ENDED,
)


def test_a_planned_text_to_a_person_keeps_quiet_hours_and_yields_to_a_conversation() -> None:
    assert {step.on for step in PLANNED_TEXTS} == {
        Cause.REFERRAL_ACCEPTED,
        Cause.COACH_ASSIGNED,
        Cause.FIRST_CONTACT_MADE,
        *GOODBYES,
    }
    assert all(step.yields for step in PLANNED_TEXTS)


def test_only_a_text_that_says_how_it_ended_goes_out_after_an_ending() -> None:
    """And not even that one after STOP, a revoked consent, or death."""
    late = {SuppressReason.STATE_CHANGED, SuppressReason.SUPERSEDED}
    assert {step.on: step.despite for step in PLANNED_TEXTS if step.despite} == {
        cause: late for cause in GOODBYES
    }


def test_nothing_announces_a_coach_whose_assignment_is_over() -> None:
    announcing = {step.name for step in STEPS if StopsWhen.ASSIGNMENT_ENDED in step.stops_when}
    assert announcing == {"welcome", "coach_nudge", "coach_pause_over"}


def test_a_hold_pauses_what_is_planned_and_neither_notes_to_staff_nor_answers() -> None:
    asks = {"offer_made", "offer_reminder", "coach_nudge", "coach_pause_over"}
    paused = {step.name for step in STEPS if step.pauses}
    assert paused == asks | {step.name for step in PLANNED_TEXTS}


def test_an_answer_to_somebodys_own_text_goes_at_once_at_any_hour() -> None:
    assert all(step.timing == After(timedelta(0)) and not step.yields for step in ANSWERS)


def test_only_an_answer_that_is_owed_then_too_reaches_somebody_who_stopped_texts() -> None:
    despite = {step.kind for step in STEPS if SuppressReason.OPTED_OUT in step.despite}
    assert despite == {
        follows.answer
        for row in KEYWORDS
        for who, follows in row.follows.items()
        if who is not Who.STRANGER and follows.manner is not Manner.PLAIN
    }
    assert {Kind.OPT_OUT_CONFIRMED, Kind.HELP, Kind.CRISIS} <= despite
    assert despite.isdisjoint({Kind.MENU, Kind.CHECK_IN, Kind.WELCOME, Kind.COACH_MENU})


def test_the_confirmation_of_a_stop_goes_within_five_minutes_or_never() -> None:
    for name in ("person_opt_out_confirmed", "person_wrong_number_confirmed"):
        late = step_named(name).late
        assert (late.action, late.tolerance) == (LateAction.SKIP, timedelta(minutes=5))


def test_only_a_crisis_text_and_the_call_of_who_acts_on_it_are_urgent() -> None:
    urgent = {step.kind for step in STEPS if step.urgent}
    assert urgent == {Kind.CRISIS, Kind.STAFF_CALLED, Kind.STAFF_CALLED_MAIL}
    crisis = step_named("person_crisis")
    assert crisis.despite == set(SuppressReason)
    assert crisis.late.action is LateAction.SEND


def test_nothing_is_sent_for_an_erased_person_except_an_answer_to_danger() -> None:
    despite = {step.kind for step in STEPS if SuppressReason.ERASED in step.despite}
    assert despite == {Kind.CRISIS}


def test_a_step_without_room_for_lateness_is_sent_late_and_never_dropped() -> None:
    assert {s.late.action for s in STEPS if not s.late.tolerance} == {LateAction.SEND}


@given(st.sampled_from([s for s in STEPS if s.timing != AtReminder()]), st.integers(0, 500_000))
def test_no_step_is_due_before_its_cause(step: Step, minutes: int) -> None:
    happened_at = NOON + timedelta(minutes=minutes)
    assert due_at(step, happened_at=happened_at, zone=NEW_YORK) >= happened_at


def test_a_reminder_is_due_at_the_half_time_that_the_offer_names() -> None:
    reminder = step_named("offer_reminder")
    half = NOON + timedelta(hours=2)
    assert due_at(reminder, happened_at=NOON, zone=NEW_YORK, remind_at=half) == half
    with pytest.raises(ValueError, match="half time"):
        due_at(reminder, happened_at=NOON, zone=NEW_YORK)


def test_a_check_in_keeps_its_wall_time_over_the_clock_change() -> None:
    saturday = datetime.combine(date(2026, 3, 7), time(12), tzinfo=NEW_YORK)
    due = due_at(step_named("check_in_day_3"), happened_at=saturday, zone=NEW_YORK)
    assert due.astimezone(NEW_YORK).time() == time(12)
    assert due - saturday == timedelta(days=3, hours=-1)


def test_the_nudge_comes_after_24_hours_unless_a_contact_is_logged() -> None:
    nudge = step_named("coach_nudge")
    assert due_at(nudge, happened_at=NOON, zone=NEW_YORK) == NOON + timedelta(hours=24)
    assert is_settled(nudge, {StopsWhen.CONTACT_LOGGED})
    assert not is_settled(nudge, {StopsWhen.OFFER_SETTLED})
