"""Something speaks of danger: nothing automatic goes on until a named human has looked."""

from datetime import timedelta

from services.intake.actions.human_tasks import open_task
from services.intake.actions.move_referral import decide
from services.intake.rules.deadlines import Calendar
from services.intake.rules.states import Trigger
from services.intake.store.referrals import Referral
from shared.events import HoldClass, ReferralHeld
from shared.tasks import TaskKind
from shared.transaction import Transaction


async def hold_for_danger(
    tx: Transaction,
    referral: Referral,
    calendar: Calendar,
    *,
    happened: str = "safety_hold",
    within: timedelta | None = None,
) -> None:
    """Hold a locked referral and tell those who know of it.

    One that is held already gets a line in its timeline and keeps the first deadline. Raises
    IllegalTransitionError when it is over.
    """
    await decide(tx, referral, Trigger.DANGER_IS_FOUND, happened, calendar, within=within)
    if referral.accepted_at is not None and not referral.standing.is_held:
        tx.emit(ReferralHeld(referral_id=referral.referral_id, hold=HoldClass.SAFETY))
    await open_task(tx, TaskKind.HOLD_TO_RELEASE, referral.referral_id, happened)
