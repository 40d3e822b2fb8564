"""The coach tried to reach the person, or did."""

from datetime import timedelta
from uuid import UUID

from services.matching.rules.states import OfferState
from services.matching.store import offers
from shared.events import ContactChannel, ContactLogged, ContactOutcome
from shared.transaction import Transaction

PRESSED_TWICE = timedelta(minutes=2)
"""The same note again so soon comes from a coach whose first answer got lost on the way."""


async def contact_logged(
    tx: Transaction, offer_id: UUID, channel: ContactChannel, outcome: ContactOutcome
) -> bool:
    """Note the contact, once. False when the assignment is not running (any more)."""
    offer = await offers.locked(tx.connection, offer_id)
    if offer is None or offer.state is not OfferState.ACCEPTED:
        return False
    since = tx.now - PRESSED_TWICE
    if await offers.contact_was_logged(
        tx.connection, offer_id, channel=channel.value, outcome=outcome.value, since=since
    ):
        return True
    await offers.log_contact(
        tx.connection,
        offer_id,
        contact_id=tx.new_id(),
        at=tx.now,
        channel=channel.value,
        outcome=outcome.value,
    )
    tx.emit(
        ContactLogged(
            referral_id=offer.referral_id,
            offer_id=offer.offer_id,
            coach_id=offer.coach_id,
            channel=channel,
            outcome=outcome,
        )
    )
    tx.audit("contact.logged", "referral", offer.referral_id, outcome=outcome.value)
    return True
