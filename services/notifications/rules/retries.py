"""When something that a provider has not taken is tried again. Chance and time are arguments."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST_WAIT = timedelta(seconds=5)
MAX_WAIT = timedelta(minutes=5)
"""A provider that cannot be reached must not take the turn of one that can."""
MAX_WAIT_URGENT = timedelta(seconds=30)
"""For an answer to somebody in danger."""
MAX_RETRY_AFTER = timedelta(hours=1)
"""A provider that asks for more is asked again after this."""

TRIES_OF_ONE_CHANNEL = 5
"""About two minutes: an outage that lasts longer leads to the next channel, where there is one."""
MAX_TRIES = 300
"""About a day: then a human decides."""

_MAX_DOUBLINGS = 16


def wait_before_retry(
    tried: int, chance: float, *, asked: timedelta | None = None, most: timedelta = MAX_WAIT
) -> timedelta:
    """How long to wait after a try in vain that was preceded by `tried` others.

    Doubles each time, up to `most`; `chance`, from 0 up to 1, spreads it over its upper half, so
    that messages that failed together do not come back together. Never shorter than what the
    provider `asked` for.
    """
    grown: timedelta = min(FIRST_WAIT * int(2 ** min(tried, _MAX_DOUBLINGS)), most)
    wait = grown * (0.5 + chance / 2)
    return wait if asked is None else max(wait, asked + FIRST_WAIT * chance)


def read_retry_after(value: str | None, date: str | None) -> timedelta | None:
    """What a `Retry-After` header asks for: seconds or an HTTP date, at most MAX_RETRY_AFTER.

    A date is counted from the answer's own `Date`, so that no clock of ours matters. None where
    the header is missing or cannot be read.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), MAX_RETRY_AFTER)
    until, now = _http_date(text), _http_date(date or "")
    if until is None or now is None:
        return None
    return min(max(until - now, timedelta(0)), MAX_RETRY_AFTER)


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
