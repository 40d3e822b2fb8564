"""Somebody owed a referral something by now."""

from services.intake.on.clinic_withdraws import confirm_cancellation
from services.intake.on.referral_moves import decide
from services.intake.rules.deadlines import Calendar, next_action_at
from services.intake.rules.states import State, Trigger
from services.intake.store import referrals
from services.intake.timers import ReferralDeadlinePassed
from shared.logs import log
from shared.transaction import Transaction


async def referral_deadline_passed(
    tx: Transaction, timer: ReferralDeadlinePassed, calendar: Calendar
) -> None:
    """End what intake itself waits for; where another service is late, report it and look again."""
    referral = await referrals.locked(tx.connection, timer.referral_id)
    if referral is None or referral.standing.is_final:
        return
    match referral.standing.state:
        case State.NEEDS_INFO | State.CONSENT_PENDING:
            await decide(tx, referral, Trigger.DEADLINE_PASSES, "deadline_passed", calendar)
        case State.CANCEL_REQUESTED:
            await confirm_cancellation(tx, referral, calendar, at=tx.now)
        case state:
            log.warning("promise_missed", referral_id=str(referral.referral_id), state=state.value)
            tx.audit("promise.missed", "referral", referral.referral_id, state=state.value)
            due = next_action_at(state, now=tx.now, calendar=calendar)
            if due is not None:
                await referrals.look_again(tx.connection, referral.referral_id, at=due)
                tx.remind(due, timer)
