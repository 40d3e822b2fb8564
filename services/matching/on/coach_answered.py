"""A coach says yes or not this time, by the page's button or by text: one judgement for both."""

from datetime import datetime
from uuid import UUID

from services.matching.actions.ask_next_coach import Asking, ask_next_coach
from services.matching.rules.answer import (
    Accepted,
    Already,
    Asked,
    Declined,
    Judgement,
    NotYours,
    Reply,
    TooLate,
    judge_answer,
)
from services.matching.rules.deadlines import first_contact_by
from services.matching.rules.eligibility import why_not_any_more
from services.matching.rules.states import OfferTrigger, Overruled, SearchTrigger
from services.matching.store import offers, searches
from services.matching.store.offers import Offer
from services.matching.store.searches import Search
from services.matching.timers import OfferDeadlinePassed, RoomIsFreed
from shared.events import CoachAssigned, OfferAccepted, OfferDeclined
from shared.transaction import Transaction


async def coach_answered(
    tx: Transaction, offer_id: UUID, reply: Reply, asking: Asking
) -> Judgement:
    """Judge the answer while search, offer and coach are locked, and do what it means."""
    referral_id = await offers.referral_of(tx.connection, offer_id)
    search = await searches.locked(tx.connection, referral_id) if referral_id else None
    offer = await offers.locked(tx.connection, offer_id)
    if search is None or offer is None:
        return NotYours()
    coach = await asking.roster.locked(
        tx.connection, offer.coach_id, person_id=search.need.person_id
    )
    if coach is None:
        return NotYours()
    why_nots = why_not_any_more(search.need, coach, now=tx.now)
    judgement = judge_answer(
        Asked(offer.coach_id, offer.state, offer.answer_by), reply, now=tx.now, why_nots=why_nots
    )
    match judgement:
        case Accepted():
            until = first_contact_by(
                search.need.urgency, coach.hours, accepted_at=tx.now, windows=asking.first_contact
            )
            await _assign(tx, search, offer, until)
        case Declined(reason=reason):
            await _decline(tx, search, offer, reason.value, asking)
        case TooLate() | Already() | NotYours():
            tx.audit("offer.answer_refused", "referral", offer.referral_id)
    return judgement


async def _assign(tx: Transaction, search: Search, offer: Offer, until: datetime) -> None:
    await offers.move(tx.connection, offer, OfferTrigger.COACH_ACCEPTS, reason=None, at=tx.now)
    await offers.promise_first_contact(tx.connection, offer.offer_id, until=until)
    await searches.move(
        tx.connection, search, SearchTrigger.COACH_ACCEPTS, next_action_at=until, at=tx.now
    )
    tx.cancel(OfferDeadlinePassed, str(offer.offer_id))
    tx.emit(
        OfferAccepted(
            referral_id=offer.referral_id, offer_id=offer.offer_id, coach_id=offer.coach_id
        )
    )
    tx.emit(
        CoachAssigned(
            referral_id=offer.referral_id,
            offer_id=offer.offer_id,
            coach_id=offer.coach_id,
            episode=offer.episode,
            first_contact_by=until,
        )
    )
    tx.audit("coach.assigned", "referral", offer.referral_id, coach_id=str(offer.coach_id))


async def _decline(
    tx: Transaction, search: Search, offer: Offer, reason: str, asking: Asking
) -> None:
    await offers.move(tx.connection, offer, OfferTrigger.COACH_DECLINES, reason=reason, at=tx.now)
    tx.cancel(OfferDeadlinePassed, str(offer.offer_id))
    tx.schedule(tx.now, RoomIsFreed(coach_id=offer.coach_id))
    tx.emit(
        OfferDeclined(
            referral_id=offer.referral_id,
            offer_id=offer.offer_id,
            coach_id=offer.coach_id,
            reason=reason,
        )
    )
    tx.audit("offer.declined", "referral", offer.referral_id, coach_id=str(offer.coach_id))
    await searches.count_lapse(tx.connection, offer.referral_id)
    moved = await searches.move(
        tx.connection, search, SearchTrigger.COACH_DECLINES, next_action_at=tx.now, at=tx.now
    )
    if not isinstance(moved, Overruled):
        await ask_next_coach(tx, moved.after_lapse(), asking)
