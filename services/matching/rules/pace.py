"""How fast one clinic's referrals go to coaches: its flood leaves room for everybody else."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Pace:
    """Of one clinic and urgency `at_once` searches begin without a wait, then one `every` so long.

    What is saved up by quiet times is bounded by `at_once` too.
    """

    at_once: int
    every: timedelta


def starts(pace: Pace, *, free_at: datetime, place: int, now: datetime) -> datetime:
    """When the search begins that is `place` others behind in its clinic's line (0 for the next).

    `free_at`: when the line is empty again, one search after the other at the pace.
    """
    own_turn = max(free_at, now) + place * pace.every
    return max(now, own_turn - (pace.at_once - 1) * pace.every)
