"""The person takes the consent back; nobody has to confirm it (42 CFR 2.31(a)(7))."""

from services.intake.actions.move_referral import decide
from services.intake.rules.deadlines import Calendar
from services.intake.rules.states import Standing, Trigger
from services.intake.store.referrals import Referral
from shared.events import ConsentRevoked
from shared.transaction import Transaction


async def consent_revoked(tx: Transaction, referral: Referral, calendar: Calendar) -> Standing:
    """End the referral and tell the others at once. The referral must be locked.

    Raises IllegalTransitionError when it is over already.
    """
    standing = await decide(tx, referral, Trigger.CONSENT_IS_REVOKED, "consent_revoked", calendar)
    if referral.accepted_at is not None:
        tx.emit(ConsentRevoked(referral_id=referral.referral_id, consent_id=referral.consent_id))
    return standing
