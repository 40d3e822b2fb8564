"""A person gets another coach: the one they have is released, and the next one is asked."""

from services.matching.actions.ask_next_coach import OfferContext, ask_next_coach
from services.matching.actions.end_assignment import end_assignment
from services.matching.actions.human_tasks import close_tasks
from services.matching.rules.states import OfferTrigger, Overruled, SearchTrigger
from services.matching.store import searches
from services.matching.store.offers import Offer
from services.matching.store.searches import Search
from shared.tasks import Outcome
from shared.transaction import Transaction


async def change_coach(
    tx: Transaction,
    search: Search,
    offer: Offer,
    trigger: OfferTrigger,
    outcome: str,
    context: OfferContext,
) -> None:
    """End a locked assignment and seek the next coach; the search keeps its place in line.

    Under a hold nobody is asked before a human has released it, and nobody at all while the
    clinic's wish to end the support waits for its confirmation.
    """
    tx.cancel_all(search.referral_id)
    await close_tasks(tx, search.referral_id, Outcome.COACH_CHANGED)
    await end_assignment(tx, offer, trigger, outcome)
    tx.audit("coach.changed", "referral", search.referral_id, coach_id=str(offer.coach_id))
    if search.end_requested:
        return
    again = await searches.ask_on(tx.connection, search, all_again=False, at=tx.now)
    begins = SearchTrigger.CHANGE_OF_COACH_BEGINS
    moved = await searches.move(tx.connection, again, begins, next_action_at=tx.now, at=tx.now)
    if isinstance(moved, Overruled):
        await searches.rematch_after_hold(tx.connection, search.referral_id)
    else:
        await ask_next_coach(tx, moved, context)
