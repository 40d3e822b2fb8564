"""A text speaks of danger, of death or of a revocation: a named human looks before all else."""

from collections.abc import Mapping
from datetime import timedelta

from services.intake.actions.hold_for_danger import hold_for_danger
from services.intake.rules.deadlines import CRISIS_TEXT, Calendar
from services.intake.store import happenings, referrals
from services.intake.store.referrals import Referral
from shared.events import FlagSource, SafetyFlagged, TextFlag
from shared.logs import log
from shared.transaction import Transaction

_DANGER = ("crisis_text", CRISIS_TEXT)
_WHAT: Mapping[str, tuple[str, timedelta | None]] = {
    TextFlag.DEATH.value: ("death_text", CRISIS_TEXT),
    TextFlag.REVOCATION.value: ("revocation_text", None),
}
"""Flag → the line of the timeline, and by when somebody looks. Every other flag is of danger."""


async def safety_flagged(tx: Transaction, event: SafetyFlagged, calendar: Calendar) -> None:
    """Hold what the person has not finished; what is over stays over.

    All of it, because notifications may not have heard of every referral. With nothing to hold,
    the text still waits for a human at notifications. A text from before the referral holds it
    once: its own event may have come first, and somebody may have looked since.
    """
    happened, within = _WHAT.get(event.flag, _DANGER)
    unfinished = await referrals.locked_of_people(tx.connection, [event.person_id])
    for referral in unfinished:
        if event.source == FlagSource.EARLIER_TEXT and await happenings.has(
            tx.connection, referral.referral_id, happened
        ):
            continue
        if not referral.standing.is_held or _is_about(event, referral):
            await hold_for_danger(tx, referral, calendar, happened=happened, within=within)
    if not unfinished:
        log.warning("flagged_text_without_referral", person_id=str(event.person_id))
        tx.audit("safety.flagged", "person", event.person_id)


def _is_about(event: SafetyFlagged, referral: Referral) -> bool:
    """One text makes an event for each referral that notifications knows, or one for the person."""
    return event.subject_id in (referral.referral_id, referral.person_id)
