"""The part of the plan that is about the people who work here: what they are sent, and write."""

from collections.abc import Iterator
from datetime import timedelta

from services.notifications.rules.kinds import Kind
from services.notifications.rules.states import SuppressReason
from services.notifications.rules.steps import After, Cause, Late, LateAction, Step
from shared.events.base import RecipientKind


def steps_of_staff() -> Iterator[Step]:
    """Both parts."""
    yield from _to_staff()
    yield from _from_staff()


def _to_staff() -> Iterator[Step]:
    """What the people who work here are sent; what has come too late is not.

    Nothing waits for the morning here: whom a task may wake, and when, is decided by its ladder.
    The last rung but one is the clinic, which is asked once more to look.
    """
    staff, clinic = RecipientKind.STAFF, RecipientKind.CLINIC
    soon, hour = _skip_after(minutes=15), _skip_after(minutes=60)
    yield _at_once(staff, Cause.STAFF_SIGN_IN_REQUESTED, Kind.STAFF_SIGN_IN, _skip_after(minutes=5))
    coach, asked = RecipientKind.COACH, Cause.COACH_SIGN_IN_REQUESTED
    yield _at_once(coach, asked, Kind.COACH_SIGN_IN, _skip_after(minutes=5), despite=_OVER)
    for kind in (Kind.STAFF_CALLED, Kind.STAFF_CALLED_MAIL):
        yield _at_once(staff, Cause.STAFF_CALLED, kind, hour, urgent=True)
    for kind in (Kind.STAFF_UNANSWERED, Kind.STAFF_UNANSWERED_MAIL):
        yield _at_once(staff, Cause.ON_CALL_IS_SILENT, kind, hour)
    yield _at_once(staff, Cause.ON_CALL_ANSWERED, Kind.STAFF_TEST_ANSWERED, soon)
    yield _at_once(staff, Cause.STAFF_TOOK_CALL, Kind.STAFF_CALL_TAKEN, soon)
    yield _at_once(staff, Cause.STAFF_CALL_IS_OVER, Kind.STAFF_CALL_OVER, soon)
    yield _at_once(staff, Cause.STAFF_CODE_MISSING, Kind.STAFF_CODE_MISSING, soon)
    yield _at_once(staff, Cause.STAFF_OPTED_IN, Kind.START_CONFIRMED, soon)
    yield _at_once(clinic, Cause.CLINIC_CALLED, Kind.CLINIC_SAFETY, hour, despite=_OVER)


def _from_staff() -> Iterator[Step]:
    """What somebody of the team wrote to a person or a coach. STOP always wins; a hold does not.

    They wrote to us, so a record that says not to contact them does not keep the answer back.
    What could not go out within an hour is looked at again by its writer.
    """
    late = Late(LateAction.ESCALATE, timedelta(hours=1))
    despite = _OVER | {SuppressReason.DO_NOT_CONTACT}
    for to in (RecipientKind.PERSON, RecipientKind.COACH):
        yield _at_once(to, Cause.HUMAN_ANSWERED, Kind.HUMAN_ANSWER, late, despite=despite)


_OVER = frozenset({SuppressReason.STATE_CHANGED, SuppressReason.SUPERSEDED})


def _skip_after(*, minutes: int) -> Late:
    return Late(LateAction.SKIP, timedelta(minutes=minutes))


def _at_once(
    to: RecipientKind,
    cause: Cause,
    kind: Kind,
    late: Late,
    *,
    urgent: bool = False,
    despite: frozenset[SuppressReason] = frozenset(),
) -> Step:
    return Step(
        name=cause.value if kind is Kind.CLINIC_SAFETY else _name(to, kind),
        on=cause,
        to=to,
        kind=kind,
        timing=After(timedelta(0)),
        late=late,
        counted=False,
        quiet_hours=False,
        yields=False,
        pauses=False,
        needs_verified_number=False,
        urgent=urgent,
        despite=despite,
    )


def _name(to: RecipientKind, kind: Kind) -> str:
    return kind.value if kind.startswith(to) else f"{to}_{kind}"
