"""The default plan: which message follows which happening, when, and what stops it.

Data, not code. A step is keyed by (referral, episode, plan version, step,
recipient): planned once, sent at most once automatically. The version follows from the steps;
only those not yet planned follow a new one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from services.notifications.rules.follows import Manner, Who
from services.notifications.rules.keywords import KEYWORDS
from services.notifications.rules.kinds import Kind
from services.notifications.rules.plan_for_staff import steps_of_staff
from services.notifications.rules.states import SuppressReason
from services.notifications.rules.steps import (
    After,
    AtReminder,
    Cause,
    DaysAfter,
    Late,
    LateAction,
    Reply,
    Scope,
    Step,
    StopsWhen,
    Timing,
    version_of,
)
from shared.events.base import RecipientKind

CHECK_IN_DAYS = (3, 7, 14, 30)
"""Days after the first contact on which the person is asked how it goes."""

_AT_ONCE = After(timedelta(0))
_ALWAYS = Late(LateAction.SEND, timedelta(0))
_WITHIN_AN_HOUR = Late(LateAction.SKIP, timedelta(hours=1))
_WITHIN_FIVE_MINUTES = Late(LateAction.SKIP, timedelta(minutes=5))
"""47 CFR 64.1200(a)(12): one confirmation, within five minutes, or none."""
_SKIP_AFTER_A_DAY = Late(LateAction.SKIP, timedelta(hours=24))
_SKIP_AFTER_TWO_DAYS = Late(LateAction.SKIP, timedelta(hours=48))
_ESCALATE_AFTER_A_DAY = Late(LateAction.ESCALATE, timedelta(hours=24))

_OVER = frozenset({SuppressReason.STATE_CHANGED, SuppressReason.SUPERSEDED})
_OF_AN_ENDING = _OVER | {SuppressReason.CONSENT_REVOKED, SuppressReason.DECEASED}
"""A note that tells staff of an ending is not stopped by that ending."""

_OF_AN_ANSWER = _OVER | {SuppressReason.DO_NOT_CONTACT}
"""Somebody wrote to us and is answered, even when nothing is planned for them any more."""

_OF_A_RIGHT = _OF_AN_ANSWER | {SuppressReason.OPTED_OUT, SuppressReason.CONSENT_REVOKED}
"""The one confirmation of STOP, and HELP: owed after STOP and after revocation too."""


def _person(
    name: str,
    on: Cause,
    kind: Kind,
    timing: Timing,
    late: Late,
    *stops_when: StopsWhen,
    despite: frozenset[SuppressReason] = frozenset(),
) -> Step:
    """An automated text to the person: quiet hours, and never over a conversation."""
    check_in = kind in (Kind.CHECK_IN, Kind.CHECK_IN_WITH_RIGHTS)
    return Step(
        name=name,
        on=on,
        to=RecipientKind.PERSON,
        kind=kind,
        timing=timing,
        late=late,
        counted=check_in,
        quiet_hours=True,
        yields=True,
        pauses=True,
        needs_verified_number=check_in,
        stops_when=frozenset(stops_when),
        despite=despite,
        scope=Scope.CHECK_INS if check_in else Scope.ALL,
    )


def _coach(
    name: str, on: Cause, kind: Kind, timing: Timing, late: Late, *stops_when: StopsWhen
) -> Step:
    """A message to the coach about one referral; texts wait for the coach's hours."""
    return Step(
        name=name,
        on=on,
        to=RecipientKind.COACH,
        kind=kind,
        timing=timing,
        late=late,
        counted=False,
        quiet_hours=True,
        yields=False,
        pauses=True,
        needs_verified_number=False,
        stops_when=frozenset(stops_when),
    )


def _note(
    to: RecipientKind,
    on: Cause | Reply,
    kind: Kind,
    despite: frozenset[SuppressReason] = frozenset(),
) -> Step:
    """An id-only note that tells staff at once what happened."""
    return Step(
        name=str(kind),
        on=on,
        to=to,
        kind=kind,
        timing=_AT_ONCE,
        late=_ALWAYS,
        counted=False,
        quiet_hours=to is RecipientKind.COACH,
        yields=False,
        pauses=False,
        needs_verified_number=False,
        despite=despite,
    )


_MANNERS: Mapping[Manner, tuple[frozenset[SuppressReason], Late]] = {
    Manner.PLAIN: (_OF_AN_ANSWER, _WITHIN_AN_HOUR),
    Manner.RIGHT: (_OF_A_RIGHT, _WITHIN_AN_HOUR),
    Manner.CONFIRMATION: (_OF_A_RIGHT | {SuppressReason.WRONG_NUMBER}, _WITHIN_FIVE_MINUTES),
    Manner.URGENT: (frozenset(SuppressReason), _ALWAYS),
}


def _answer(to: RecipientKind, on: Cause | Reply, kind: Kind, manner: Manner) -> Step:
    """A direct answer to somebody's own text: at once, at any hour, not counted."""
    despite, late = _MANNERS[manner]
    return Step(
        name=str(kind) if kind.startswith(to) else f"{to}_{kind}",
        on=on,
        to=to,
        kind=kind,
        timing=_AT_ONCE,
        late=late,
        counted=False,
        quiet_hours=False,
        yields=False,
        pauses=False,
        needs_verified_number=False,
        urgent=manner is Manner.URGENT,
        despite=despite,
    )


def _on_acceptance() -> Iterator[Step]:
    """What follows a referral that may be written about."""
    clinic = RecipientKind.CLINIC
    yield _note(clinic, Cause.REFERRAL_ACCEPTED, Kind.CLINIC_ACCEPTED)
    for name, timing in (
        ("number_check", _AT_ONCE),
        ("number_check_again", DaysAfter(1)),
    ):
        yield _person(
            name,
            Cause.REFERRAL_ACCEPTED,
            Kind.NUMBER_CHECK,
            timing,
            _SKIP_AFTER_A_DAY,
            StopsWhen.NUMBER_ANSWERED,
        )


def _on_offers() -> Iterator[Step]:
    """Asking a coach, and telling the clinic that nobody can be asked."""
    coach = RecipientKind.COACH
    clinic = RecipientKind.CLINIC
    settled = StopsWhen.OFFER_SETTLED
    yield _coach("offer_made", Cause.OFFER_MADE, Kind.OFFER_MADE, _AT_ONCE, _ALWAYS, settled)
    yield _coach(
        "offer_reminder",
        Cause.OFFER_MADE,
        Kind.OFFER_REMINDER,
        AtReminder(),
        _WITHIN_AN_HOUR,
        settled,
    )
    yield _note(coach, Cause.OFFER_EXPIRED, Kind.OFFER_EXPIRED, _OF_AN_ENDING)
    yield _note(clinic, Cause.REFERRAL_WAITLISTED, Kind.CLINIC_WAITLISTED)


def _on_assignment() -> Iterator[Step]:
    """From a coach's yes to the check-ins."""
    coach = RecipientKind.COACH
    clinic = RecipientKind.CLINIC
    yield _person(
        "welcome",
        Cause.COACH_ASSIGNED,
        Kind.WELCOME,
        _AT_ONCE,
        _ESCALATE_AFTER_A_DAY,
        StopsWhen.ASSIGNMENT_ENDED,
    )
    yield _note(coach, Cause.COACH_ASSIGNED, Kind.COACH_ASSIGNED)
    yield _note(clinic, Cause.COACH_ASSIGNED, Kind.CLINIC_ASSIGNED)
    yield _coach(
        "coach_nudge",
        Cause.COACH_ASSIGNED,
        Kind.COACH_NUDGE,
        After(timedelta(hours=24)),
        _ESCALATE_AFTER_A_DAY,
        StopsWhen.CONTACT_LOGGED,
        StopsWhen.ASSIGNMENT_ENDED,
        StopsWhen.PAUSED,
    )
    for day in CHECK_IN_DAYS:
        yield _person(
            f"check_in_day_{day}",
            Cause.FIRST_CONTACT_MADE,
            Kind.CHECK_IN_WITH_RIGHTS if day % 30 == 0 else Kind.CHECK_IN,
            DaysAfter(day),
            _SKIP_AFTER_TWO_DAYS,
            StopsWhen.REPLIED_LATELY,
            StopsWhen.PAUSED,
            StopsWhen.WITHOUT_COACH,
        )


def _on_endings() -> Iterator[Step]:
    """Telling of endings, and of the end of a pause."""
    coach = RecipientKind.COACH
    clinic = RecipientKind.CLINIC
    pause_over = Kind.COACH_PAUSE_OVER, AtReminder(), _ESCALATE_AFTER_A_DAY
    over_if = StopsWhen.NOT_PAUSED, StopsWhen.PAUSE_LASTS, StopsWhen.ASSIGNMENT_ENDED
    yield _coach("coach_pause_over", Cause.ASSIGNMENT_PAUSED, *pause_over, *over_if)
    yield _note(coach, Cause.REFERRAL_CANCEL_REQUESTED, Kind.COACH_CANCEL_REQUESTED, _OF_AN_ENDING)
    yield _note(clinic, Cause.REFERRAL_WITHDRAWN, Kind.CLINIC_CANCELLED, _OF_AN_ENDING)
    yield _note(clinic, Cause.REFERRAL_CLOSED, Kind.CLINIC_CLOSED, _OF_AN_ENDING)
    yield _note(clinic, Cause.CONSENT_REVOKED, Kind.CLINIC_CONSENT_REVOKED, _OF_AN_ENDING)
    yield _note(coach, Cause.ASSIGNMENT_ENDED, Kind.COACH_ENDED, _OF_AN_ENDING)
    for cause, kind in (
        (Cause.CONTACT_CALLED_OFF, Kind.CONTACT_CALLED_OFF),
        (Cause.CONTACT_GIVEN_UP, Kind.CONTACT_GIVEN_UP),
        (Cause.ANOTHER_COACH_SOUGHT, Kind.ANOTHER_COACH_SOUGHT),
        (Cause.SUPPORT_ENDED, Kind.SUPPORT_ENDED),
    ):
        yield _person(str(kind), cause, kind, _AT_ONCE, _SKIP_AFTER_A_DAY, despite=_OVER)

    yield _note(clinic, Cause.NUMBER_IS_BAD, Kind.CLINIC_NUMBER_WRONG)


def _on_texts() -> Iterator[Step]:
    """What follows a text to us: the answer, and what coach and clinic are told of it."""
    yield from _notes_on_texts()
    answers = {
        Reply(who, follows.answer): (RecipientKind(who), follows.manner)
        for row in KEYWORDS
        for who, follows in row.follows.items()
        if follows.answer is not None and who is not Who.STRANGER
    }
    for reply, (to, manner) in answers.items():
        yield _answer(to, reply, reply.kind, manner)
    for cause, kind in (
        (Cause.OFFER_REPLY_ACCEPTED, Kind.OFFER_REPLY_ACCEPTED),
        (Cause.OFFER_REPLY_PASSED, Kind.OFFER_REPLY_PASSED),
    ):
        yield _answer(RecipientKind.COACH, cause, kind, Manner.PLAIN)


def _notes_on_texts() -> Iterator[Step]:
    told = {
        Reply(who, kind): None
        for row in KEYWORDS
        for who, follows in row.follows.items()
        for kind in follows.notes
    }
    for reply in told:
        to = RecipientKind.COACH if reply.kind.startswith("coach_") else RecipientKind.CLINIC
        note = _note(to, reply, reply.kind)
        if reply.kind is Kind.COACH_HARD_TIME:
            note = replace(note, quiet_hours=False)  # a coach is told now, or it is too late
        shared = reply.kind is Kind.CLINIC_NUMBER_WRONG  # a receipt may tell of it too
        yield replace(note, name=f"{reply.kind}_on_wrong_number") if shared else note


_PARTS = (_on_acceptance, _on_offers, _on_assignment, _on_endings, _on_texts)
STEPS: tuple[Step, ...] = (*(step for part in _PARTS for step in part()), *steps_of_staff())
PLAN_VERSION = version_of(STEPS)
_BY_NAME = {step.name: step for step in STEPS}


def steps_on(cause: Cause | Reply) -> tuple[Step, ...]:
    """The steps that follow `cause`, in plan order."""
    return tuple(step for step in STEPS if step.on == cause)


def step_named(name: str) -> Step:
    """The step of that name. Raises KeyError for a name that this plan does not have."""
    return _BY_NAME[name]
