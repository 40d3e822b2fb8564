"""The time for a first contact is over: without one, a supervisor is asked to find out why."""

from services.matching.actions.human_tasks import open_task
from services.matching.rules.states import OfferState
from services.matching.store import offers, searches
from services.matching.timers import FirstContactDue
from shared.tasks import TaskKind
from shared.transaction import Transaction


async def first_contact_due(tx: Transaction, timer: FirstContactDue) -> None:
    """Ask a supervisor, unless the coach has tried, or support is paused or over."""
    await searches.locked(tx.connection, timer.referral_id)
    offer = await offers.locked(tx.connection, timer.offer_id)
    if offer is None or offer.state is not OfferState.ACCEPTED or offer.paused_until is not None:
        return
    if not await offers.contacts(tx.connection, timer.offer_id):
        await open_task(tx, TaskKind.FIRST_CONTACT_OVERDUE, timer.referral_id, "no-contact-logged")
