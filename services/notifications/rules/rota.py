"""Who is on call at a moment: the week's line on the rota, unless somebody stands in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo


class Place(StrEnum):
    """Who is called first, and who next."""

    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class RotaWeek:
    """From this Monday on, until a later week says otherwise."""

    starts_on: date
    place: Place
    staff_id: UUID


@dataclass(frozen=True, slots=True)
class Cover:
    """Somebody stands in from one moment until another, which is not in it any more."""

    place: Place
    staff_id: UUID
    from_at: datetime
    until_at: datetime
    noted_at: datetime


def monday_of(day: date) -> date:
    """The Monday on which the week of this day begins."""
    return day - timedelta(days=day.weekday())


def on_call(
    now: datetime, zone: ZoneInfo, weeks: Iterable[RotaWeek], covers: Iterable[Cover]
) -> Mapping[Place, UUID]:
    """Who is on call at each place; a place that nobody was ever set for is left out.

    Weeks begin on Monday at midnight in `zone`.
    """
    this_week = monday_of(now.astimezone(zone).date())
    standing_in = sorted(
        (one for one in covers if one.from_at <= now < one.until_at),
        key=lambda one: (one.noted_at, one.staff_id),
    )
    covering = {one.place: one.staff_id for one in standing_in}
    return {**on_call_in(this_week, weeks), **covering}


def on_call_in(monday: date, weeks: Iterable[RotaWeek]) -> Mapping[Place, UUID]:
    """Who is on call in the week that begins on this Monday, where nobody stands in."""
    begun = sorted((one for one in weeks if one.starts_on <= monday), key=_begin)
    return {one.place: one.staff_id for one in begun}


def _begin(week: RotaWeek) -> date:
    return week.starts_on
