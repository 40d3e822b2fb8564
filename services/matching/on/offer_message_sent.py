"""What became of the text that asks a coach."""

from services.matching.actions.ask_next_coach import Asking, ask_next_coach
from services.matching.actions.withdraw_offer import withdraw_open_offer
from services.matching.rules.states import OfferState, OfferTrigger, SearchState, WithdrawalReason
from services.matching.store import offers, searches
from shared.events import MessageFailed, MessageSent, MessageSuppressed, MessageUndelivered
from shared.transaction import Transaction

ASKS_THE_COACH = "offer_made"
"""The step of the plan that carries the question."""

NotArrived = MessageFailed | MessageUndelivered | MessageSuppressed


async def offer_message_sent(tx: Transaction, event: MessageSent) -> None:
    """The provider took the question."""
    if event.step == ASKS_THE_COACH and event.offer_id is not None:
        await offers.was_sent(tx.connection, event.offer_id, at=tx.now)


async def offer_message_lost(tx: Transaction, event: NotArrived, asking: Asking) -> None:
    """The question did not reach the coach: take the offer back and ask the next one."""
    if event.step != ASKS_THE_COACH or event.offer_id is None:
        return
    search = await searches.locked(tx.connection, event.subject_id)
    offer = await offers.locked(tx.connection, event.offer_id)
    if search is None or offer is None or offer.state is not OfferState.OPEN:
        return
    await searches.count_lapse(tx.connection, offer.referral_id)
    moved = await withdraw_open_offer(
        tx,
        search,
        offer,
        OfferTrigger.MESSAGE_IS_UNDELIVERABLE,
        WithdrawalReason.UNDELIVERABLE,
    )
    if moved.state is SearchState.SEARCHING:
        await ask_next_coach(tx, moved.after_lapse(), asking)
