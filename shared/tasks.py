"""Human tasks: the one way in which anything waits for a human.

A task is opened and closed by the service whose state it is about, in the transaction that caused
it. Notifications folds the tasks of all three services into one board, because it can call people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID


class Role(StrEnum):
    """Who may act on a task."""

    ON_CALL = "on_call"
    """Reads words of people: a supervisor, or the one on call."""
    SUPERVISOR = "supervisor"
    CLINIC = "clinic"
    OPERATOR = "operator"
    """Keeps the system running; sees kinds and clocks, never words."""


class TaskKind(StrEnum):
    """What waits. Codes of reason tell more; neither ever says what somebody wrote."""

    DANGER = "danger"
    DEATH_TOLD = "death_told"
    """A text says that somebody has died."""
    REVOCATION_TO_CONFIRM = "revocation_to_confirm"
    """A text takes consent back: a human makes sure of what was meant."""
    SOMEBODY_STRUGGLES = "somebody_struggles"
    """Words of craving, of relapse or of not coping, or a low answer."""
    TEXT_TO_READ = "text_to_read"
    MESSAGE_PARKED = "message_parked"
    NUMBER_TO_MEND = "number_to_mend"
    """A number leads to nobody, or to somebody else."""
    HOLD_TO_RELEASE = "hold_to_release"
    SAFETY_FINDING = "safety_finding"
    FIRST_CONTACT_OVERDUE = "first_contact_overdue"
    COACHES_PASSED = "coaches_passed"
    NOBODY_CAN_FIT = "nobody_can_fit"
    CONTACT_TO_GIVE_UP = "contact_to_give_up"
    """A coach has tried long enough to reach a person: may the referral end?"""
    PAUSE_TO_REVIEW = "pause_to_review"
    """A pause is over, and its coach has not said how it goes on."""
    NEWS_UNREAD = "news_unread"
    """An event of this key could not be read by the task's owner: those it is about are held."""
    NEWS_OF_DANGER_UNREAD = "news_of_danger_unread"
    """The same, of a type that tells of danger: nobody may have been called for it."""
    ON_CALL_TEST = "on_call_test"
    """The daily question whether somebody can be woken; to answer is all that it asks for."""


class Outcome(StrEnum):
    """Why a task is closed: a human did something, or there is nothing left to do."""

    CONTACT_MADE = "contact_made"
    COACH_FOUND = "coach_found"
    HOLD_RELEASED = "hold_released"
    REFERRAL_OVER = "referral_over"
    MESSAGE_DECIDED = "message_decided"
    NUMBER_MENDED = "number_mended"
    TEXT_READ = "text_read"
    """Nothing else had to be done."""
    ANSWERED = "answered"
    CALLED = "called"
    PASSED_ON = "passed_on"
    """The coach or the clinic was told and acts."""
    NEWS_SETTLED = "news_settled"
    ON_CALL_ANSWERED = "on_call_answered"
    NOBODY_ANSWERED = "nobody_answered"
    """Until the next day's test took its place."""
    SUPERVISOR_DECIDED = "supervisor_decided"
    COACH_CHANGED = "coach_changed"
    PAUSE_DECIDED = "pause_decided"
    """Support is paused, or goes on after its pause."""


@dataclass(frozen=True, slots=True)
class TaskRule:
    """Who acts on a kind of task, and how soon."""

    role: Role
    within: timedelta


RULES: Final[Mapping[TaskKind, TaskRule]] = {
    TaskKind.DANGER: TaskRule(Role.ON_CALL, timedelta(minutes=15)),
    TaskKind.DEATH_TOLD: TaskRule(Role.ON_CALL, timedelta(minutes=15)),
    TaskKind.REVOCATION_TO_CONFIRM: TaskRule(Role.SUPERVISOR, timedelta(hours=4)),
    TaskKind.SOMEBODY_STRUGGLES: TaskRule(Role.SUPERVISOR, timedelta(hours=1)),
    TaskKind.SAFETY_FINDING: TaskRule(Role.CLINIC, timedelta(minutes=15)),
    TaskKind.HOLD_TO_RELEASE: TaskRule(Role.CLINIC, timedelta(hours=4)),
    TaskKind.TEXT_TO_READ: TaskRule(Role.ON_CALL, timedelta(hours=4)),
    TaskKind.NEWS_UNREAD: TaskRule(Role.OPERATOR, timedelta(hours=1)),
    TaskKind.NEWS_OF_DANGER_UNREAD: TaskRule(Role.OPERATOR, timedelta(minutes=15)),
    TaskKind.MESSAGE_PARKED: TaskRule(Role.OPERATOR, timedelta(hours=4)),
    TaskKind.NUMBER_TO_MEND: TaskRule(Role.SUPERVISOR, timedelta(days=1)),
    TaskKind.FIRST_CONTACT_OVERDUE: TaskRule(Role.SUPERVISOR, timedelta(hours=4)),
    TaskKind.COACHES_PASSED: TaskRule(Role.SUPERVISOR, timedelta(days=1)),
    TaskKind.NOBODY_CAN_FIT: TaskRule(Role.SUPERVISOR, timedelta(days=1)),
    TaskKind.ON_CALL_TEST: TaskRule(Role.ON_CALL, timedelta(minutes=15)),
    TaskKind.CONTACT_TO_GIVE_UP: TaskRule(Role.SUPERVISOR, timedelta(days=1)),
    TaskKind.PAUSE_TO_REVIEW: TaskRule(Role.SUPERVISOR, timedelta(days=1)),
}
"""Danger and death are looked at within a quarter of an hour, any text within four hours."""

ABOUT_WORDS = frozenset(
    {
        TaskKind.DANGER,
        TaskKind.DEATH_TOLD,
        TaskKind.REVOCATION_TO_CONFIRM,
        TaskKind.SOMEBODY_STRUGGLES,
        TaskKind.TEXT_TO_READ,
    }
)
"""Somebody has written to us: a human who acts on one of these reads all that they wrote."""


ABOUT_SEARCHES = frozenset(
    {
        TaskKind.FIRST_CONTACT_OVERDUE,
        TaskKind.COACHES_PASSED,
        TaskKind.NOBODY_CAN_FIT,
        TaskKind.CONTACT_TO_GIVE_UP,
        TaskKind.PAUSE_TO_REVIEW,
    }
)
"""A supervisor decides how the search for a coach, or the support, goes on."""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits for a human. `subject_id` is the referral, person, coach or message."""

    task_id: UUID
    kind: TaskKind
    subject_id: UUID
    reason: str
    opened_at: datetime
    due_at: datetime


def due_at(kind: TaskKind, *, now: datetime) -> datetime:
    """By when somebody must have acted on a task of this kind that is opened `now`."""
    return now + RULES[kind].within
