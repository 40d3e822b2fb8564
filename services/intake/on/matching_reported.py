"""What matching says about a referral, folded into what the clinic reads."""

from collections.abc import Mapping

from services.intake.actions.move_referral import Fact, take
from services.intake.rules.closures import Closure
from services.intake.rules.deadlines import Calendar
from services.intake.rules.states import Trigger
from services.intake.store import clinics, referrals
from shared.events import (
    CANCELLATION_CONFIRMED,
    CLINICS_TURN,
    COACH_LEFT,
    COACHES_PASSED,
    NEWS_WAITS,
    REMATCHING,
    UNABLE_TO_CONTACT,
    AssignmentEnded,
    AssignmentPaused,
    AssignmentResumed,
    CoachAssigned,
    CoachContactRecorded,
    ContactLogged,
    ContactOutcome,
    NobodyFound,
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferWithdrawn,
    ReferralWaitlisted,
    SearchGivenUp,
    SupportOutcome,
)
from shared.transaction import Batch, Transaction

_CANCELLED = Closure.CANCELLED.value
ENDINGS: Mapping[str, Fact] = {
    **{
        outcome.value: Fact(Trigger.SUPPORT_ENDS, "support_ended", outcome=outcome.value)
        for outcome in SupportOutcome
    },
    CANCELLATION_CONFIRMED: Fact(Trigger.CANCELLATION_IS_CONFIRMED, _CANCELLED, outcome=_CANCELLED),
    UNABLE_TO_CONTACT: Fact(
        Trigger.CONTACT_IS_GIVEN_UP, "contact_given_up", outcome=UNABLE_TO_CONTACT
    ),
    **dict.fromkeys((REMATCHING, COACH_LEFT), Fact(Trigger.COACH_IS_CHANGED, "coach_changed")),
}
"""Outcome of an assignment → what it means; any other follows from an end that intake knows."""

WAITS: Mapping[str, str] = {
    NobodyFound.NO_CAPACITY.value: "waitlisted",
    CLINICS_TURN: "waits_for_turn",
    NEWS_WAITS: "waits_for_news",
    COACHES_PASSED: "waits_for_supervisor",
}
"""Reason of a wait → what happened; with any other, no coach fits."""

Report = (
    OfferMade
    | OfferDeclined
    | OfferExpired
    | OfferWithdrawn
    | ReferralWaitlisted
    | SearchGivenUp
    | CoachAssigned
    | ContactLogged
    | AssignmentPaused
    | AssignmentResumed
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
    """What the event means for the referral; None where intake knows the end that it follows."""
    match event:
        case OfferMade():
            return Fact(Trigger.OFFER_IS_MADE, "coach_asked", promised=event.answer_by)
        case OfferDeclined() | OfferExpired() | OfferWithdrawn():
            return Fact(Trigger.OFFER_FALLS_THROUGH, "next_coach")
        case ReferralWaitlisted():
            waits = WAITS.get(event.reason, "waits_for_fit")
            return Fact(Trigger.PLACE_IS_LACKING, waits, promised=event.review_at)
        case SearchGivenUp():
            return Fact(Trigger.SUPERVISOR_REFUSES, "no_coach_found", outcome=event.reason.value)
        case AssignmentPaused():
            return Fact(Trigger.SUPPORT_IS_PAUSED, "support_paused", promised=event.until)
        case AssignmentResumed():
            by = event.first_contact_by
            return Fact(
                Trigger.SUPPORT_RESUMES, "support_resumed", promised=by, first_contact_by=by
            )
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
        case AssignmentEnded(outcome=outcome) if outcome in ENDINGS:
            return ENDINGS[outcome]
        case AssignmentEnded():
            return None


async def coach_contact_recorded(tx: Transaction, event: CoachContactRecorded) -> None:
    """Keep the sealed contact: a clinic reads the first name of the coach who said yes."""
    await clinics.record_coach(tx.connection, event.coach_id, event.sealed.model_dump_json())
