"""Figures that tell whether people are being helped: name, unit, meaning, and who acts on it.

No figure names a clinic or an id, and none is so fine that it could point at a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from services.matching.rules.states import OfferState, SearchState

LATELY = timedelta(days=7)
"""How far back the figures about answers and times look."""


class Unit(StrEnum):
    """What a value counts."""

    PEOPLE = "people"
    OFFERS = "offers"
    PLACES = "places"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `rows`: the value of the metric's label `of` → the words of its row."""

    name: str
    title: str
    unit: Unit
    means: str
    act: str
    rows: Mapping[str, str]


_WAITS = {
    SearchState.SEARCHING.value: "are being matched",
    SearchState.OFFERED.value: "a coach was asked",
    SearchState.WAITLISTED.value: "wait for a coach with room",
    SearchState.REMATCHING.value: "wait for another coach",
    SearchState.HELD.value: "are on hold until somebody has looked",
}
_TIMES = {"half": "half of them within", "most": "nine of ten within"}

FIGURES = (
    Figure(
        "alongside_people_waiting",
        "Without a coach",
        Unit.PEOPLE,
        "Everybody whose referral is accepted and who has no coach yet, or not any more.",
        "Grows day by day: supervisors win coaches, or let some take on more.",
        _WAITS,
    ),
    Figure(
        "alongside_people_waiting_longest_seconds",
        "The longest wait",
        Unit.SECONDS,
        "Since the referral was accepted.",
        "Over a day while places are free: a supervisor looks for this referral's task.",
        _WAITS,
    ),
    Figure(
        "alongside_people_without_contact",
        "With a coach, not reached yet",
        Unit.PEOPLE,
        "A coach said yes and has not reached the person. Pauses do not count.",
        "Overdue: supervisors call the coach; each is a task on the desk.",
        {"in_time": "within the promised time", "overdue": "overdue"},
    ),
    Figure(
        "alongside_people_in_support",
        "In support",
        Unit.PEOPLE,
        "The coach has reached the person, or support is paused.",
        "Nothing to do; it tells how full coaches are.",
        {"in_touch": "in touch with their coach", "paused": "paused"},
    ),
    Figure(
        "alongside_places",
        "Places",
        Unit.PLACES,
        "How many people the active coaches may support.",
        "None free: everybody new waits.",
        {"taken": "taken", "free": "free"},
    ),
    Figure(
        "alongside_offers_lately",
        "What coaches answered",
        Unit.OFFERS,
        "Offers of the last seven days.",
        "Many that expire: supervisors ask coaches whether their texts arrive.",
        {
            OfferState.OPEN.value: "not answered yet",
            OfferState.ACCEPTED.value: "yes",
            OfferState.DECLINED.value: "passed",
            OfferState.EXPIRED.value: "not answered in time",
            OfferState.WITHDRAWN.value: "taken back",
        },
    ),
    Figure(
        "alongside_time_to_yes_seconds",
        "From the referral to a coach's yes",
        Unit.SECONDS,
        "For each yes of the last seven days.",
        "Longer than last week: look at what coaches answered, and at places.",
        _TIMES,
    ),
    Figure(
        "alongside_time_to_contact_seconds",
        "From a coach's yes to the first contact",
        Unit.SECONDS,
        "For each first contact of the last seven days that reached the person.",
        "Longer than promised: supervisors talk with the coaches.",
        _TIMES,
    ),
)

_HOURS_OF_A_DAY = 24

Values = Mapping[tuple[str, str], float]
"""Name of a figure and of its row → value. What counts nothing is not there."""


def words_of(value: float | None, unit: Unit) -> str:
    """A value for people: `3`, or a time in its two largest units: `2 h 5 min`."""
    if unit is not Unit.SECONDS:
        return str(round(value or 0))
    if value is None:
        return "–"
    hours, minutes = divmod(int(value) // 60, 60)
    if hours >= _HOURS_OF_A_DAY:
        return f"{hours // _HOURS_OF_A_DAY} d {hours % _HOURS_OF_A_DAY} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
