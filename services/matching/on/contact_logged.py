"""The coach tried to reach the person, or did."""

from datetime import timedelta

from services.matching.actions.check_access import may_see_person
from services.matching.actions.human_tasks import close_tasks
from services.matching.rules.access import MayNotSee
from services.matching.rules.giving_up import REACHED
from services.matching.rules.states import OfferState
from services.matching.store import offers, searches
from services.matching.store.coaches import Roster
from services.matching.store.offers import Offer
from services.matching.timers import FirstContactDue
from shared.events import ContactChannel, ContactLogged, ContactOutcome
from shared.tasks import Outcome, TaskKind
from shared.transaction import Transaction

PRESSED_TWICE = timedelta(minutes=2)
"""The same note again so soon comes from a coach whose first answer got lost on the way."""


async def contact_logged(
    tx: Transaction, found: Offer, channel: ContactChannel, outcome: ContactOutcome, roster: Roster
) -> bool:
    """Note the contact, once. False when the assignment is over or the person may not be seen now.

    Search and offer are locked, so that no note follows the end of an assignment.
    """
    search = await searches.locked(tx.connection, found.referral_id)
    offer = await offers.locked(tx.connection, found.offer_id)
    if search is None or offer is None or offer.state is not OfferState.ACCEPTED:
        return False
    coach = await roster.find(tx.connection, offer.coach_id, people=[search.need.person_id])
    access = await may_see_person(tx, offer, search, coach)
    if isinstance(access, MayNotSee):
        tx.audit("contact.refused", "referral", offer.referral_id, reason=access.why.value)
        return False
    since = tx.now - PRESSED_TWICE
    if await offers.contact_was_logged(
        tx.connection, offer.offer_id, channel=channel.value, outcome=outcome.value, since=since
    ):
        return True
    await _note(tx, offer, channel, outcome)
    tx.audit("contact.logged", "referral", offer.referral_id, outcome=outcome.value)
    return True


async def _note(
    tx: Transaction, offer: Offer, channel: ContactChannel, outcome: ContactOutcome
) -> None:
    await offers.log_contact(
        tx.connection,
        offer.offer_id,
        contact_id=tx.new_id(),
        at=tx.now,
        channel=channel.value,
        outcome=outcome.value,
    )
    tx.cancel(FirstContactDue, str(offer.offer_id))
    kinds = [TaskKind.FIRST_CONTACT_OVERDUE]
    if outcome in REACHED:
        kinds.append(TaskKind.CONTACT_TO_GIVE_UP)
    await close_tasks(tx, offer.referral_id, Outcome.CONTACT_MADE, kinds)
    tx.emit(
        ContactLogged(
            referral_id=offer.referral_id,
            offer_id=offer.offer_id,
            coach_id=offer.coach_id,
            channel=channel,
            outcome=outcome,
        )
    )
