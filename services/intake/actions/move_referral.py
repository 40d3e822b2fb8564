"""A referral's standing changes, whatever the cause: one way to write it, one line of timeline."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.intake.actions.human_tasks import close_tasks
from services.intake.rules.deadlines import Calendar, Look, look_after
from services.intake.rules.states import Standing, Trigger, apply, hear
from services.intake.store import referrals
from services.intake.store.happenings import Happening
from services.intake.store.referrals import Referral
from services.intake.timers import ReferralDeadlinePassed
from shared.events import ReferralClosed
from shared.tasks import Outcome
from shared.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Fact:
    """What another service said or somebody decided.

    `promised`: what the service will do by then; `within`: the longest until somebody looks;
    `by_name`: who of the clinic it was; `outcome`: what the end is called where this one ends.
    """

    trigger: Trigger
    happened: str
    promised: datetime | None = None
    within: timedelta | None = None
    by_name: str | None = None
    coach_id: UUID | None = None
    first_contact_by: datetime | None = None
    outcome: str | None = None


async def decide(
    tx: Transaction,
    referral: Referral,
    trigger: Trigger,
    happened: str,
    calendar: Calendar,
    *,
    within: timedelta | None = None,
    by_name: str | None = None,
) -> Standing:
    """Move a locked referral by somebody's decision. Raises IllegalTransitionError."""
    standing = apply(referral.standing, trigger)
    fact = Fact(trigger, happened, within=within, by_name=by_name)
    await write_standing(tx, referral, standing, fact, calendar)
    return standing


async def take(tx: Transaction, referral: Referral, fact: Fact, calendar: Calendar) -> None:
    """Fold a fact from matching into a locked referral; what has ended stays ended.

    An end that began there is told to all: notifications stops what it has planned.
    """
    standing = hear(referral.standing, fact.trigger)
    if standing == referral.standing and standing.is_final:
        return
    await write_standing(tx, referral, standing, fact, calendar)
    if standing.is_final and fact.outcome is not None:
        tx.emit(ReferralClosed(referral_id=referral.referral_id, outcome=fact.outcome))


async def write_standing(
    tx: Transaction, referral: Referral, standing: Standing, fact: Fact, calendar: Calendar
) -> None:
    """Write a standing that is already decided, with its line of the timeline and its deadline."""
    look = Look(referral.next_action_at, promised=fact.promised, within=fact.within)
    due = look_after(referral.standing, standing, look, now=tx.now, calendar=calendar)
    await referrals.move(
        tx.connection,
        referral.referral_id,
        standing,
        happened=Happening(fact.happened, fact.by_name),
        at=tx.now,
        next_action_at=due,
        coach_id=fact.coach_id,
        first_contact_by=fact.first_contact_by,
    )
    if due is None:
        tx.cancel_all(referral.referral_id)
        await close_tasks(tx, referral.referral_id, Outcome.REFERRAL_OVER)
    else:
        tx.schedule(due, ReferralDeadlinePassed(referral_id=referral.referral_id))
    tx.audit(fact.happened, "referral", referral.referral_id, state=standing.state.value)
