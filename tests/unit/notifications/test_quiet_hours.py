from datetime import UTC, date, datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.notifications.rules.quiet_hours import (
    US_ZONES,
    Hours,
    NoCommonHourError,
    days_later,
    instant_of,
    next_allowed,
)

ZONES = tuple(
    ZoneInfo(name) for name in sorted(available_timezones()) if name not in ("localtime",)
)
NEW_YORK, LOS_ANGELES = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
HOURS = Hours()

zones = st.sampled_from(ZONES)
START = datetime(2024, 1, 1, tzinfo=UTC)
instants = st.integers(0, 12 * 366 * 24 * 60).map(
    lambda minutes: START + timedelta(minutes=minutes)
)


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def naive(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(date(year, month, day), time(hour, minute))


def at_wall(day: date, hour: int, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=zone)


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [
        (8, 59, (0, 9, 0)),
        (9, 0, (0, 9, 0)),
        (13, 30, (0, 13, 30)),
        (19, 59, (0, 19, 59)),
        (20, 0, (1, 9, 0)),
        (23, 30, (1, 9, 0)),
        (0, 0, (0, 9, 0)),
    ],
)
def test_texts_wait_from_eight_in_the_evening_to_nine_in_the_morning(
    hour: int, minute: int, expected: tuple[int, int, int]
) -> None:
    day = date(2026, 6, 10)
    days, opens, minutes = expected
    answer = next_allowed(at_wall(day, hour, minute, NEW_YORK), [NEW_YORK])
    assert wall(answer, NEW_YORK) == datetime.combine(
        day + timedelta(days=days), time(opens, minutes)
    )


def test_two_candidate_zones_must_both_be_awake() -> None:
    early = next_allowed(at_wall(date(2026, 6, 10), 9, 0, NEW_YORK), [NEW_YORK, LOS_ANGELES])
    assert wall(early, NEW_YORK).time() == time(12)
    late = next_allowed(at_wall(date(2026, 6, 10), 17, 30, LOS_ANGELES), [NEW_YORK, LOS_ANGELES])
    assert wall(late, LOS_ANGELES) == naive(2026, 6, 11, 9)


def test_a_person_without_a_zone_is_texted_only_when_the_whole_country_is_awake() -> None:
    answer = next_allowed(datetime(2026, 6, 10, tzinfo=UTC) + timedelta(hours=6), [])
    assert all(time(9) <= wall(answer, zone).time() < time(20) for zone in US_ZONES)


def test_zones_that_share_no_hour_are_refused_by_name_of_the_rule() -> None:
    pair = [ZoneInfo("America/New_York"), ZoneInfo("Asia/Bangkok")]
    with pytest.raises(NoCommonHourError, match="share no allowed hour"):
        next_allowed(datetime(2026, 6, 10, tzinfo=UTC), pair)


def test_hours_of_the_whole_day_never_wait() -> None:
    at = datetime(2026, 6, 10, 3, tzinfo=UTC)
    assert next_allowed(at, [NEW_YORK], Hours(time(0), time(0))) == at


def test_hours_across_midnight_are_refused() -> None:
    with pytest.raises(ValueError, match="open before they close"):
        Hours(time(20), time(9))


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        next_allowed(naive(2026, 6, 10, 12), [NEW_YORK])


def test_a_wall_time_in_the_spring_gap_is_the_first_valid_instant_after_it() -> None:
    answer = instant_of(datetime.combine(SPRING, time(2, 30)), NEW_YORK)
    assert wall(answer, NEW_YORK) == datetime.combine(SPRING, time(3))


def test_an_ambiguous_wall_time_is_its_first_occurrence() -> None:
    answer = instant_of(datetime.combine(AUTUMN, time(1, 30)), NEW_YORK)
    assert answer == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_the_hour_that_comes_twice_is_allowed_once() -> None:
    hours = Hours(time(0, 30), time(1, 30))
    second_pass = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
    assert wall(second_pass, NEW_YORK).time() == time(1, 10)
    assert wall(next_allowed(second_pass, [NEW_YORK], hours), NEW_YORK) == naive(2026, 11, 2, 0, 30)


def test_hours_that_open_inside_the_gap_open_right_after_it() -> None:
    answer = next_allowed(at_wall(SPRING, 1, 0, NEW_YORK), [NEW_YORK], Hours(time(2, 30), time(20)))
    assert wall(answer, NEW_YORK) == datetime.combine(SPRING, time(3))


def test_a_missing_calendar_day_is_passed_over() -> None:
    apia = ZoneInfo("Pacific/Apia")
    answer = next_allowed(instant_of(naive(2011, 12, 29, 21), apia), [apia])
    assert wall(answer, apia) == naive(2011, 12, 31, 9)


def test_every_zone_is_answered_on_the_nights_of_the_clock_change() -> None:
    for zone, day, hour, hours in product(
        ZONES,
        (SPRING, AUTUMN, date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5)),
        (2, 13),
        (HOURS, Hours(time(1, 30), time(20))),
    ):
        at = datetime.combine(day, time(hour, 10), tzinfo=UTC)
        answer = next_allowed(at, [zone], hours)
        assert answer >= at
        assert hours.opens <= wall(answer, zone).time() < hours.closes, zone
        assert answer - at <= timedelta(hours=26)


@given(instants, zones)
def test_the_answer_is_the_earliest_allowed_instant(at: datetime, zone: ZoneInfo) -> None:
    answer = next_allowed(at, [zone])
    assert HOURS.opens <= wall(answer, zone).time() < HOURS.closes
    probe = at
    while probe < answer:
        assert not HOURS.opens <= wall(probe, zone).time() < HOURS.closes
        probe += timedelta(minutes=10)


@given(instants, st.lists(st.sampled_from(US_ZONES), min_size=1, max_size=4))
def test_every_candidate_zone_is_inside_its_hours(at: datetime, several: list[ZoneInfo]) -> None:
    answer = next_allowed(at, several)
    assert all(HOURS.opens <= wall(answer, zone).time() < HOURS.closes for zone in several)
    assert next_allowed(answer, several) == answer
    assert next_allowed(at, [*reversed(several)]) == answer


@given(instants, zones, st.integers(1, 60))
def test_days_later_keeps_the_wall_time_or_leaves_the_gap(
    at: datetime, zone: ZoneInfo, days: int
) -> None:
    answer = days_later(at, days, zone)
    wanted = wall(at, zone) + timedelta(days=days)
    assert wall(answer, zone) == wanted or wall(answer - timedelta(seconds=1), zone) < wanted
    assert wall(answer, zone) >= wanted


@given(instants, zones)
def test_an_instant_survives_the_way_over_its_wall_time(at: datetime, zone: ZoneInfo) -> None:
    assume(not at.astimezone(zone).fold)
    assert instant_of(wall(at, zone), zone) == at


def test_a_wall_time_with_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no zone of its own"):
        instant_of(datetime(2026, 6, 10, tzinfo=UTC), NEW_YORK)
