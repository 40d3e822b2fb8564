"""Whom a task wakes, when, and who is next while nobody answers.

A task of danger wakes somebody at once, at any hour; any other when its time is over, in the hours
of the desk. Nobody answers, or somebody says yes and does not look: a quarter of an hour later the
next rung is called.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.notifications.rules.quiet_hours import Hours, next_allowed
from shared.tasks import TaskKind


class Rung(StrEnum):
    """Who is called together."""

    ON_CALL = "on_call"
    SECOND = "second"
    SUPERVISORS = "supervisors"
    CLINIC = "clinic"
    OPERATORS = "operators"


_OF_WORDS = (Rung.ON_CALL, Rung.SECOND, Rung.SUPERVISORS, Rung.OPERATORS)
_OF_SAFETY = (Rung.ON_CALL, Rung.SECOND, Rung.SUPERVISORS, Rung.CLINIC, Rung.OPERATORS)
_OF_OPERATION = (Rung.OPERATORS, Rung.ON_CALL, Rung.SECOND, Rung.SUPERVISORS)

LADDERS: Mapping[TaskKind, tuple[Rung, ...]] = {
    TaskKind.DANGER: _OF_SAFETY,
    TaskKind.SAFETY_FINDING: _OF_SAFETY,
    TaskKind.HOLD_TO_RELEASE: _OF_SAFETY,
    TaskKind.DEATH_TOLD: _OF_SAFETY,
    TaskKind.REVOCATION_TO_CONFIRM: _OF_WORDS,
    TaskKind.SOMEBODY_STRUGGLES: _OF_WORDS,
    TaskKind.TEXT_TO_READ: _OF_WORDS,
    TaskKind.NUMBER_TO_MEND: _OF_WORDS,
    TaskKind.FIRST_CONTACT_OVERDUE: _OF_WORDS,
    TaskKind.COACHES_PASSED: _OF_WORDS,
    TaskKind.NOBODY_CAN_FIT: _OF_WORDS,
    TaskKind.CONTACT_TO_GIVE_UP: _OF_WORDS,
    TaskKind.PAUSE_TO_REVIEW: _OF_WORDS,
    TaskKind.MESSAGE_PARKED: _OF_OPERATION,
    TaskKind.NEWS_UNREAD: _OF_OPERATION,
    TaskKind.NEWS_OF_DANGER_UNREAD: _OF_OPERATION,
    TaskKind.ON_CALL_TEST: _OF_WORDS,
}
"""Who is called for each kind, in turn."""

AT_ONCE = frozenset(
    {
        *(TaskKind.DANGER, TaskKind.DEATH_TOLD, TaskKind.SAFETY_FINDING),
        TaskKind.NEWS_OF_DANGER_UNREAD,
    }
)
"""These do not wait until their time is over, and not for the morning. The hold that a text of
danger brings wakes nobody a second time, unless the clinic lets its time pass."""

WHEN_OPENED = AT_ONCE | {TaskKind.ON_CALL_TEST}
"""These call before their time is over. The daily test keeps to the hours of the desk."""

ROUND_AGAIN_AFTER = timedelta(days=1)
"""When a ladder that nobody answered begins anew; that of danger does not stop for breath."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """How far a task's ladder has come. `calls` counts rungs, also those that were left out."""

    kind: TaskKind
    opened_at: datetime
    due_at: datetime
    calls: int = 0
    begun_at: datetime | None = None
    called_at: datetime | None = None
    acknowledged_at: datetime | None = None
    """When somebody said last that they act on it."""
    seen_at: datetime | None = None
    """When somebody who may act looked at its page last."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How long a rung has to answer, and when people may be woken for what can wait."""

    next_after: timedelta
    hours: Hours
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Call:
    """Call this rung now; `calls` is how far the ladder has come with it. Look again at `then`."""

    rung: Rung
    calls: int
    then: datetime


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Nothing to do before `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Rest:
    """Somebody acts on it."""


def decide(
    alarm: Alarm, *, now: datetime, policy: Policy, answering: Collection[Rung]
) -> Call | LookAgain | Rest:
    """What an open task needs at `now`. `answering`: the rungs that have somebody to be called.

    A rung without anybody costs no time. Where nobody at all can be called, the question is asked
    again after the usual wait: somebody may have been set meanwhile.
    """
    if _is_acted_on(alarm):
        return Rest()
    call_at = _next_call_at(alarm, policy)
    if now < call_at:
        return LookAgain(call_at)
    ladder = LADDERS[alarm.kind]
    for skipped in range(len(ladder)):
        rung = ladder[(alarm.calls + skipped) % len(ladder)]
        if rung in answering:
            calls = alarm.calls + skipped + 1
            return Call(rung, calls, _after_call(alarm.kind, calls, now, policy))
    return LookAgain(now + policy.next_after)


def _is_acted_on(alarm: Alarm) -> bool:
    """Somebody has said so and looked, both since people are called."""
    return alarm.begun_at is not None and all(
        at is not None and at >= alarm.begun_at for at in (alarm.acknowledged_at, alarm.seen_at)
    )


def _next_call_at(alarm: Alarm, policy: Policy) -> datetime:
    if alarm.called_at is None:
        when_opened = alarm.kind in WHEN_OPENED
        return _allowed(alarm.kind, alarm.opened_at if when_opened else alarm.due_at, policy)
    after_call = _after_call(alarm.kind, alarm.calls, alarm.called_at, policy)
    if alarm.acknowledged_at is None:
        return after_call
    return max(after_call, _allowed(alarm.kind, alarm.acknowledged_at + policy.next_after, policy))


def _after_call(kind: TaskKind, calls: int, called_at: datetime, policy: Policy) -> datetime:
    ends_a_round = calls % len(LADDERS[kind]) == 0 and kind not in AT_ONCE
    wait = ROUND_AGAIN_AFTER if ends_a_round else policy.next_after
    return _allowed(kind, called_at + wait, policy)


def _allowed(kind: TaskKind, at: datetime, policy: Policy) -> datetime:
    return at if kind in AT_ONCE else next_allowed(at, [policy.zone], policy.hours)
