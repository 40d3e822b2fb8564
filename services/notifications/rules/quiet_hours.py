"""When a text may reach somebody: hours of the day, in every zone where they may be.

Default 09:00-20:00 at the recipient's place, every day; the legal outer bound is 08:00-21:00
(47 CFR 64.1200(c)). Where the zone is not certain, a text goes only in hours that are allowed
in every candidate zone.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

US_ZONES = tuple(
    ZoneInfo(name)
    for name in (
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Phoenix",
        "America/Los_Angeles",
        "America/Anchorage",
        "Pacific/Honolulu",
        "America/Puerto_Rico",
    )
)
"""The candidates when nothing says where in the United States somebody is."""

_DAYS_AHEAD = 8


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours in which texts are allowed, local wall time; `closes` itself is quiet again.

    Equal times mean the whole day. Hours across midnight are refused with ValueError.
    """

    opens: time = time(9)
    closes: time = time(20)

    def __post_init__(self) -> None:
        if self.opens > self.closes:
            raise ValueError("allowed hours must open before they close")

    @property
    def whole_day(self) -> bool:
        return self.opens == self.closes


DEFAULT_HOURS = Hours()


class NoCommonHourError(Exception):
    """The candidate zones have no allowed hour in common: a human has to choose."""

    def __init__(self) -> None:
        super().__init__("the candidate zones share no allowed hour; state the zone")


def next_allowed(at: datetime, zones: Sequence[ZoneInfo], hours: Hours = DEFAULT_HOURS) -> datetime:
    """The first instant from `at` on that is inside `hours` in every one of `zones`, in UTC.

    No zone at all means nothing is known: then every zone of `US_ZONES` must agree.
    Raises NoCommonHourError when that never happens, ValueError when `at` has no zone.
    """
    if at.tzinfo is None:
        raise ValueError("the instant needs a time zone")
    now, candidates = at.astimezone(UTC), tuple(zones) or US_ZONES
    if hours.whole_day or _allowed(now, candidates, hours):
        return now
    for opening in sorted(set(_openings(now, candidates, hours))):
        if opening >= now and _allowed(opening, candidates, hours):
            return opening
    raise NoCommonHourError


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant that a local wall time (without zone) means in `zone`.

    A time inside a daylight-saving gap is the first valid instant after it; an ambiguous one is
    its first occurrence. Raises ValueError when `wall` already has a zone.
    """
    if wall.tzinfo is not None:
        raise ValueError("a wall time has no zone of its own")
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    return _first_after_jump(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), first, zone)


def days_later(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same wall time in `zone`, `days` calendar days after `at`, as a UTC instant."""
    return instant_of(at.astimezone(zone).replace(tzinfo=None) + timedelta(days=days), zone)


def _allowed(at: datetime, zones: Iterable[ZoneInfo], hours: Hours) -> bool:
    return all(_inside(at, zone, hours) for zone in zones)


def _inside(at: datetime, zone: ZoneInfo, hours: Hours) -> bool:
    """Both the clock on the wall and the day's first opening and closing must say yes.

    They differ only in the night on which clocks go back: the hour that comes twice counts once.
    """
    wall = at.astimezone(zone).replace(tzinfo=None, fold=0)
    if not hours.opens <= wall.time() < hours.closes:
        return False
    return at < instant_of(datetime.combine(wall.date(), hours.closes), zone)


def _openings(at: datetime, zones: Iterable[ZoneInfo], hours: Hours) -> Iterator[datetime]:
    """Every instant near `at` at which some zone may turn from quiet to allowed."""
    for zone in zones:
        today = at.astimezone(zone).date()
        for ahead in range(_DAYS_AHEAD + 1):
            wall = datetime.combine(today + timedelta(days=ahead), hours.opens)
            yield instant_of(wall, zone)
            yield wall.replace(tzinfo=zone, fold=1).astimezone(UTC)


def _first_after_jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first whole second between two instants that has the offset of the later one."""
    offset = after.astimezone(zone).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while low < high:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle + 1
    return before + timedelta(seconds=low)
