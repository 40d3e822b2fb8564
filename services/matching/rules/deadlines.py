"""By when something must have happened. Every answer is an aware moment in UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from services.matching.rules.hours import (
    BusinessHours,
    after_business_days,
    after_working,
    by_day,
    worked_between,
)
from shared.events import Urgency

WAITLIST_REVIEW_EVERY = timedelta(days=7)
OFFERS_BEFORE_SUPERVISOR = 3


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Time on any clock, day or night."""

    length: timedelta

    def __post_init__(self) -> None:
        if self.length <= timedelta(0):
            raise ValueError("a window is longer than nothing")


@dataclass(frozen=True, slots=True)
class FromDaytime:
    """Time on any clock that begins when the coach may be written to: at night, in the morning."""

    length: timedelta

    def __post_init__(self) -> None:
        if self.length <= timedelta(0):
            raise ValueError("a window is longer than nothing")


@dataclass(frozen=True, slots=True)
class BusinessTime:
    """Time that counts only while the coach is at work."""

    length: timedelta

    def __post_init__(self) -> None:
        if self.length <= timedelta(0):
            raise ValueError("a window is longer than nothing")


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """Working days of the coach: the same time of day, so many working days later."""

    days: int

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("a window is at least one business day")


Window: TypeAlias = Elapsed | FromDaytime | BusinessTime | BusinessDays


@dataclass(frozen=True, slots=True)
class Windows:
    """One window per urgency; a setting, so that a demo or a benchmark can shrink them."""

    fast_lane: Window
    urgent: Window
    routine: Window

    def of(self, urgency: Urgency) -> Window:
        match urgency:
            case Urgency.FAST_LANE:
                return self.fast_lane
            case Urgency.URGENT:
                return self.urgent
            case Urgency.ROUTINE:
                return self.routine


# After an overdose or a release, an offer that sleeps through a weekend would itself be the harm.
# No coach is written to at night, so one made then stays open until an hour into the morning:
# taken back before, it would only come again.
OFFER_WINDOWS = Windows(
    fast_lane=FromDaytime(timedelta(hours=1)),
    urgent=BusinessTime(timedelta(hours=4)),
    routine=BusinessDays(1),
)
FIRST_CONTACT_WINDOWS = Windows(
    fast_lane=Elapsed(timedelta(hours=24)),
    urgent=BusinessDays(2),
    routine=BusinessDays(2),
)

_WINDOW = re.compile(r"(?P<count>[1-9]\d{0,5}) ?(?P<unit>s|min|h|h by day|business h|business d)")


def window_of(text: str) -> Window:
    """Read a window as a setting writes it: `90 s`, `5 min`, `1 h`, `1 h by day`, `4 business h`,
    `1 business d`.

    Raises ValueError for anything else.
    """
    found = _WINDOW.fullmatch(text.strip())
    if found is None:
        raise ValueError(
            "a window is a count and a unit: s, min, h, h by day, business h or business d"
        )
    count = int(found["count"])
    match found["unit"]:
        case "s":
            return Elapsed(timedelta(seconds=count))
        case "min":
            return Elapsed(timedelta(minutes=count))
        case "h":
            return Elapsed(timedelta(hours=count))
        case "h by day":
            return FromDaytime(timedelta(hours=count))
        case "business h":
            return BusinessTime(timedelta(hours=count))
        case _:
            return BusinessDays(count)


def answer_by(
    urgency: Urgency, hours: BusinessHours, *, now: datetime, windows: Windows = OFFER_WINDOWS
) -> datetime:
    """When an offer made `now` expires, on the clock of the coach who is asked.

    Raises NoBusinessHoursError when the window counts business time and the coach has none.
    """
    return _end(windows.of(urgency), hours, now)


def remind_at(
    urgency: Urgency, hours: BusinessHours, *, now: datetime, windows: Windows = OFFER_WINDOWS
) -> datetime:
    """Half time of an offer made `now`: half of the *working* time where that is what counts.

    Raises NoBusinessHoursError as `answer_by` does.
    """
    window = windows.of(urgency)
    end = _end(window, hours, now)
    if isinstance(window, Elapsed | FromDaytime):
        return end - window.length / 2
    return after_working(hours, worked_between(hours, now, end) / 2, since=now)


def first_contact_by(
    urgency: Urgency,
    hours: BusinessHours,
    *,
    accepted_at: datetime,
    windows: Windows = FIRST_CONTACT_WINDOWS,
) -> datetime:
    """By when the coach first tries to reach the person.

    Source: 24 hours after overdose, discharge or release; else two business days, the benchmark
    of a 211 line (GetHelpOC). Raises NoBusinessHoursError as `answer_by` does.
    """
    return _end(windows.of(urgency), hours, accepted_at)


NEWS_REVIEW_EVERY = timedelta(minutes=15)
"""How soon a referral is looked at again that waits for news which could not be applied."""


def review_at(now: datetime, *, every: timedelta = WAITLIST_REVIEW_EVERY) -> datetime:
    """When somebody must look again at a referral that waits."""
    return now.astimezone(UTC) + every


def supervisor_decides(offers_lapsed: int, *, limit: int = OFFERS_BEFORE_SUPERVISOR) -> bool:
    """Whether so many declined, expired or undeliverable offers make it a supervisor's turn."""
    return offers_lapsed >= limit


def _end(window: Window, hours: BusinessHours, now: datetime) -> datetime:
    match window:
        case Elapsed(length=length):
            return now.astimezone(UTC) + length
        case FromDaytime(length=length):
            return by_day(now, hours.zone) + length
        case BusinessTime(length=length):
            return after_working(hours, length, since=now)
        case BusinessDays(days=days):
            return after_business_days(hours, days, since=now)
