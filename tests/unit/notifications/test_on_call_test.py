"""Once a day, at one wall time, whatever the clocks of the season do."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.rules.on_call_test import next_test

CHICAGO = ZoneInfo("America/Chicago")
TEN = time(10)


def test_the_test_is_today_when_its_hour_is_still_to_come_and_else_tomorrow() -> None:
    at = datetime(2026, 11, 27, 10, tzinfo=CHICAGO)
    assert next_test(at - timedelta(seconds=1), TEN, CHICAGO) == at
    assert next_test(at, TEN, CHICAGO) == datetime(2026, 11, 28, 10, tzinfo=CHICAGO)


@pytest.mark.parametrize("day", [datetime(2026, 3, 7), datetime(2026, 10, 31)])  # noqa: DTZ001
def test_the_test_keeps_its_wall_time_in_the_night_the_clocks_change(day: datetime) -> None:
    first = day.replace(hour=10, tzinfo=CHICAGO)
    second = next_test(first.astimezone(UTC), TEN, CHICAGO)
    assert second.astimezone(CHICAGO).time() == TEN
    assert abs(second - first.astimezone(UTC) - timedelta(days=1)) == timedelta(hours=1)


def test_an_hour_that_the_clocks_leave_out_is_asked_at_the_first_moment_after_it() -> None:
    eve = datetime(2026, 3, 7, 12, tzinfo=CHICAGO)
    assert next_test(eve, time(2, 30), CHICAGO) == datetime(2026, 3, 8, 3, tzinfo=CHICAGO)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
    st.times().map(lambda at: at.replace(microsecond=0)),
)
def test_there_is_one_test_on_each_day_of_any_week(begin: datetime, at: time) -> None:
    moments = [begin.replace(tzinfo=UTC)]
    while len(moments) < 8:
        moments.append(next_test(moments[-1], at, CHICAGO))
    days = [moment.astimezone(CHICAGO).date() for moment in moments[1:]]
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))
