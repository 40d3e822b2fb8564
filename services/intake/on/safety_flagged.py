"""A text from the person speaks of danger: a named human looks before anything goes on."""

from services.intake.actions.hold_for_danger import hold_for_danger
from services.intake.rules.deadlines import CRISIS_TEXT, Calendar
from services.intake.store import referrals
from services.intake.store.referrals import Referral
from shared.events import SafetyFlagged
from shared.logs import log
from shared.transaction import Transaction


async def safety_flagged(tx: Transaction, event: SafetyFlagged, calendar: Calendar) -> None:
    """Hold what the person has not finished; what is over stays over.

    All of it, because notifications may not have heard of every referral. With nothing to hold,
    the text still waits for a human at notifications.
    """
    unfinished = await referrals.locked_of_person(tx.connection, event.person_id)
    for referral in unfinished:
        if not referral.standing.is_held or _is_about(event, referral):
            await hold_for_danger(
                tx, referral, calendar, happened="crisis_text", within=CRISIS_TEXT
            )
    if not unfinished:
        log.warning("crisis_text_without_referral", person_id=str(event.person_id))
        tx.audit("safety.flagged", "person", event.person_id)


def _is_about(event: SafetyFlagged, referral: Referral) -> bool:
    """One text makes an event for each referral that notifications knows, or one for the person."""
    return event.subject_id in (referral.referral_id, referral.person_id)
