"""The database was restored and has forgotten own events: what they told is applied again.

What a clinic submitted is on no topic. Where that is missing a person has to act: restore a later
backup, or ask the clinic to send it again.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from services.intake.actions.move_referral import Fact, write_standing
from services.intake.on.consent_revoked import end_all_under_consent, end_without_consent
from services.intake.on.person_died import person_died
from services.intake.rules.closures import CLOSED_AS
from services.intake.rules.deadlines import Calendar
from services.intake.rules.states import Standing, State, Trigger
from services.intake.store import clinics, people, referrals, sessions
from services.intake.store.people import SamePerson
from shared import events, task_store
from shared.events import Event
from shared.messaging.recovery import Inputs, Reapply
from shared.tasks import Task
from shared.transaction import Transaction

Change = Callable[[Standing], Standing]

WITHOUT_STATE: tuple[type[Event], ...] = (events.PersonContactRecorded,)
"""Own events that tell nothing which intake keeps beside the submission."""


def reapply(calendar: Calendar) -> dict[type[Event], Reapply]:
    """Event type → function, for the events that intake owns."""
    changes: dict[type[Event], tuple[Trigger, Change]] = {
        events.ReferralWithdrawn: (Trigger.CLINIC_WITHDRAWS, _ends(State.CANCELLED)),
        events.ReferralCancelRequested: (Trigger.CLINIC_WITHDRAWS, _lies(State.CANCEL_REQUESTED)),
        events.ReferralHeld: (Trigger.DANGER_IS_FOUND, _lies(State.SAFETY_HOLD)),
        events.ReferralReleased: (Trigger.HOLD_IS_ACKNOWLEDGED, _lifted(State.SAFETY_HOLD)),
    }
    moved: dict[type[Event], Reapply] = {
        kind: partial(_moved, trigger=trigger, change=change, calendar=calendar)
        for kind, (trigger, change) in changes.items()
    }
    return {
        **moved,
        events.ReferralClosed: partial(_referral_closed, calendar=calendar),
        events.ConsentRevoked: partial(_consent_revoked, calendar=calendar),
        events.PersonDeceased: partial(_person_deceased, calendar=calendar),
        events.ReferralAccepted: _referral_accepted,
        events.ReferralAmended: _referral_amended,
        events.ClinicContactRecorded: _clinic_contact_recorded,
        events.ClinicSuspended: _clinic_suspended,
        events.ReferralTaskOpened: _task_opened,
        events.ReferralTaskClosed: _task_closed,
    }


def _ends(state: State) -> Change:
    return lambda _: Standing(state)


def _lies(overlay: State) -> Change:
    return lambda standing: Standing(standing.progress, standing.overlays | {overlay})


def _lifted(overlay: State) -> Change:
    return lambda standing: Standing(standing.progress, standing.overlays - {overlay})


async def _moved(
    tx: Transaction,
    event: Any,
    _: datetime,
    __: Inputs,
    *,
    trigger: Trigger,
    change: Change,
    calendar: Calendar,
) -> str | None:
    """The referral stands as the event said, whatever the restored database thinks."""
    referral = await referrals.locked(tx.connection, event.referral_id)
    if referral is None:
        return "submission_missing"
    standing = change(referral.standing)
    if referral.standing.is_final or standing == referral.standing:
        return None
    fact = Fact(trigger, event.type.replace(".", "_"))
    await write_standing(tx, referral, standing, fact, calendar)
    return None


async def _referral_closed(
    tx: Transaction,
    event: events.ReferralClosed,
    at: datetime,
    inputs: Inputs,
    *,
    calendar: Calendar,
) -> str | None:
    """It has ended as the outcome says; a later release knows outcomes that this one does not."""
    state = CLOSED_AS.get(event.outcome)
    if state is None:
        return "outcome_unknown"
    return await _moved(
        tx, event, at, inputs,
        trigger=Trigger.SUPPORT_ENDS, change=_ends(state), calendar=calendar,
    )  # fmt: skip


async def _consent_revoked(
    tx: Transaction, event: events.ConsentRevoked, at: datetime, _: Inputs, *, calendar: Calendar
) -> str | None:
    """It holds for the person, and their other referrals tell it too: that is not said twice."""
    same = await people.locked_same(tx.connection, event.referral_id)
    referral = await referrals.locked(tx.connection, event.referral_id)
    if referral is None:
        return "submission_missing"
    if not referral.standing.is_final:
        await end_without_consent(tx, referral, "consent_revoked", calendar)
    await end_all_under_consent(tx, same, calendar, on=at.astimezone(calendar.zone).date())
    return None


async def _person_deceased(
    tx: Transaction, event: events.PersonDeceased, _: datetime, __: Inputs, *, calendar: Calendar
) -> str | None:
    if await people.key_of(tx.connection, event.person_id) is None:
        return "submission_missing"
    await person_died(tx, SamePerson((event.person_id,), None), calendar)
    return None


async def _referral_accepted(
    tx: Transaction, event: events.ReferralAccepted, at: datetime, _: Inputs
) -> str | None:
    """Matching seeks a coach; without the submission nobody here can say for whom."""
    referral = await referrals.locked(tx.connection, event.referral_id)
    if referral is None:
        return "submission_missing"
    if referral.accepted_at is not None:
        return None
    await referrals.was_accepted(tx.connection, event.referral_id, at=at)
    return "amended_content_missing"


async def _referral_amended(
    tx: Transaction, event: events.ReferralAmended, _: datetime, __: Inputs
) -> str | None:
    """The others know the newer content, which intake has lost."""
    known = await referrals.locked(tx.connection, event.referral_id)
    return "submission_missing" if known is None else "amended_content_missing"


async def _clinic_contact_recorded(
    tx: Transaction, event: events.ClinicContactRecorded, _: datetime, __: Inputs
) -> str | None:
    """Keys of clinics are on no topic, so a clinic who is missing has to be recorded again."""
    known = await clinics.find(tx.connection, event.clinic_id)
    return "clinic_missing" if known is None else None


async def _clinic_suspended(
    tx: Transaction, event: events.ClinicSuspended, at: datetime, _: Inputs
) -> str | None:
    """That it may submit again is on no topic, so somebody resumes it once more."""
    await clinics.suspend(tx.connection, event.clinic_id, at=at)
    await sessions.end_all_of(tx.connection, event.clinic_id)
    return None


async def _task_opened(
    tx: Transaction, event: events.ReferralTaskOpened, _: datetime, __: Inputs
) -> str | None:
    task = Task(
        event.task_id, event.kind, event.subject_id, event.reason, event.opened_at, event.due_at
    )
    await task_store.open_one(tx.connection, "intake", task)
    return None


async def _task_closed(
    tx: Transaction, event: events.ReferralTaskClosed, at: datetime, _: Inputs
) -> str | None:
    await task_store.close_one(tx.connection, event.task_id, event.outcome, at=at, by=tx.actor)
    return None
