"""How many referrals a clinic may send: no clinic's flood leaves the others without a coach."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Quota:
    """The most new referrals of one clinic, per hour and per day."""

    per_hour: int
    per_day: int


@dataclass(frozen=True, slots=True)
class Windows:
    """The hour and the day in which a moment lies; each is counted from its start."""

    hour: datetime
    day: datetime
    next_day: datetime

    @property
    def next_hour(self) -> datetime:
        return self.hour + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class QuotaReached:
    """A clinic has sent `most` in this hour or day; it may send again from `opens_at` on."""

    most: int
    window: str
    opens_at: datetime

    def retry_seconds(self, now: datetime) -> int:
        """How long to wait, for the header Retry-After."""
        return max(1, ceil((self.opens_at - now).total_seconds()))


class QuotaReachedError(Exception):
    """This would be one referral more than the clinic may send."""

    def __init__(self, reached: QuotaReached) -> None:
        super().__init__(f"{reached.most} referrals in one {reached.window}")
        self.reached = reached


def windows_of(now: datetime, zone: ZoneInfo) -> Windows:
    """Hours begin on the hour, days at midnight where the office is."""
    today = now.astimezone(zone).date()
    day, next_day = (
        datetime.combine(date, time(), zone).astimezone(UTC)
        for date in (today, today + timedelta(days=1))
    )
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return Windows(hour, day, next_day)


def exceeded(quota: Quota, *, in_hour: int, in_day: int, windows: Windows) -> QuotaReached | None:
    """Which limit a clinic would exceed that has sent so many, the newest included."""
    if in_day > quota.per_day:
        return QuotaReached(quota.per_day, "day", windows.next_day)
    if in_hour > quota.per_hour:
        return QuotaReached(quota.per_hour, "hour", windows.next_hour)
    return None
