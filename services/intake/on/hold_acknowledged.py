"""A named human has looked at a referral that was held for safety."""

import json
from dataclasses import replace

from services.intake.actions.answer import problems_as_json
from services.intake.actions.human_tasks import close_tasks
from services.intake.actions.move_referral import Fact, write_standing
from services.intake.actions.publish_referral import identity_of, publish_referral
from services.intake.actions.screening import ScreeningContext, Submission
from services.intake.rules.screen import screen
from services.intake.rules.states import Standing, State, Trigger, apply
from services.intake.store import people, referrals, submissions
from services.intake.store.referrals import Referral
from shared.errors import KeyDestroyedError
from shared.events import HoldClass, ReferralReleased
from shared.tasks import Outcome
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
    standing = apply(referral.standing, Trigger.HOLD_IS_ACKNOWLEDGED)
    if referral.accepted_at is None and standing.progress is State.READY:
        standing = await _screened_again(tx, referral, submission, screening, standing)
    fact = Fact(Trigger.HOLD_IS_ACKNOWLEDGED, "hold_acknowledged", by_name=by_name)
    await write_standing(tx, referral, standing, fact, screening.calendar)
    await close_tasks(tx, referral.referral_id, Outcome.HOLD_RELEASED)
    if referral.accepted_at is not None:
        tx.emit(ReferralReleased(referral_id=referral.referral_id, hold=HoldClass.SAFETY))
    elif standing.state is State.READY:
        await _publish(tx, referral, submission, screening)
    return standing


async def _screened_again(
    tx: Transaction,
    referral: Referral,
    submission: Submission,
    screening: ScreeningContext,
    standing: Standing,
) -> Standing:
    """What was complete when the hold began may lack something by now: a consent ends."""
    verdict = screen(submission.reading, today=screening.today(tx), policy=screening.policy)
    if verdict.resume_to is State.READY:
        return standing
    problems = json.dumps(problems_as_json(verdict.problems))
    await submissions.judged_again(tx.connection, referral.referral_id, problems)
    return replace(standing, progress=verdict.resume_to)


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
