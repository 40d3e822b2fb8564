"""A coach said yes, works, and one day ends."""

from dataclasses import replace

from services.notifications.actions.plan_messages import Occasion, about, plan_messages
from services.notifications.rules.steps import Cause
from services.notifications.store import messages, referrals
from shared.db import Row
from shared.events import (
    AssignmentEnded,
    CoachAssigned,
    ContactLogged,
    ContactOutcome,
    RecipientKind,
)
from shared.transaction import Transaction

REACHED = (ContactOutcome.REACHED, ContactOutcome.MET)


async def coach_assigned(tx: Transaction, event: CoachAssigned) -> None:
    """Welcome the person, tell clinic and coach, and plan the first nudge.

    Topics meet in any order: where the referral itself has not arrived, its arrival plans them.
    """
    await referrals.is_assigned(
        tx.connection,
        event.referral_id,
        event.offer_id,
        event.coach_id,
        event.first_contact_by,
    )
    known = await referrals.find(tx.connection, event.referral_id)
    if known is not None and known["person_id"] is not None:
        await plan_welcome(tx, known)


async def plan_welcome(tx: Transaction, known: Row) -> None:
    """The messages that follow an assignment."""
    occasion = about(known, Cause.COACH_ASSIGNED, occasion_id=known["offer_id"])
    await plan_messages(tx, replace(occasion, offer_id=known["offer_id"]))


async def contact_logged(tx: Transaction, event: ContactLogged) -> None:
    """Plan the check-ins after the first contact that reached the person."""
    first = await referrals.contact_was_logged(
        tx.connection, event.referral_id, reached=event.outcome in REACHED, at=tx.now
    )
    known = await referrals.find(tx.connection, event.referral_id)
    if first and known is not None:
        await plan_messages(tx, about(known, Cause.FIRST_CONTACT_MADE))


async def assignment_ended(tx: Transaction, event: AssignmentEnded) -> None:
    """Tell the coach that this support is over, without a reason.

    A person who was told of this coach, and has not heard from them, is told that it falls
    through. After STOP, revocation or death that text is not sent, as no other is.
    """
    await referrals.assignment_is_over(tx.connection, event.referral_id, event.offer_id)
    known = await referrals.find(tx.connection, event.referral_id)
    if (
        known is not None
        and known["first_contact_at"] is None
        and await messages.may_have_been_read(
            tx.connection, event.referral_id, event.offer_id, "welcome"
        )
    ):
        occasion = about(known, Cause.CONTACT_CALLED_OFF, occasion_id=event.offer_id)
        await plan_messages(tx, replace(occasion, offer_id=event.offer_id))
    await plan_messages(
        tx,
        Occasion(
            cause=Cause.ASSIGNMENT_ENDED,
            subject_id=event.referral_id,
            recipients={RecipientKind.COACH: event.coach_id},
            occasion_id=event.offer_id,
            referral_id=event.referral_id,
            offer_id=event.offer_id,
        ),
    )
