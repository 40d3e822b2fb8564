"""Support is paused and goes on again; the coach keeps the person all the while."""

from datetime import datetime

from services.matching.actions.human_tasks import close_tasks
from services.matching.rules.pausing import FIRST_CONTACT_WITHIN, PAUSE_GRACE
from services.matching.store import offers
from services.matching.store.offers import Offer
from services.matching.timers import FirstContactDue, PauseReviewDue
from shared.events import AssignmentPaused, AssignmentResumed, PauseReason
from shared.tasks import Outcome, TaskKind
from shared.transaction import Transaction

ABOUT_A_PAUSE = (TaskKind.FIRST_CONTACT_OVERDUE, TaskKind.PAUSE_TO_REVIEW)
"""Nobody has to look at these any more once somebody says that support waits, or goes on."""


async def pause(tx: Transaction, offer: Offer, reason: PauseReason, until: datetime) -> None:
    """Pause a locked assignment, or move the day of its review."""
    await offers.set_pause(tx.connection, offer.offer_id, until=until)
    tx.cancel(FirstContactDue, str(offer.offer_id))
    await close_tasks(tx, offer.referral_id, Outcome.PAUSE_DECIDED, ABOUT_A_PAUSE)
    review = PauseReviewDue(offer_id=offer.offer_id, referral_id=offer.referral_id)
    tx.schedule(until + PAUSE_GRACE, review)
    tx.audit("support.paused", "referral", offer.referral_id, reason=reason.value)
    tx.emit(AssignmentPaused(referral_id=offer.referral_id, until=until, reason=reason.value))


async def resume(tx: Transaction, offer: Offer) -> None:
    """Let a locked assignment go on; a first contact that was not made is promised anew."""
    await offers.set_pause(tx.connection, offer.offer_id, until=None)
    tx.cancel(PauseReviewDue, str(offer.offer_id))
    await close_tasks(tx, offer.referral_id, Outcome.PAUSE_DECIDED, ABOUT_A_PAUSE)
    until = None
    if not await offers.contacts(tx.connection, offer.offer_id):
        until = tx.now + FIRST_CONTACT_WITHIN
        await offers.promise_first_contact(tx.connection, offer.offer_id, until=until)
        due = FirstContactDue(offer_id=offer.offer_id, referral_id=offer.referral_id)
        tx.schedule(until, due)
    tx.audit("support.resumed", "referral", offer.referral_id)
    tx.emit(AssignmentResumed(referral_id=offer.referral_id, first_contact_by=until))
