"""A referral's standing changes, whatever the cause: one way to write it, one line of timeline."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.rules.deadlines import Calendar, next_action_at
from services.intake.rules.states import Standing, Trigger, apply, hear
from services.intake.store import referrals
from services.intake.store.referrals import Referral
from services.intake.timers import ReferralDeadlinePassed
from shared.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Fact:
    """What another service said, with its promise where it made one."""

    trigger: Trigger
    happened: str
    promised: datetime | None = None
    coach_id: UUID | None = None
    first_contact_by: datetime | None = None


async def decide(
    tx: Transaction, referral: Referral, trigger: Trigger, happened: str, calendar: Calendar
) -> Standing:
    """Move a locked referral by somebody's decision. Raises IllegalTransitionError."""
    standing = apply(referral.standing, trigger)
    await _write(tx, referral, standing, Fact(trigger, happened), calendar)
    return standing


async def take(tx: Transaction, referral: Referral, fact: Fact, calendar: Calendar) -> None:
    """Fold a fact from matching into a locked referral; what has ended stays ended."""
    standing = hear(referral.standing, fact.trigger)
    if standing == referral.standing and standing.is_final:
        return
    await _write(tx, referral, standing, fact, calendar)


async def _write(
    tx: Transaction, referral: Referral, standing: Standing, fact: Fact, calendar: Calendar
) -> None:
    due = next_action_at(standing.state, now=tx.now, calendar=calendar, promised=fact.promised)
    await referrals.move(
        tx.connection,
        referral.referral_id,
        standing,
        happened=fact.happened,
        at=tx.now,
        next_action_at=due,
        coach_id=fact.coach_id,
        first_contact_by=fact.first_contact_by,
    )
    if due is None:
        tx.forget_all(referral.referral_id)
    else:
        tx.remind(due, ReferralDeadlinePassed(referral_id=referral.referral_id))
    tx.audit(fact.happened, "referral", referral.referral_id, state=standing.state.value)
