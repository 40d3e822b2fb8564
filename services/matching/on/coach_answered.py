"""A coach says yes or not this time, by the page's button or by text: one judgement for both."""

from datetime import datetime
from uuid import UUID

from services.matching.actions.ask_next_coach import OfferContext, ask_next_coach
from services.matching.actions.check_access import may_see_person
from services.matching.actions.human_tasks import close_tasks
from services.matching.rules.access import MayNotSee, NoAccess
from services.matching.rules.answer import (
    Accepted,
    AlreadyAnswered,
    Declined,
    Judgement,
    NotYours,
    OfferSnapshot,
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
from services.matching.timers import FirstContactDue, OfferDeadlinePassed, PlaceFreed
from shared.errors import NewsWaitsError
from shared.events import CoachAssigned, OfferAccepted, OfferDeclined
from shared.tasks import Outcome
from shared.transaction import Transaction


async def coach_answered(
    tx: Transaction, offer_id: UUID, reply: Reply, context: OfferContext
) -> Judgement:
    """Judge the answer while search, offer and coach are locked, and do what it means.

    Raises NewsWaitsError instead of a yes while news of the referral is not applied.
    """
    referral_id = await offers.referral_of(tx.connection, offer_id)
    search = await searches.locked(tx.connection, referral_id) if referral_id else None
    offer = await offers.locked(tx.connection, offer_id)
    if search is None or offer is None:
        return NotYours()
    coach = await context.roster.locked(
        tx.connection, offer.coach_id, person_id=search.need.person_id
    )
    if coach is None:
        return NotYours()
    why_nots = why_not_any_more(search.need, coach, now=tx.now)
    judgement = judge_answer(
        OfferSnapshot(offer.coach_id, offer.state, offer.answer_by),
        reply,
        now=tx.now,
        why_nots=why_nots,
    )
    match judgement:
        case Accepted():
            access = await may_see_person(tx, offer, search, coach)
            if access == MayNotSee(NoAccess.NEWS_WAITS):
                raise NewsWaitsError("news_waits")
            until = first_contact_by(
                search.need.urgency, coach.hours, accepted_at=tx.now, windows=context.first_contact
            )
            await _assign(tx, search, offer, until)
        case Declined(reason=reason):
            await _decline(tx, search, offer, reason.value, context)
        case TooLate() | AlreadyAnswered() | NotYours():
            _audit(tx, "offer.answer_refused", offer)
    return judgement


def _audit(tx: Transaction, action: str, offer: Offer) -> None:
    ids = {"coach_id": str(offer.coach_id), "offer_id": str(offer.offer_id)}
    tx.audit(action, "referral", offer.referral_id, **ids)


async def _assign(tx: Transaction, search: Search, offer: Offer, until: datetime) -> None:
    await offers.move(tx.connection, offer, OfferTrigger.COACH_ACCEPTS, reason=None, at=tx.now)
    await offers.promise_first_contact(tx.connection, offer.offer_id, until=until)
    await searches.move(
        tx.connection, search, SearchTrigger.COACH_ACCEPTS, next_action_at=until, at=tx.now
    )
    tx.cancel(OfferDeadlinePassed, str(offer.offer_id))
    tx.schedule(until, FirstContactDue(offer_id=offer.offer_id, referral_id=offer.referral_id))
    if offer.made_at != search.since:  # it has waited, so a human may have been asked
        await close_tasks(tx, offer.referral_id, Outcome.COACH_FOUND)
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
    _audit(tx, "coach.assigned", offer)


async def _decline(
    tx: Transaction, search: Search, offer: Offer, reason: str, context: OfferContext
) -> None:
    await offers.move(tx.connection, offer, OfferTrigger.COACH_DECLINES, reason=reason, at=tx.now)
    tx.cancel(OfferDeadlinePassed, str(offer.offer_id))
    tx.schedule(tx.now, PlaceFreed(coach_id=offer.coach_id))
    tx.emit(
        OfferDeclined(
            referral_id=offer.referral_id,
            offer_id=offer.offer_id,
            coach_id=offer.coach_id,
            reason=reason,
        )
    )
    _audit(tx, "offer.declined", offer)
    await searches.count_lapse(tx.connection, offer.referral_id)
    moved = await searches.move(
        tx.connection, search, SearchTrigger.COACH_DECLINES, next_action_at=tx.now, at=tx.now
    )
    if not isinstance(moved, Overruled):
        await ask_next_coach(tx, moved.after_lapse(), context)
