"""The database was restored and has forgotten own events: what they told is applied again.

What a clinic submitted is on no topic. Where that is missing a person has to act: restore a later
backup, or ask the clinic to send it again.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from services.intake.actions.move_referral import Fact, write_standing
from services.intake.rules.deadlines import Calendar
from services.intake.rules.states import Standing, State, Trigger
from services.intake.store import clinics, referrals
from shared import events
from shared.events import Event
from shared.messaging.recovery import Inputs, Reapply
from shared.transaction import Transaction

Change = Callable[[Standing], Standing]

WITHOUT_STATE: tuple[type[Event], ...] = (events.PersonContactRecorded,)
"""Own events that tell nothing which intake keeps beside the submission."""


def reapply(calendar: Calendar) -> dict[type[Event], Reapply]:
    """Event type → function, for the events that intake owns."""
    changes: dict[type[Event], tuple[Trigger, Change]] = {
        events.ReferralWithdrawn: (Trigger.CLINIC_WITHDRAWS, _ends(State.CANCELLED)),
        # The only closing there is today: a cancellation that nobody contradicted in time.
        events.ReferralClosed: (Trigger.CANCELLATION_IS_CONFIRMED, _ends(State.CANCELLED)),
        events.ConsentRevoked: (Trigger.CONSENT_IS_REVOKED, _ends(State.CONSENT_REVOKED)),
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
        events.ReferralAccepted: _referral_accepted,
        events.ReferralAmended: _referral_amended,
        events.ClinicContactRecorded: _clinic_contact_recorded,
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
