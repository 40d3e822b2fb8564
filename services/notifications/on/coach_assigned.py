"""A coach said yes, works, and one day ends."""

from dataclasses import replace

from services.notifications.actions.plan_messages import Occasion, about, plan_messages
from services.notifications.rules.steps import Cause
from services.notifications.store import messages, referrals
from services.notifications.store.referrals import KnownReferral
from shared.events import (
    COACH_LEFT,
    REMATCHING,
    UNABLE_TO_CONTACT,
    AssignmentEnded,
    AssignmentPaused,
    AssignmentResumed,
    CoachAssigned,
    ContactLogged,
    ContactOutcome,
    RecipientKind,
    SupportOutcome,
)
from shared.transaction import Transaction

REACHED = (ContactOutcome.REACHED, ContactOutcome.MET)

SUPPORT_OUTCOMES = frozenset(outcome.value for outcome in SupportOutcome)

NOBODY_TO_TELL = ("consent-revoked", "deceased", "declined-by-person", REMATCHING)
"""Ends after which the person is not written to, even where the fact itself comes later."""


def cause_of_goodbye(outcome: str, *, reached: bool) -> Cause | None:
    """What the person hears when support by a coach whom they were told of is over."""
    if outcome in NOBODY_TO_TELL:
        return None
    if outcome == COACH_LEFT:
        return Cause.ANOTHER_COACH_SOUGHT
    if outcome == UNABLE_TO_CONTACT:
        return Cause.CONTACT_GIVEN_UP
    if outcome in SUPPORT_OUTCOMES:
        return Cause.SUPPORT_ENDED
    return None if reached else Cause.CONTACT_CALLED_OFF


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
    if known is not None and known.person_id is not None:
        await plan_welcome(tx, known)


async def plan_welcome(tx: Transaction, known: KnownReferral) -> None:
    """The messages that follow an assignment."""
    occasion = about(known, Cause.COACH_ASSIGNED, occasion_id=known.offer_id)
    await plan_messages(tx, replace(occasion, offer_id=known.offer_id))


async def contact_logged(tx: Transaction, event: ContactLogged) -> None:
    """Plan the check-ins after the first contact that reached the person."""
    first = await referrals.contact_was_logged(
        tx.connection, event.referral_id, reached=event.outcome in REACHED, at=tx.now
    )
    known = await referrals.find(tx.connection, event.referral_id)
    if first and known is not None:
        occasion = about(known, Cause.FIRST_CONTACT_MADE, occasion_id=known.offer_id)
        await plan_messages(tx, replace(occasion, offer_id=known.offer_id))


async def assignment_paused(tx: Transaction, event: AssignmentPaused) -> None:
    """Nobody is asked how it goes; when the pause is over its coach is asked how it goes on.

    Told of a pause that runs already, it moves its day, and what was to be asked on the old one is
    superseded.
    """
    await referrals.pause(tx.connection, event.referral_id, until=event.until)
    known = await referrals.find(tx.connection, event.referral_id)
    if known is not None:
        occasion = about(known, Cause.ASSIGNMENT_PAUSED, occasion_id=tx.new_id())
        await plan_messages(tx, replace(occasion, offer_id=known.offer_id, remind_at=event.until))


async def assignment_resumed(tx: Transaction, event: AssignmentResumed) -> None:
    """Check-ins that are due from now on are sent again."""
    await referrals.resume(
        tx.connection, event.referral_id, first_contact_by=event.first_contact_by
    )


async def assignment_ended(tx: Transaction, event: AssignmentEnded) -> None:
    """Tell the coach that this support is over, without a reason, and the person what it means.

    Only who was told of this coach. After STOP, revocation or death that text is not sent, as no
    other is.
    """
    await referrals.assignment_is_over(tx.connection, event.referral_id, event.offer_id)
    if event.outcome in (REMATCHING, COACH_LEFT):
        await referrals.coach_is_gone(tx.connection, event.referral_id)
    known = await referrals.find(tx.connection, event.referral_id)
    cause = cause_of_goodbye(
        event.outcome, reached=known is not None and known.first_contact_at is not None
    )
    if (
        known is not None
        and cause is not None
        and await messages.may_have_been_read(
            tx.connection, event.referral_id, event.offer_id, "welcome"
        )
    ):
        occasion = about(known, cause, occasion_id=event.offer_id)
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
