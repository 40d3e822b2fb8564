"""Every state that is not final has a date, counted in the time of the office."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.deadlines import (
    CRISIS_TEXT,
    DEFAULTS,
    GRACE,
    BusinessDays,
    BusinessHours,
    Calendar,
    Clock,
    Look,
    after,
    look_after,
    next_action_at,
)
from services.intake.rules.states import OVERLAYS, TERMINAL, Standing, State

CHICAGO = ZoneInfo("America/Chicago")
CALENDAR = Calendar(CHICAGO)
FRIDAY = datetime(2026, 3, 6, 16, 30, tzinfo=CHICAGO)
START = datetime(2024, 1, 1, tzinfo=UTC)
moments = st.integers(0, 6 * 365 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


@pytest.mark.parametrize("state", State)
def test_a_state_has_a_date_unless_it_is_final(state: State) -> None:
    due = next_action_at(state, now=FRIDAY, calendar=CALENDAR)
    assert (due is None) == (state in TERMINAL)
    assert due is None or due > FRIDAY


def test_the_defaults_are_those_of_the_domain() -> None:
    assert DEFAULTS[State.CONSENT_PENDING] == timedelta(days=7)
    assert DEFAULTS[State.NEEDS_INFO] == BusinessDays(5)
    assert DEFAULTS[State.SAFETY_HOLD] == BusinessHours(1)
    assert DEFAULTS[State.CANCEL_REQUESTED] == BusinessDays(1)


def test_a_promise_of_another_service_is_reported_after_a_grace() -> None:
    promised = FRIDAY + timedelta(hours=3)
    due = next_action_at(State.OFFERED, now=FRIDAY, calendar=CALENDAR, promised=promised)
    assert due == promised + GRACE
    assert next_action_at(State.COMPLETED, now=FRIDAY, calendar=CALENDAR, promised=promised) is None


@pytest.mark.parametrize(
    ("clock", "due"),
    [
        (BusinessHours(1), datetime(2026, 3, 9, 9, 30, tzinfo=CHICAGO)),
        (BusinessHours(9), datetime(2026, 3, 10, 9, 30, tzinfo=CHICAGO)),
        (BusinessDays(1), datetime(2026, 3, 9, 17, tzinfo=CHICAGO)),
        (BusinessDays(5), datetime(2026, 3, 13, 17, tzinfo=CHICAGO)),
        (timedelta(days=7), FRIDAY.astimezone(UTC) + timedelta(days=7)),
    ],
)
def test_business_time_stops_for_the_weekend(clock: Clock, due: datetime) -> None:
    assert after(clock, now=FRIDAY, calendar=CALENDAR) == due


def test_a_holiday_is_no_business_day() -> None:
    calendar = Calendar(CHICAGO, holidays=frozenset({date(2026, 3, 9)}))
    assert after(BusinessDays(1), now=FRIDAY, calendar=calendar).date() == date(2026, 3, 10)
    assert after(BusinessHours(1), now=FRIDAY, calendar=calendar) == datetime(
        2026, 3, 10, 9, 30, tzinfo=CHICAGO
    )


@given(moments, st.integers(1, 40))
def test_business_hours_pass_only_while_the_office_is_open(now: datetime, hours: int) -> None:
    due = after(BusinessHours(hours), now=now, calendar=CALENDAR)
    local = due.astimezone(CHICAGO)
    assert local.weekday() < 5
    assert time(9) < local.time() <= time(17)
    assert due - now >= timedelta(hours=hours)
    assert open_time(now, due) == timedelta(hours=hours)


def open_time(start: datetime, end: datetime) -> timedelta:
    """Open time between two moments, counted day by day."""
    total = timedelta(0)
    day = start.astimezone(CHICAGO).date()
    while day <= end.astimezone(CHICAGO).date():
        opens, closes = CALENDAR.hours_of(day)
        if CALENDAR.is_open_on(day):
            total += max(timedelta(0), min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return total


@given(moments, st.integers(1, 20))
def test_business_days_end_with_an_open_day(now: datetime, days: int) -> None:
    due = after(BusinessDays(days), now=now, calendar=CALENDAR)
    assert due.astimezone(CHICAGO).time() == time(17)
    assert due > now
    one_less = after(BusinessDays(days - 1), now=now, calendar=CALENDAR)
    assert one_less < due


def test_a_calendar_that_never_opens_is_refused() -> None:
    with pytest.raises(ValueError, match="calendar needs"):
        Calendar(CHICAGO, weekdays=frozenset())
    with pytest.raises(ValueError, match="calendar needs"):
        Calendar(CHICAGO, opens=time(17))


HELD = Standing(State.OFFERED, frozenset({State.SAFETY_HOLD}))
PENDING = FRIDAY + timedelta(minutes=10)


def look(before: Standing, moved: Standing, known: Look) -> datetime | None:
    return look_after(before, moved, known, now=FRIDAY, calendar=CALENDAR)


def test_a_text_of_danger_is_looked_at_within_a_quarter_of_an_hour_at_any_hour() -> None:
    sunday = FRIDAY + timedelta(days=2, hours=7)
    known = Look(sunday + timedelta(days=3), within=CRISIS_TEXT)
    due = look_after(Standing(State.OFFERED), HELD, known, now=sunday, calendar=CALENDAR)
    assert due == sunday + timedelta(minutes=15)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_happens_under_a_hold_leaves_its_date(overlay: State) -> None:
    before = Standing(State.OFFERED, frozenset({overlay}))
    moved = Standing(State.ASSIGNED, frozenset({overlay}))
    for promised in (None, FRIDAY + timedelta(minutes=1), FRIDAY + timedelta(days=9)):
        assert look(before, moved, Look(PENDING, promised=promised)) == PENDING


def test_the_day_on_which_a_pause_is_looked_at_can_be_moved() -> None:
    paused = Standing(State.ENGAGED, frozenset({State.ON_HOLD}))
    later = FRIDAY + timedelta(days=14)
    assert look(paused, paused, Look(PENDING, promised=later)) == later + GRACE
    assert look(paused, paused, Look(PENDING)) == PENDING


@given(st.integers(1, 60 * 24 * 9))
def test_another_text_of_danger_never_puts_the_date_off(minutes: int) -> None:
    pending = FRIDAY + timedelta(minutes=minutes)
    due = look(HELD, HELD, Look(pending, within=CRISIS_TEXT))
    assert due == min(pending, FRIDAY + CRISIS_TEXT)


def test_a_hold_that_ends_or_gives_way_leaves_its_date_behind() -> None:
    freed = Standing(State.OFFERED)
    assert look(HELD, freed, Look(PENDING)) == next_action_at(
        State.OFFERED, now=FRIDAY, calendar=CALENDAR
    )
    assert look(HELD, Standing(State.CANCELLED), Look(PENDING, within=CRISIS_TEXT)) is None
