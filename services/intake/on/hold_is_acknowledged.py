"""A named human has looked at a referral that was held for safety."""

import json
from uuid import UUID

from services.intake.on.clinic_submits import Desk, Submission
from services.intake.on.referral_is_ready import say_accepted
from services.intake.on.referral_moves import decide
from services.intake.rules.screen import screen
from services.intake.rules.states import Standing, State, Trigger
from services.intake.store import people, referrals
from services.intake.store.referrals import Referral
from services.intake.store.submissions import NewReferral
from shared.events import HoldClass, ReferralReleased
from shared.transaction import Transaction


async def hold_is_acknowledged(
    tx: Transaction, referral: Referral, submission: Submission, desk: Desk, *, by_name: str
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
        desk.calendar,
        by_name=by_name,
    )
    if referral.accepted_at is not None:
        tx.emit(ReferralReleased(referral_id=referral.referral_id, hold=HoldClass.SAFETY))
    elif standing.state is State.READY:
        await _publish(tx, referral, submission, desk)
    return standing


async def _publish(tx: Transaction, referral: Referral, submission: Submission, desk: Desk) -> None:
    today = tx.now.astimezone(desk.calendar.zone).date()
    verdict = screen(submission.reading, today=today, policy=desk.policy)
    key_id = await people.key_of(tx.connection, referral.person_id)
    draft = submission.reading.draft
    new = NewReferral(
        referral_id=referral.referral_id,
        clinic_id=referral.clinic_id,
        person_id=referral.person_id,
        reference=referral.reference,
        business_key=submission.business_key,
        body_hash=submission.body_hash,
        sealed_body=b"",
        media_type=submission.media_type,
        standing=Standing(State.READY),
        refusal=None,
        problems=json.dumps([]),
        warnings=json.dumps([]),
        urgency=verdict.urgency.value,
        language=draft.person.languages[0] if draft.person else "en",
        consent_id=referral.consent_id,
        accepted_at=tx.now,
        next_action_at=None,
        closed_at=None,
        at=tx.now,
    )
    await say_accepted(tx, draft, verdict, new, key_id or UUID(int=0), desk)
    await referrals.was_accepted(tx.connection, referral.referral_id, at=tx.now)
