"""A coach's working week in the coach's own zone, and how working time passes in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from shared.events import HourRange

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class NoBusinessHoursError(Exception):
    """A clock in business hours was asked of a week that has none: such a coach gets no offer."""

    def __init__(self) -> None:
        super().__init__(
            "a week without hours has no business time to count in; "
            "give the coach weekly hours or count elapsed time"
        )


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """The working hours of a week, on the wall clock of `zone` (an IANA name).

    Ranges may come in any order and overlap: time in two of them counts once. A range that ends
    where or before it starts holds no time; one past midnight is written as two.
    """

    ranges: tuple[HourRange, ...]
    zone: str
    weekly: timedelta = field(init=False)
    """Working time of a week without a change of clocks."""

    def __post_init__(self) -> None:
        merged = tuple(_merged(self.ranges))
        minutes = sum(one.end_minute - one.start_minute for one in merged)
        object.__setattr__(self, "ranges", merged)
        object.__setattr__(self, "weekly", timedelta(minutes=minutes))


def _merged(ranges: Iterable[HourRange]) -> Iterator[HourRange]:
    last: HourRange | None = None
    for one in sorted(ranges, key=attrgetter("weekday", "start_minute")):
        if one.end_minute <= one.start_minute:
            continue
        if last and one.weekday == last.weekday and one.start_minute <= last.end_minute:
            end = max(last.end_minute, one.end_minute)
            last = last.model_copy(update={"end_minute": end})
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


@lru_cache(maxsize=1024)
def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which a clock in `zone` shows `wall`, a time without zone.

    A time that a change of clocks skips becomes the first moment after the gap; a time that
    comes twice is its first occurrence.
    """
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


DAYTIME = tuple(
    HourRange(weekday=weekday, start_minute=9 * 60, end_minute=20 * 60) for weekday in range(7)
)
"""When people may be written to, on any day of the week."""


def by_day(now: datetime, zone: str) -> datetime:
    """This moment (UTC), or the next morning there when it is not day."""
    start, _ = next(spans(BusinessHours(DAYTIME, zone), since=now))
    return start


def spans(hours: BusinessHours, *, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The working stretches (UTC) from `since` on, without end; the first may be under way.

    Raises NoBusinessHoursError.
    """
    if not hours.ranges:
        raise NoBusinessHoursError
    zone = ZoneInfo(hours.zone)
    day = since.astimezone(zone).date()
    while True:
        for one in hours.ranges:
            if one.weekday == day.weekday():
                start = max(_minute_of(day, one.start_minute, zone), since.astimezone(UTC))
                end = _minute_of(day, one.end_minute, zone)
                if start < end:
                    yield start, end
        day += _DAY


def after_working(hours: BusinessHours, amount: timedelta, *, since: datetime) -> datetime:
    """The moment (UTC) by which `amount` of working time has passed since `since`.

    Raises NoBusinessHoursError.
    """
    coming = spans(hours, since=since)
    start, end = next(coming)
    while amount > end - start:
        amount -= end - start
        start, end = next(coming)
    return start + amount


def worked_between(hours: BusinessHours, since: datetime, until: datetime) -> timedelta:
    """Working time that passes between two moments. Raises NoBusinessHoursError."""
    worked = timedelta(0)
    coming = spans(hours, since=since)
    start, end = next(coming)
    while start < until:
        worked += min(end, until) - start
        start, end = next(coming)
    return worked


def after_business_days(hours: BusinessHours, days: int, *, since: datetime) -> datetime:
    """The same wall-clock time `days` (at least 1) working days later, within that day's hours.

    Counting starts at the first working moment: Friday 14:00 becomes Monday 14:00; Saturday
    counts as Monday's opening and becomes Tuesday's. A time before, between or after the hours
    of the day it falls on moves to their start, their next start or their end.
    Raises NoBusinessHoursError.
    """
    zone = ZoneInfo(hours.zone)
    working_days = groupby(
        spans(hours, since=since), key=lambda span: span[0].astimezone(zone).date()
    )
    _, first_day = next(working_days)
    begun = next(first_day)[0].astimezone(zone)
    for _ in range(days - 1):
        next(working_days)
    day, stretches = next(working_days)
    target = instant(datetime.combine(day, begun.time()), zone)
    last = target
    for start, end in stretches:
        if target <= end:
            return max(start, target)
        last = end
    return last


def _minute_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return instant(datetime.combine(day, time(0)) + timedelta(minutes=minute), zone)
