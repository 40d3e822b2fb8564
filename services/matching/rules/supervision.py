"""What a supervisor can decide where a search waits for one."""

from collections.abc import Mapping
from enum import StrEnum

from services.matching.rules.states import SearchState
from shared.events import NobodyFound
from shared.tasks import TaskKind


class Decision(StrEnum):
    """A button of the supervisor's page."""

    ASK_ON = "ask-on"
    """Ask the coaches who were not asked yet."""
    ASK_ALL_AGAIN = "ask-all-again"
    """Ask all coaches again, also those who passed."""
    NO_COACH = "no-coach"
    """End the referral: nobody can be found."""
    MORE_TIME = "more-time"
    """The coach has one more day for the first contact."""
    GIVE_UP = "give-up"
    """End the referral: the person cannot be reached."""
    RESUME = "resume"
    """Support goes on after its pause."""
    PAUSE_ON = "pause-on"
    """The pause lasts two more weeks."""
    TRY_ON = "try-on"
    """The coach goes on trying to reach the person."""


DECISIONS: Mapping[TaskKind, tuple[Decision, ...]] = {
    TaskKind.COACHES_PASSED: (Decision.ASK_ON, Decision.ASK_ALL_AGAIN, Decision.NO_COACH),
    TaskKind.NOBODY_CAN_FIT: (Decision.ASK_ON, Decision.NO_COACH),
    TaskKind.FIRST_CONTACT_OVERDUE: (Decision.MORE_TIME,),
    TaskKind.CONTACT_TO_GIVE_UP: (Decision.TRY_ON, Decision.GIVE_UP),
    TaskKind.PAUSE_TO_REVIEW: (Decision.RESUME, Decision.PAUSE_ON),
}
"""Kind of task → what can be decided, the mildest first."""

_ABOUT_A_WAIT = frozenset({Decision.ASK_ON, Decision.ASK_ALL_AGAIN, Decision.NO_COACH})


def refused_as(kind: TaskKind) -> NobodyFound:
    """What the clinic is told where a supervisor gives the search up."""
    passed = kind is TaskKind.COACHES_PASSED
    return NobodyFound.NO_CAPACITY if passed else NobodyFound.NO_ELIGIBLE_COACH


def fits(decision: Decision, search: SearchState) -> bool:
    """Whether the search still stands where this can be decided about it."""
    expected = SearchState.WAITLISTED if decision in _ABOUT_A_WAIT else SearchState.ASSIGNED
    return search is expected
