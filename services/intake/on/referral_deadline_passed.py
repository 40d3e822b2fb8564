"""Somebody owed a referral something by now."""

from datetime import datetime

from services.intake.actions.move_referral import decide
from services.intake.on.referral_withdrawn import confirm_cancellation
from services.intake.rules.deadlines import CRISIS_TEXT, Calendar, next_action_at
from services.intake.rules.states import State, Trigger
from services.intake.store import happenings, referrals
from services.intake.store.referrals import Referral
from services.intake.timers import ReferralDeadlinePassed
from shared import metrics
from shared.logs import log
from shared.transaction import Transaction


async def referral_deadline_passed(
    tx: Transaction, timer: ReferralDeadlinePassed, calendar: Calendar
) -> None:
    """End what intake itself waits for; where somebody else is late, report it and look again.

    A hold is released by nobody but a named human, however late: it is reported ever again.
    """
    referral = await referrals.locked(tx.connection, timer.referral_id)
    if referral is None or referral.standing.is_final:
        return
    match referral.standing.state:
        case State.NEEDS_INFO | State.CONSENT_PENDING:
            await decide(tx, referral, Trigger.DEADLINE_PASSES, "deadline_passed", calendar)
        case State.CANCEL_REQUESTED:
            await confirm_cancellation(tx, referral, calendar, at=tx.now)
        case State.SAFETY_HOLD:
            if timer.missed == 0:
                await happenings.note(
                    tx.connection, referral.referral_id, "hold_unacknowledged", at=tx.now
                )
            await _report(tx, timer, referral, due=tx.now + CRISIS_TEXT)
        case state:
            due = next_action_at(state, now=tx.now, calendar=calendar)
            await _report(tx, timer, referral, due=due)


async def _report(
    tx: Transaction, timer: ReferralDeadlinePassed, referral: Referral, *, due: datetime | None
) -> None:
    """Say in sight of a human that nobody has done it, and look again at `due`."""
    state = referral.standing.state.value
    log.warning("promise_missed", referral_id=str(referral.referral_id), state=state)
    metrics.PROMISES_MISSED.labels(state).inc()
    tx.audit("promise.missed", "referral", referral.referral_id, state=state)
    if due is not None:
        await referrals.look_again(tx.connection, referral.referral_id, at=due)
        again = timer.model_copy(update={"missed": timer.missed + 1})
        tx.schedule(due, again)
