"""The clinic wants to stop a referral."""

from datetime import datetime

from services.intake.actions.move_referral import decide
from services.intake.rules.closures import Closure
from services.intake.rules.deadlines import Calendar, next_action_at
from services.intake.rules.states import Standing, State, Trigger
from services.intake.store.referrals import Referral
from shared.events import ActorKind, ReferralCancelRequested, ReferralClosed, ReferralWithdrawn
from shared.transaction import Transaction


async def referral_withdrawn(
    tx: Transaction, referral: Referral, reason: str, calendar: Calendar
) -> Standing:
    """Without a coach it ends at once; with one, coach or supervisor confirms.

    While that waits, asking again changes nothing: an answer may have got lost. The referral must
    be locked. Raises IllegalTransitionError when it is over already.
    """
    if State.CANCEL_REQUESTED in referral.standing.overlays:
        return referral.standing
    standing = await decide(tx, referral, Trigger.CLINIC_WITHDRAWS, "clinic_withdrew", calendar)
    if referral.accepted_at is None:
        return standing
    if State.CANCEL_REQUESTED in standing.overlays:
        confirm_by = next_action_at(State.CANCEL_REQUESTED, now=tx.now, calendar=calendar)
        tx.emit(
            ReferralCancelRequested(
                referral_id=referral.referral_id,
                reason=reason,
                confirm_by=confirm_by or tx.now,
            )
        )
    else:
        tx.emit(
            ReferralWithdrawn(referral_id=referral.referral_id, reason=reason, by=ActorKind.CLINIC)
        )
    return standing


async def confirm_cancellation(
    tx: Transaction, referral: Referral, calendar: Calendar, *, at: datetime
) -> None:
    """Nobody objected in time, or the coach confirmed: the referral is over."""
    await decide(tx, referral, Trigger.CANCELLATION_IS_CONFIRMED, "cancelled", calendar)
    tx.emit(ReferralClosed(referral_id=referral.referral_id, outcome=Closure.CANCELLED.value))
