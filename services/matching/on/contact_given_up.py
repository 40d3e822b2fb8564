"""A coach says that the person cannot be reached; a supervisor decides what that means."""

from services.matching.actions.check_access import may_see_person
from services.matching.actions.human_tasks import open_task
from services.matching.rules.access import MaySee
from services.matching.rules.giving_up import may_give_up
from services.matching.rules.states import OfferState
from services.matching.store import offers, searches
from services.matching.store.coaches import Roster
from services.matching.store.offers import Offer
from shared.tasks import TaskKind
from shared.transaction import Transaction

REASON = "attempts-exhausted"


async def contact_given_up(tx: Transaction, found: Offer, roster: Roster) -> bool:
    """Ask a supervisor. False when that is not possible now, or not enough was tried."""
    search = await searches.locked(tx.connection, found.referral_id)
    offer = await offers.locked(tx.connection, found.offer_id)
    if search is None or offer is None or offer.state is not OfferState.ACCEPTED:
        return False
    coach = await roster.find(tx.connection, offer.coach_id, people=[search.need.person_id])
    access = await may_see_person(tx, offer, search, coach)
    tried = await offers.contacts(tx.connection, offer.offer_id)
    if not isinstance(access, MaySee) or not may_give_up(tried, zone=search.need.zone, now=tx.now):
        return False
    await open_task(tx, TaskKind.CONTACT_TO_GIVE_UP, offer.referral_id, REASON)
    tx.audit("contact.given_up", "referral", offer.referral_id)
    return True
