"""By when something has to happen with a referral: no state without a date.

Business time runs on the weekdays and between the hours of a calendar, in the calendar's zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.intake.rules.states import OVERLAYS, Standing, State


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """Full business days after a moment, to the end of the last one."""

    days: int


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """An amount of open time."""

    hours: int


Clock = timedelta | BusinessDays | BusinessHours


@dataclass(frozen=True, slots=True)
class Calendar:
    """When an office is open. `weekdays`: 0 = Monday. Times are local to `zone`."""

    zone: ZoneInfo
    opens: time = time(9)
    closes: time = time(17)
    weekdays: frozenset[int] = frozenset(range(5))
    holidays: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if not self.weekdays or not self.opens < self.closes:
            raise ValueError("a calendar needs a weekday, and to close after it opens")

    def is_open_on(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays

    def hours_of(self, day: date) -> tuple[datetime, datetime]:
        """Opening and closing of a day, in UTC."""
        opens = datetime.combine(day, self.opens, self.zone).astimezone(UTC)
        return opens, datetime.combine(day, self.closes, self.zone).astimezone(UTC)


DEFAULTS: dict[State, Clock] = {
    State.RECEIVED: timedelta(seconds=60),
    State.CONSENT_PENDING: timedelta(days=7),
    State.NEEDS_INFO: BusinessDays(5),
    State.SAFETY_HOLD: BusinessHours(1),
    State.READY: timedelta(seconds=60),
    State.MATCHING: timedelta(minutes=5),
    State.OFFERED: BusinessDays(1),
    State.WAITLISTED: timedelta(days=7),
    State.ASSIGNED: BusinessDays(2),
    State.CONTACTING: BusinessDays(2),
    State.ENGAGED: timedelta(days=30),
    State.ON_HOLD: timedelta(days=14),
    State.REMATCHING: BusinessDays(1),
    State.CANCEL_REQUESTED: BusinessDays(1),
}
"""Defaults; every one is configuration. For a state that another service works on it is the
time after which a miss is reported, unless that service has promised one."""

GRACE = timedelta(minutes=5)

CRISIS_TEXT = timedelta(minutes=15)
"""A text that speaks of danger is looked at within this, at any hour."""


def next_action_at(
    state: State,
    *,
    now: datetime,
    calendar: Calendar,
    promised: datetime | None = None,
    clocks: Mapping[State, Clock] = DEFAULTS,
) -> datetime | None:
    """When somebody has to look at this referral again, in UTC; None for a final state.

    `promised` is what another service said; it gets `GRACE` before a miss is reported.
    """
    clock = clocks.get(state)
    if clock is None:
        return None
    if promised is not None:
        return promised.astimezone(UTC) + GRACE
    return after(clock, now=now, calendar=calendar)


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of the next look at a referral that moves.

    `pending`: the date it has; `promised`: what another service said; `within`: the longest that
    this move leaves.
    """

    pending: datetime | None
    promised: datetime | None = None
    within: timedelta | None = None


def look_after(
    before: Standing, moved: Standing, look: Look, *, now: datetime, calendar: Calendar
) -> datetime | None:
    """When somebody has to look next, after a move from `before` to `moved`, in UTC.

    What happens under a hold leaves the hold's date as it is; `within` only brings it nearer. The
    day on which a pause is looked at may be moved.
    """
    is_moved = moved == before and moved.state is State.ON_HOLD and look.promised is not None
    if moved.state in OVERLAYS and moved.state is before.state and not is_moved:
        due = look.pending
    else:
        due = next_action_at(moved.state, now=now, calendar=calendar, promised=look.promised)
    if due is None or look.within is None:
        return due
    return min(due, now.astimezone(UTC) + look.within)


def after(clock: Clock, *, now: datetime, calendar: Calendar) -> datetime:
    """The moment when a clock started now has run down, in UTC."""
    if isinstance(clock, timedelta):
        return now.astimezone(UTC) + clock
    if isinstance(clock, BusinessDays):
        return _after_days(clock.days, now, calendar)
    return _after_hours(timedelta(hours=clock.hours), now, calendar)


def _after_days(days: int, now: datetime, calendar: Calendar) -> datetime:
    day = now.astimezone(calendar.zone).date()
    left = days
    while left:
        day += timedelta(days=1)
        left -= calendar.is_open_on(day)
    return calendar.hours_of(day)[1]


def _after_hours(left: timedelta, now: datetime, calendar: Calendar) -> datetime:
    moment = now.astimezone(UTC)
    day = now.astimezone(calendar.zone).date()
    while True:
        opens, closes = calendar.hours_of(day)
        start = max(moment, opens)
        if calendar.is_open_on(day) and start < closes:
            if start + left <= closes:
                return start + left
            left -= closes - start
        day += timedelta(days=1)
