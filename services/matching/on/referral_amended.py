"""The clinic changed an accepted referral."""

from services.matching.actions.ask_next_coach import OfferContext, ask_next_coach
from services.matching.actions.withdraw_offer import withdraw_open_offer
from services.matching.rules.eligibility import why_not_any_more
from services.matching.rules.need import Need
from services.matching.rules.states import (
    OfferState,
    OfferTrigger,
    Overruled,
    SearchState,
    SearchTrigger,
    WithdrawalReason,
)
from services.matching.rules.waitlist import bonus
from services.matching.store import offers, searches
from services.matching.store.searches import Search
from shared.events import ReferralAmended
from shared.transaction import Transaction


async def referral_amended(tx: Transaction, event: ReferralAmended, context: OfferContext) -> None:
    """Keep the new need; take an open offer back when its coach does not fit it any more."""
    await searches.amend(
        tx.connection,
        event.referral_id,
        need=event.model_dump_json(),
        bonus=bonus(event.urgency),
    )
    search = await searches.locked(tx.connection, event.referral_id)
    if search is None:
        return
    moved = await searches.move(
        tx.connection, search, SearchTrigger.REFERRAL_IS_AMENDED, next_action_at=tx.now, at=tx.now
    )
    if isinstance(moved, Overruled):
        return
    if moved.state is SearchState.OFFERED:
        moved = await _recheck_offer(tx, moved, Need.of(event), context)
    if moved.state in (SearchState.SEARCHING, SearchState.REMATCHING):
        await ask_next_coach(tx, moved, context)


async def _recheck_offer(
    tx: Transaction, search: Search, need: Need, context: OfferContext
) -> Search:
    offer = await offers.live_of(tx.connection, search.referral_id)
    if offer is None or offer.state is not OfferState.OPEN:
        return search
    coach = await context.roster.locked(tx.connection, offer.coach_id, person_id=need.person_id)
    if coach is not None and not why_not_any_more(need, coach, now=tx.now):
        return search
    return await withdraw_open_offer(
        tx,
        search,
        offer,
        OfferTrigger.COACH_IS_NO_LONGER_ELIGIBLE,
        WithdrawalReason.NO_LONGER_ELIGIBLE,
    )
