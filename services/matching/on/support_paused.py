"""The coach pauses support until a day on which it is looked at again, or lets it go on."""

from datetime import datetime, timedelta

from services.matching.actions.check_access import may_see_person
from services.matching.actions.pauses import pause, resume
from services.matching.rules.access import MaySee
from services.matching.rules.states import OfferState
from services.matching.store import offers, searches
from services.matching.store.coaches import Roster
from services.matching.store.offers import Offer
from shared.events import PauseReason
from shared.transaction import Transaction

PRESSED_TWICE = timedelta(minutes=2)

PausedAs = tuple[PauseReason, datetime]


async def support_paused(
    tx: Transaction, found: Offer, paused: PausedAs | None, roster: Roster
) -> bool:
    """Pause for a reason until a moment, or go on for None; twice is once.

    False where the person may not be seen now.
    """
    search = await searches.locked(tx.connection, found.referral_id)
    offer = await offers.locked(tx.connection, found.offer_id)
    if search is None or offer is None or offer.state is not OfferState.ACCEPTED:
        return False
    coach = await roster.find(tx.connection, offer.coach_id, people=[search.need.person_id])
    access = await may_see_person(tx, offer, search, coach)
    if not isinstance(access, MaySee):
        return False
    if paused is not None and not _is_same(paused[1], offer.paused_until):
        await pause(tx, offer, *paused)
    elif paused is None and offer.paused_until is not None:
        await resume(tx, offer)
    return True


def _is_same(until: datetime, before: datetime | None) -> bool:
    """A button that is pressed twice names almost the same moment."""
    return before is not None and abs(until - before) < PRESSED_TWICE
