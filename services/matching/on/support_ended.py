"""The coach says that support is over: it came to its end, or the clinic's wish is confirmed."""

from services.matching.actions.check_access import may_see_person
from services.matching.actions.end_assignment import end_assignment
from services.matching.actions.human_tasks import close_tasks
from services.matching.rules.ending import ENDS, possible_endings
from services.matching.rules.giving_up import was_reached
from services.matching.rules.states import OfferState
from services.matching.store import offers, searches
from services.matching.store.coaches import Roster
from services.matching.store.offers import Offer
from shared.tasks import Outcome
from shared.transaction import Transaction


async def support_ended(tx: Transaction, found: Offer, outcome: str, roster: Roster) -> bool:
    """End search and assignment, free the place, and tell the others why.

    True when support is over, also by an earlier press; False when that cannot be said now.
    """
    search = await searches.locked(tx.connection, found.referral_id)
    offer = await offers.locked(tx.connection, found.offer_id)
    if search is None or offer is None or offer.state is not OfferState.ACCEPTED:
        return offer is not None and offer.state is OfferState.ENDED
    coach = await roster.find(tx.connection, offer.coach_id, people=[search.need.person_id])
    access = await may_see_person(tx, offer, search, coach)
    reached = was_reached(await offers.contacts(tx.connection, offer.offer_id))
    if outcome not in possible_endings(access, reached=reached):
        tx.audit("support_end.refused", "referral", offer.referral_id, outcome=outcome)
        return False
    ends_search, ends_offer = ENDS[outcome]
    await searches.move(tx.connection, search, ends_search, next_action_at=None, at=tx.now)
    tx.cancel_all(offer.referral_id)
    await end_assignment(tx, offer, ends_offer, outcome)
    await close_tasks(tx, offer.referral_id, Outcome.REFERRAL_OVER)
    tx.audit("support.ended", "referral", offer.referral_id, outcome=outcome)
    return True
