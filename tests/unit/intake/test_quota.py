"""A clinic's quota is counted per hour and per day, and says when it opens again."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.quota import Quota, exceeded, windows_of

CHICAGO = ZoneInfo("America/Chicago")
START = datetime(2024, 1, 1, tzinfo=UTC)
moments = st.integers(0, 6 * 365 * 24 * 60 * 60).map(lambda second: START + timedelta(0, second))
limits = st.builds(Quota, per_hour=st.integers(1, 9), per_day=st.integers(1, 9))
counts = st.integers(1, 12)


@given(moments)
def test_each_moment_lies_in_its_hour_and_in_its_day_where_the_office_is(now: datetime) -> None:
    windows = windows_of(now, CHICAGO)
    assert windows.hour <= now < windows.next_hour
    assert windows.day <= now < windows.next_day
    assert windows.day.astimezone(CHICAGO).date() == now.astimezone(CHICAGO).date()
    assert windows_of(windows.next_day, CHICAGO).day == windows.next_day
    assert windows_of(windows.next_hour, CHICAGO).hour == windows.next_hour


@given(limits, counts, counts, moments)
def test_a_clinic_is_refused_exactly_when_one_count_is_above_its_limit(
    quota: Quota, in_hour: int, in_day: int, now: datetime
) -> None:
    reached = exceeded(quota, in_hour=in_hour, in_day=in_day, windows=windows_of(now, CHICAGO))
    assert (reached is not None) == (in_hour > quota.per_hour or in_day > quota.per_day)


@given(limits, counts, counts, moments)
def test_when_it_opens_again_no_limit_is_in_the_way(
    quota: Quota, in_hour: int, in_day: int, now: datetime
) -> None:
    windows = windows_of(now, CHICAGO)
    reached = exceeded(quota, in_hour=in_hour, in_day=in_day, windows=windows)
    if reached is None:
        return
    later = windows_of(reached.opens_at, CHICAGO)
    still_today = in_day if later.day == windows.day else 0
    assert later.hour > windows.hour
    assert exceeded(quota, in_hour=1, in_day=still_today + 1, windows=later) is None or (
        still_today == quota.per_day
    )
    assert now + timedelta(seconds=reached.retry_seconds(now)) >= reached.opens_at


def test_a_day_has_the_length_that_it_has_where_the_office_is() -> None:
    windows = windows_of(datetime(2026, 3, 8, 12, tzinfo=UTC), CHICAGO)
    assert windows.next_day - windows.day == timedelta(hours=23)
