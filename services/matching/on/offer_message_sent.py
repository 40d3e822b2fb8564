"""What became of the text that asks a coach."""

from services.matching.actions.ask_next_coach import OfferContext
from services.matching.actions.withdraw_offer import question_did_not_arrive
from services.matching.rules.states import OfferState
from services.matching.store import offers, searches
from shared.events import (
    MessageFailed,
    MessageParked,
    MessageSent,
    MessageSuppressed,
    MessageUndelivered,
)
from shared.transaction import Transaction

OFFER_STEP = "offer_made"
"""The step of the plan that carries the question."""

NotArrived = MessageFailed | MessageParked | MessageUndelivered | MessageSuppressed


async def offer_message_sent(tx: Transaction, event: MessageSent) -> None:
    """The provider took the question."""
    if event.step == OFFER_STEP and event.offer_id is not None:
        await offers.mark_sent(tx.connection, event.offer_id, at=tx.now)


async def offer_message_lost(tx: Transaction, event: NotArrived, context: OfferContext) -> None:
    """The question did not reach the coach by any channel: take it back and ask the next one."""
    if event.step != OFFER_STEP or event.offer_id is None:
        return
    search = await searches.locked(tx.connection, event.subject_id)
    offer = await offers.locked(tx.connection, event.offer_id)
    if search is None or offer is None or offer.state is not OfferState.OPEN:
        return
    await question_did_not_arrive(tx, search, offer, context)
