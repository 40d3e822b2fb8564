"""A referral needs a coach: ask the best one, or put the referral on the waitlist."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.matching.rules.choose import Chosen, Nobody, choose
from services.matching.rules.coach import Coach
from services.matching.rules.deadlines import (
    Windows,
    answer_by,
    remind_at,
    review_at,
    supervisor_decides,
)
from services.matching.rules.states import OfferState, SearchTrigger
from services.matching.rules.waitlist import reason_to_tell
from services.matching.store import offers, searches
from services.matching.store.coaches import Roster
from services.matching.store.offers import Decision, Offer
from services.matching.store.searches import Search
from services.matching.timers import OfferDeadlinePassed, WaitlistReviewDue
from shared.events import OfferMade, ReferralEscalated, ReferralWaitlisted
from shared.offer_link import offer_code
from shared.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Asking:
    """How coaches are asked: windows, limit, the key of link codes, and who there is."""

    windows: Windows
    first_contact: Windows
    offers_before_supervisor: int
    link_key: bytes
    roster: Roster


async def ask_next_coach(tx: Transaction, search: Search, asking: Asking) -> None:
    """Ask the best coach who was not asked before; nobody there is an event too.

    The search must be locked and in a state from which a coach can be sought.
    """
    if supervisor_decides(search.lapsed, limit=asking.offers_before_supervisor):
        return await _wait(tx, search, "three-coaches-passed", escalate=True)
    asked = await offers.already_asked(tx.connection, search.referral_id)
    roster = await asking.roster.load(tx.connection, [search.need.person_id])
    await ask_best(tx, search, roster, asking, already_asked=asked)


async def ask_best(
    tx: Transaction,
    search: Search,
    roster: Mapping[UUID, Coach],
    asking: Asking,
    *,
    already_asked: frozenset[UUID] = frozenset(),
) -> Coach | None:
    """Ask the best coach of this roster. Returns who is asked, as they stood before."""
    choice = choose(search.need, roster.values(), now=tx.now, already_asked=already_asked)
    decision = Decision(tx.new_id(), json.dumps(choice.explanation()))
    match choice:
        case Chosen(coach_id=coach_id):
            await _ask(tx, search, roster[coach_id], decision, asking)
            return roster[coach_id]
        case Nobody(closest_gap=gap, ever_possible=possible):
            await _wait(tx, search, reason_to_tell(gap).value, escalate=not possible)
            await offers.nobody_fits(tx.connection, search.referral_id, decision, at=tx.now)
            return None


async def _ask(
    tx: Transaction, search: Search, coach: Coach, decision: Decision, asking: Asking
) -> None:
    until = answer_by(search.need.urgency, coach.hours, now=tx.now, windows=asking.windows)
    half = remind_at(search.need.urgency, coach.hours, now=tx.now, windows=asking.windows)
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
    code = offer_code(asking.link_key, offer.offer_id, offer.coach_id)
    await _move(tx, search, SearchTrigger.COACH_IS_OFFERED, until)
    await offers.open_one(tx.connection, offer, decision, code=code)
    if search.opening is None:
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


async def _wait(tx: Transaction, search: Search, reason: str, *, escalate: bool) -> None:
    """Nobody can be asked now: the clinic is told and the referral is looked at again."""
    review = review_at(tx.now)
    await _move(tx, search, SearchTrigger.NOBODY_FITS, review)
    tx.schedule(review, WaitlistReviewDue(referral_id=search.referral_id))
    tx.emit(ReferralWaitlisted(referral_id=search.referral_id, reason=reason, review_at=review))
    if escalate:
        tx.emit(ReferralEscalated(referral_id=search.referral_id, reason=reason, review_at=review))
    tx.audit("referral.waitlisted", "referral", search.referral_id, reason=reason)


async def _move(
    tx: Transaction, search: Search, trigger: SearchTrigger, next_action_at: datetime
) -> None:
    await searches.move(tx.connection, search, trigger, next_action_at=next_action_at, at=tx.now)
