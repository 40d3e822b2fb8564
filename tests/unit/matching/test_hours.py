"""Working time passes only in working hours, on the coach's wall clock, on DST nights too."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.rules.hours import (
    BusinessHours,
    NoBusinessHoursError,
    after_business_days,
    after_working,
    instant,
    spans,
    worked_between,
)
from shared.events import HourRange
from tests.unit.matching.drawn import nine_to_five

NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ZONES = (
    "America/New_York",
    "America/Phoenix",
    "America/St_Johns",
    "America/Havana",  # its clocks change at midnight
    "Australia/Lord_Howe",  # changes by half an hour
    "Asia/Kathmandu",
    "Pacific/Apia",  # left out 30 December 2011
    "UTC",
)


def span(weekday: int, start: int, end: int) -> HourRange:
    return HourRange(weekday=weekday, start_minute=start, end_minute=end)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return wall(text).replace(tzinfo=zone)


def inside(hours: BusinessHours, moment: datetime) -> bool:
    shown = moment.astimezone(ZoneInfo(hours.zone))
    minute = shown.hour * 60 + shown.minute
    return any(
        one.weekday == shown.weekday() and one.start_minute <= minute < one.end_minute
        for one in hours.ranges
    )


ranges = st.lists(
    st.builds(span, st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)),
    min_size=1,
    max_size=6,
)
weeks = st.builds(BusinessHours, ranges.map(tuple), st.sampled_from(ZONES)).filter(
    lambda hours: hours.weekly >= 10 * MINUTE
)
wall_times = st.one_of(
    st.datetimes(wall("2024-01-01"), wall("2027-01-01")),
    st.datetimes(wall("2011-12-28"), wall("2012-01-02")),
)
moments = wall_times.map(lambda naive: naive.replace(tzinfo=UTC, microsecond=0))
amounts = st.integers(1, 3000).map(lambda minutes: minutes * MINUTE)


def test_ranges_that_overlap_or_touch_count_once() -> None:
    hours = BusinessHours((span(0, 600, 720), span(0, 540, 660), span(0, 720, 780)), "UTC")
    assert hours.ranges == (span(0, 540, 780),)
    assert hours.weekly == 4 * HOUR


def test_a_range_inside_another_adds_nothing() -> None:
    assert BusinessHours((span(1, 0, 1440), span(1, 60, 120)), "UTC").weekly == 24 * HOUR


def test_a_pause_at_noon_and_another_day_stay_apart() -> None:
    apart = (span(0, 540, 720), span(0, 780, 1020), span(1, 540, 720))
    assert BusinessHours(apart[::-1], "UTC").ranges == apart


@pytest.mark.parametrize("empty", [span(0, 600, 600), span(0, 1200, 300)])
def test_a_range_that_ends_where_or_before_it_starts_holds_no_time(empty: HourRange) -> None:
    assert BusinessHours((empty,), "UTC").ranges == ()


def test_a_week_without_hours_has_no_business_time() -> None:
    with pytest.raises(NoBusinessHoursError, match="weekly hours"):
        next(spans(BusinessHours((), "UTC"), since=local("2026-03-04T10:00")))


@pytest.mark.parametrize(
    ("shown", "moment"),
    [
        ("2026-03-08T01:59", "2026-03-08T06:59"),
        ("2026-03-08T02:00", "2026-03-08T07:00"),
        ("2026-03-08T02:30", "2026-03-08T07:00"),
        ("2026-03-08T02:59:59", "2026-03-08T07:00"),
        ("2026-03-08T03:00", "2026-03-08T07:00"),
        ("2026-11-01T00:59", "2026-11-01T04:59"),
        ("2026-11-01T01:30", "2026-11-01T05:30"),
        ("2026-11-01T02:00", "2026-11-01T07:00"),
    ],
)
def test_a_skipped_time_is_the_end_of_the_gap_and_a_doubled_one_its_first_occurrence(
    shown: str, moment: str
) -> None:
    assert instant(wall(shown), NEW_YORK) == wall(moment).replace(tzinfo=UTC)


def test_a_day_that_a_zone_left_out_begins_with_the_next_one() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert instant(wall("2011-12-30T15:00"), apia) == instant(wall("2011-12-31T00:00"), apia)


@given(wall_times, amounts, st.sampled_from(ZONES))
def test_later_on_the_wall_is_never_earlier_in_time(
    shown: datetime, amount: timedelta, name: str
) -> None:
    zone = ZoneInfo(name)
    assert instant(shown, zone) <= instant(shown + amount, zone)


@pytest.mark.parametrize(
    ("since", "amount", "expected"),
    [
        ("2026-03-04T10:00", 4 * HOUR, "2026-03-04T14:00"),
        ("2026-03-04T13:00", 4 * HOUR, "2026-03-04T17:00"),
        ("2026-03-04T15:00", 4 * HOUR, "2026-03-05T11:00"),
        ("2026-03-04T03:00", 4 * HOUR, "2026-03-04T13:00"),
        ("2026-03-06T15:00", 4 * HOUR, "2026-03-09T11:00"),  # a weekend that loses an hour
        ("2026-03-07T12:00", 4 * HOUR, "2026-03-09T13:00"),
    ],
)
def test_working_time_passes_in_working_hours(since: str, amount: timedelta, expected: str) -> None:
    assert after_working(nine_to_five(), amount, since=local(since)) == local(expected)


def test_a_night_shift_loses_the_hour_that_the_clocks_skip() -> None:
    sundays = BusinessHours((span(6, 0, 300),), "America/New_York")
    midnight = local("2026-03-08T00:00")
    assert worked_between(sundays, midnight, local("2026-03-09T00:00")) == 4 * HOUR
    assert after_working(sundays, 3 * HOUR, since=midnight) == local("2026-03-08T04:00")


@pytest.mark.parametrize(
    ("since", "days", "expected"),
    [
        ("2026-03-04T14:00", 1, "2026-03-05T14:00"),
        ("2026-03-04T14:00", 2, "2026-03-06T14:00"),
        ("2026-03-06T14:00", 1, "2026-03-09T14:00"),
        ("2026-03-07T14:00", 1, "2026-03-10T09:00"),
        ("2026-03-04T06:00", 1, "2026-03-05T09:00"),
        ("2026-03-04T17:00", 1, "2026-03-06T09:00"),
        ("2026-03-04T23:00", 2, "2026-03-09T09:00"),
    ],
)
def test_a_business_day_is_the_same_time_on_the_next_working_day(
    since: str, days: int, expected: str
) -> None:
    assert after_business_days(nine_to_five(), days, since=local(since)) == local(expected)


@pytest.mark.parametrize(
    ("next_day", "expected"),
    [
        ((span(3, 720, 780),), "2026-03-05T12:00"),
        ((span(3, 480, 540),), "2026-03-05T09:00"),
        ((span(3, 480, 600), span(3, 660, 720)), "2026-03-05T11:00"),
        ((span(3, 480, 540), span(3, 560, 600)), "2026-03-05T10:00"),
        ((span(3, 480, 630), span(3, 700, 760)), "2026-03-05T10:30"),
        ((span(3, 480, 600), span(3, 610, 720)), "2026-03-05T10:10"),
    ],
)
def test_a_time_outside_the_hours_of_that_day_moves_into_them(
    next_day: tuple[HourRange, ...], expected: str
) -> None:
    hours = BusinessHours((span(2, 600, 660), *next_day), "America/New_York")
    since = "2026-03-04T10:05" if "10:10" in expected else "2026-03-04T10:30"
    assert after_business_days(hours, 1, since=local(since)) == local(expected)


@given(weeks, moments)
def test_working_stretches_come_in_order_apart_and_inside_the_hours(
    hours: BusinessHours, since: datetime
) -> None:
    before = since
    coming = spans(hours, since=since)
    for _ in range(6):
        start, end = next(coming)
        assert before <= start < end
        assert inside(hours, start)
        assert inside(hours, end - timedelta(microseconds=1))
        before = end


@given(weeks, moments, amounts)
def test_counting_what_was_worked_undoes_working_it(
    hours: BusinessHours, since: datetime, amount: timedelta
) -> None:
    assert worked_between(hours, since, after_working(hours, amount, since=since)) == amount


@given(weeks, moments, amounts)
def test_working_time_never_passes_faster_than_time(
    hours: BusinessHours, since: datetime, amount: timedelta
) -> None:
    assert after_working(hours, amount, since=since) >= since + amount


@given(weeks, moments, amounts, st.integers(1, 4))
def test_who_is_asked_later_never_has_to_answer_earlier(
    hours: BusinessHours, since: datetime, later: timedelta, days: int
) -> None:
    assert after_business_days(hours, days, since=since) <= after_business_days(
        hours, days, since=since + later
    )


@given(weeks, moments, st.integers(1, 4))
def test_a_deadline_in_business_days_is_in_working_hours_and_ahead(
    hours: BusinessHours, since: datetime, days: int
) -> None:
    deadline = after_business_days(hours, days, since=since)
    assert deadline > since
    assert worked_between(hours, since, deadline) > timedelta(0)
    assert worked_between(hours, deadline - MINUTE, deadline + MINUTE) > timedelta(0)
