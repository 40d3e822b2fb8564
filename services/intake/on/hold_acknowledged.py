"""A named human has looked at a referral that was held for safety."""

from services.intake.actions.move_referral import decide
from services.intake.actions.publish_referral import identity_of, publish_referral
from services.intake.actions.screening import ScreeningContext, Submission
from services.intake.rules.screen import screen
from services.intake.rules.states import Standing, State, Trigger
from services.intake.store import people, referrals
from services.intake.store.referrals import Referral
from shared.errors import KeyDestroyedError
from shared.events import HoldClass, ReferralReleased
from shared.transaction import Transaction


async def hold_acknowledged(
    tx: Transaction,
    referral: Referral,
    submission: Submission,
    screening: ScreeningContext,
    *,
    by_name: str,
) -> Standing:
    """Go on where the hold began; a complete referral is published only now.

    `by_name` is who has looked, `submission` what the clinic last sent, read again. The referral
    must be locked. Raises IllegalTransitionError when it is not held.
    """
    standing = await decide(
        tx,
        referral,
        Trigger.HOLD_IS_ACKNOWLEDGED,
        "hold_acknowledged",
        screening.calendar,
        by_name=by_name,
    )
    if referral.accepted_at is not None:
        tx.emit(ReferralReleased(referral_id=referral.referral_id, hold=HoldClass.SAFETY))
    elif standing.state is State.READY:
        await _publish(tx, referral, submission, screening)
    return standing


async def _publish(
    tx: Transaction, referral: Referral, submission: Submission, screening: ScreeningContext
) -> None:
    verdict = screen(submission.reading, today=screening.today(tx), policy=screening.policy)
    key_id = await people.key_of(tx.connection, referral.person_id)
    if key_id is None:
        raise KeyDestroyedError
    identity = identity_of(referral, key_id)
    await publish_referral(tx, identity, submission.reading.draft, verdict, screening)
    await referrals.was_accepted(tx.connection, referral.referral_id, at=tx.now)
