"""An open offer is taken back, and what that means for its referral."""

from services.matching.actions.ask_next_coach import OfferContext, ask_next_coach
from services.matching.rules.states import (
    OfferTrigger,
    Overruled,
    SearchState,
    SearchTrigger,
    WithdrawalReason,
)
from services.matching.store import offers, searches
from services.matching.store.offers import Offer
from services.matching.store.searches import Search
from services.matching.timers import OfferDeadlinePassed, PlaceFreed
from shared.events import OfferWithdrawn
from shared.transaction import Transaction


async def withdraw_offer(
    tx: Transaction, offer: Offer, trigger: OfferTrigger, reason: WithdrawalReason
) -> None:
    """Withdraw a locked open offer and tell those who heard of it."""
    await offers.move(tx.connection, offer, trigger, reason=reason.value, at=tx.now)
    tx.cancel(OfferDeadlinePassed, str(offer.offer_id))
    tx.schedule(tx.now, PlaceFreed(coach_id=offer.coach_id))
    tx.emit(
        OfferWithdrawn(
            referral_id=offer.referral_id,
            offer_id=offer.offer_id,
            coach_id=offer.coach_id,
            reason=reason.value,
        )
    )
    tx.audit("offer.withdrawn", "referral", offer.referral_id, reason=reason.value)


async def withdraw_open_offer(
    tx: Transaction,
    search: Search,
    offer: Offer,
    trigger: OfferTrigger,
    reason: WithdrawalReason,
) -> Search:
    """Take the offer back; the search, which must be locked, goes on without it."""
    await withdraw_offer(tx, offer, trigger, reason)
    moved = await searches.move(
        tx.connection, search, SearchTrigger.OFFER_IS_WITHDRAWN, next_action_at=tx.now, at=tx.now
    )
    return search if isinstance(moved, Overruled) else moved


async def question_did_not_arrive(
    tx: Transaction, search: Search, offer: Offer, context: OfferContext
) -> None:
    """The coach cannot be reached: take the open offer back and ask the next one."""
    await searches.count_lapse(tx.connection, offer.referral_id)
    moved = await withdraw_open_offer(
        tx, search, offer, OfferTrigger.MESSAGE_IS_UNDELIVERABLE, WithdrawalReason.UNDELIVERABLE
    )
    if moved.state is SearchState.SEARCHING:
        await ask_next_coach(tx, moved.after_lapse(), context)


async def question_has_not_left(
    tx: Transaction, search: Search, offer: Offer, context: OfferContext
) -> None:
    """Take an open offer back of which the coach knows nothing; they may be asked anew."""
    moved = await withdraw_open_offer(
        tx, search, offer, OfferTrigger.MESSAGE_IS_UNDELIVERABLE, WithdrawalReason.NOT_ASKED
    )
    if moved.state is SearchState.SEARCHING:
        await ask_next_coach(tx, moved, context)
