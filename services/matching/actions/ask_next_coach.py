"""A referral needs a coach: ask the best one, or put the referral on the waitlist."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.matching.actions.check_access import news_waits
from services.matching.actions.human_tasks import open_task
from services.matching.rules.choose import Chosen, Nobody, choose
from services.matching.rules.coach import Coach
from services.matching.rules.deadlines import (
    NEWS_REVIEW_EVERY,
    Windows,
    answer_by,
    remind_at,
    review_at,
    supervisor_decides,
)
from services.matching.rules.pace import Pace
from services.matching.rules.states import OfferState, SearchTrigger
from services.matching.rules.waitlist import public_reason
from services.matching.store import coaches, offers, searches
from services.matching.store.coaches import Roster
from services.matching.store.offers import Decision, Offer
from services.matching.store.searches import Search
from services.matching.timers import OfferDeadlinePassed, PlaceFreed, WaitlistReviewDue
from shared.events import (
    CLINICS_TURN,
    COACHES_PASSED,
    NEWS_WAITS,
    OfferMade,
    ReferralEscalated,
    ReferralWaitlisted,
)
from shared.offer_link import offer_code
from shared.tasks import TaskKind
from shared.transaction import Transaction


@dataclass(frozen=True, slots=True)
class OfferContext:
    """How coaches are asked: windows, limit, the key of link codes, who there is, how fast."""

    windows: Windows
    first_contact: Windows
    offers_before_supervisor: int
    link_key: bytes
    roster: Roster
    pace: Pace


async def ask_next_coach(tx: Transaction, search: Search, context: OfferContext) -> None:
    """Ask the best coach who was not asked before; nobody there is an event too.

    The search must be locked and in a state from which a coach can be sought.
    """
    if await news_waits(tx, search.need):
        return await wait_for_news(tx, search)
    if search.since > tx.now:
        return await wait_for_turn(tx, search)
    if supervisor_decides(search.lapsed, limit=context.offers_before_supervisor):
        await _put_on_waitlist(tx, search, COACHES_PASSED, review=review_at(tx.now))
        return await _escalate(tx, search, TaskKind.COACHES_PASSED, COACHES_PASSED)
    asked = await offers.already_asked(tx.connection, search.referral_id)
    roster = await context.roster.load(tx.connection, [search.need.person_id])
    queue = await load_queue(tx, context)
    await ask_best_coach(tx, search, queue.left_for(search, roster), context, already_asked=asked)


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits longest, and the coaches whose freed places the waitlist is offered first."""

    earliest: datetime | None
    reserved: frozenset[UUID]

    def left_for(self, search: Search, roster: Mapping[UUID, Coach]) -> Mapping[UUID, Coach]:
        """The roster as it is for this search: nobody who waits longer loses a place to it.

        The waitlist is looked at as soon as a place is free; until then later arrivals wait.
        """
        if self.earliest is None or search.virtual_arrival <= self.earliest:
            return roster
        return {
            coach_id: coach.without_room() if coach_id in self.reserved else coach
            for coach_id, coach in roster.items()
        }


async def load_queue(tx: Transaction, context: OfferContext) -> Queue:
    """The queue now. Read the roster before it, so that no freed place goes unnoticed."""
    earliest = await searches.earliest_waiting(
        tx.connection, max_lapses=context.offers_before_supervisor, now=tx.now
    )
    if earliest is None:
        return Queue(None, frozenset())
    reserved = await coaches.with_freed_places(tx.connection, timer=PlaceFreed.kind)
    return Queue(earliest, reserved | tx.subjects_of(PlaceFreed))


async def ask_best_coach(
    tx: Transaction,
    search: Search,
    roster: Mapping[UUID, Coach],
    context: OfferContext,
    *,
    already_asked: frozenset[UUID] = frozenset(),
) -> Coach | None:
    """Ask the best coach of this roster. Returns who is asked, as they stood before.

    The caller knows that no news of the referral waits: a revocation may be in it.
    """
    choice = choose(search.need, roster.values(), now=tx.now, already_asked=already_asked)
    decision = Decision(tx.new_id(), json.dumps(choice.explanation()))
    match choice:
        case Chosen(coach_id=coach_id):
            await _make_offer(tx, search, roster[coach_id], decision, context)
            return roster[coach_id]
        case Nobody(closest_gap=gap, ever_possible=possible):
            reason = public_reason(gap).value
            await _put_on_waitlist(tx, search, reason, review=review_at(tx.now))
            if not possible:
                await _escalate(tx, search, TaskKind.NOBODY_CAN_FIT, reason)
            await offers.nobody_fits(tx.connection, search.referral_id, decision, at=tx.now)
            return None


async def wait_for_news(tx: Transaction, search: Search) -> None:
    """Ask nobody while something that the clinic said could not be applied."""
    review = review_at(tx.now, every=NEWS_REVIEW_EVERY)
    await _put_on_waitlist(tx, search, NEWS_WAITS, review=review)


async def wait_for_turn(tx: Transaction, search: Search) -> None:
    """Its clinic has sent many at once: nobody is asked before its turn comes."""
    await _put_on_waitlist(tx, search, CLINICS_TURN, review=search.since)


async def _make_offer(
    tx: Transaction, search: Search, coach: Coach, decision: Decision, context: OfferContext
) -> None:
    until = answer_by(search.need.urgency, coach.hours, now=tx.now, windows=context.windows)
    half = remind_at(search.need.urgency, coach.hours, now=tx.now, windows=context.windows)
    offer = Offer(
        offer_id=tx.new_id(),
        referral_id=search.referral_id,
        episode=search.need.episode,
        coach_id=coach.coach_id,
        state=OfferState.OPEN,
        made_at=tx.now,
        answer_by=until,
        seen_at=None,
        first_contact_by=None,
    )
    code = offer_code(context.link_key, offer.offer_id, offer.coach_id)
    await _move(tx, search, SearchTrigger.COACH_IS_OFFERED, until)
    await offers.open_one(tx.connection, offer, decision, code=code)
    if search.opened_by is None:
        tx.cancel(WaitlistReviewDue, str(search.referral_id))
    tx.schedule(until, OfferDeadlinePassed(offer_id=offer.offer_id, referral_id=offer.referral_id))
    tx.emit(
        OfferMade(
            referral_id=offer.referral_id,
            offer_id=offer.offer_id,
            coach_id=offer.coach_id,
            episode=offer.episode,
            answer_by=until,
            remind_at=half,
        )
    )
    tx.audit("offer.made", "referral", offer.referral_id, coach_id=str(offer.coach_id))


async def _put_on_waitlist(
    tx: Transaction, search: Search, reason: str, *, review: datetime
) -> None:
    """Nobody can be asked now: the clinic is told and the referral is looked at again."""
    await _move(tx, search, SearchTrigger.NOBODY_FITS, review)
    tx.schedule(review, WaitlistReviewDue(referral_id=search.referral_id))
    tx.emit(ReferralWaitlisted(referral_id=search.referral_id, reason=reason, review_at=review))
    tx.audit("referral.waitlisted", "referral", search.referral_id, reason=reason)


async def _escalate(tx: Transaction, search: Search, kind: TaskKind, reason: str) -> None:
    """A supervisor has to look: no search by itself leads on."""
    review = review_at(tx.now)
    await open_task(tx, kind, search.referral_id, reason)
    tx.emit(ReferralEscalated(referral_id=search.referral_id, reason=reason, review_at=review))


async def _move(
    tx: Transaction, search: Search, trigger: SearchTrigger, next_action_at: datetime
) -> None:
    await searches.move(tx.connection, search, trigger, next_action_at=next_action_at, at=tx.now)
