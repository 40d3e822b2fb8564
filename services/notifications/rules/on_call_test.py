"""When the one on call is asked whether they can be woken: once a day."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.notifications.rules.quiet_hours import instant_of


def next_test(after: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The first moment after `after` at which it is `at` in `zone`, as a UTC instant."""
    today = after.astimezone(zone).date()
    days = (datetime.combine(today + timedelta(days=ahead), at) for ahead in (0, 1, 2))
    return next(moment for day in days if (moment := instant_of(day, zone)) > after)
