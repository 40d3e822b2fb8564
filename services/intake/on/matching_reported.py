"""What matching says about a referral, folded into what the clinic reads."""

from services.intake.actions.move_referral import Fact, take
from services.intake.rules.deadlines import Calendar
from services.intake.rules.states import Trigger
from services.intake.store import clinics, referrals
from shared.events import (
    AssignmentEnded,
    CoachAssigned,
    CoachContactRecorded,
    ContactLogged,
    ContactOutcome,
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferWithdrawn,
    ReferralWaitlisted,
)
from shared.transaction import Batch, Transaction

Report = (
    OfferMade
    | OfferDeclined
    | OfferExpired
    | OfferWithdrawn
    | ReferralWaitlisted
    | CoachAssigned
    | ContactLogged
    | AssignmentEnded
)


async def matching_reported(tx: Transaction, batch: Batch[Report], calendar: Calendar) -> None:
    """Fold one fact into each referral; one that is over stays over."""
    known = await referrals.locked_all(
        tx.connection, [context.event.referral_id for context in batch]
    )
    for event in tx.each(batch):
        fact, referral = fact_of(event), known.get(event.referral_id)
        if referral is not None and fact is not None:
            await take(tx, referral, fact, calendar)


def fact_of(event: Report) -> Fact | None:
    """What the event means for the referral; an assignment that ends with it means nothing new."""
    match event:
        case OfferMade():
            return Fact(Trigger.OFFER_IS_MADE, "coach_asked", promised=event.answer_by)
        case OfferDeclined() | OfferExpired() | OfferWithdrawn():
            return Fact(Trigger.OFFER_FALLS_THROUGH, "next_coach")
        case ReferralWaitlisted():
            return Fact(Trigger.PLACE_IS_LACKING, "waitlisted", promised=event.review_at)
        case CoachAssigned() | ContactLogged() | AssignmentEnded():
            return _of_support(event)


def _of_support(event: CoachAssigned | ContactLogged | AssignmentEnded) -> Fact | None:
    match event:
        case CoachAssigned():
            return Fact(
                Trigger.COACH_ACCEPTS,
                "coach_accepted",
                promised=event.first_contact_by,
                coach_id=event.coach_id,
                first_contact_by=event.first_contact_by,
            )
        case ContactLogged(outcome=ContactOutcome.REACHED | ContactOutcome.MET):
            return Fact(Trigger.COACH_REACHES_PERSON, "person_reached")
        case ContactLogged():
            return Fact(Trigger.COACH_TRIES_CONTACT, "contact_tried")
        case AssignmentEnded(outcome="referral-closed"):
            return None
        case AssignmentEnded():
            return Fact(Trigger.SUPPORT_ENDS, "support_ended")


async def coach_contact_recorded(tx: Transaction, event: CoachContactRecorded) -> None:
    """Keep the sealed contact: a clinic reads the first name of the coach who said yes."""
    await clinics.record_coach(tx.connection, event.coach_id, event.sealed.model_dump_json())
