"""A coach answered an offer by text; notifications read the words, matching judges them."""

from services.matching.actions.ask_next_coach import OfferContext
from services.matching.on.coach_answered import coach_answered
from services.matching.rules.answer import Reply
from shared.events import CoachReplied
from shared.transaction import Transaction


async def coach_replied(tx: Transaction, event: CoachReplied, context: OfferContext) -> None:
    """Judge the text exactly as the page's button."""
    tx.actor = f"coach:{event.coach_id}"
    await coach_answered(tx, event.offer_id, Reply(event.coach_id, event.answer), context)
