"""After which attempts a coach may say that a person cannot be reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from shared.events import ContactChannel, ContactOutcome

REACHED = frozenset({ContactOutcome.REACHED, ContactOutcome.MET})

MIN_ATTEMPTS = 4
MIN_CHANNELS = 2
MIN_DAY_PARTS = 3
MIN_SPAN = timedelta(days=7)
_NOON, _EVENING = 12, 17


@dataclass(frozen=True, slots=True)
class LoggedContact:
    """One attempt of a coach to reach the person."""

    logged_at: datetime
    channel: ContactChannel
    outcome: ContactOutcome


def was_reached(contacts: Sequence[LoggedContact]) -> bool:
    """Whether coach and person have talked or met."""
    return any(one.outcome in REACHED for one in contacts)


def may_give_up(contacts: Sequence[LoggedContact], *, zone: str, now: datetime) -> bool:
    """Whether enough was tried: often, in several ways, at several times of day, long enough.

    Morning, afternoon and evening are those of the person's zone.
    """
    if was_reached(contacts) or len(contacts) < MIN_ATTEMPTS:
        return False
    hours = [one.logged_at.astimezone(ZoneInfo(zone)).hour for one in contacts]
    day_parts = {(hour >= _NOON) + (hour >= _EVENING) for hour in hours}
    return (
        len({one.channel for one in contacts}) >= MIN_CHANNELS
        and len(day_parts) >= MIN_DAY_PARTS
        and now - min(one.logged_at for one in contacts) >= MIN_SPAN
    )
