"""A clinic amends a referral: screened whole, like a first submission."""

from uuid import UUID

from services.intake.actions.content import content_of, standing_of
from services.intake.actions.hold_for_danger import hold_for_danger
from services.intake.actions.publish_referral import (
    identity_of,
    need_of,
    publish_contact,
    publish_referral,
)
from services.intake.actions.screening import ScreeningContext, Submission
from services.intake.rules.deadlines import Look, look_after
from services.intake.rules.screen import Verdict, screen
from services.intake.rules.states import Standing, State, still_held
from services.intake.store import happenings, people, referrals, submissions
from services.intake.store.happenings import Happening
from services.intake.store.referrals import Referral
from services.intake.timers import ReferralDeadlinePassed
from shared.errors import KeyDestroyedError
from shared.events import ReferralAmended
from shared.transaction import Transaction


async def referral_amended(
    tx: Transaction, referral_id: UUID, submission: Submission, screening: ScreeningContext
) -> Verdict | None:
    """Replace what the clinic said of a referral that it is still about. The row is locked.

    Returns the verdict. A referral that coaches know already keeps running: what would leave it
    incomplete changes nothing, and the verdict's problems say why. Danger holds it in any case.
    """
    referral = await referrals.locked(tx.connection, referral_id)
    if referral is None or referral.standing.is_final:
        return None
    verdict = screen(submission.reading, today=screening.today(tx), policy=screening.policy)
    running = referral.accepted_at is not None
    if not running or verdict.resume_to is State.READY:
        await _take(tx, referral, submission, verdict, screening)
    if running and verdict.safety:
        await hold_for_danger(tx, referral, screening.calendar)
    return verdict


async def _take(
    tx: Transaction,
    referral: Referral,
    submission: Submission,
    verdict: Verdict,
    screening: ScreeningContext,
) -> None:
    referral_id, running = referral.referral_id, referral.accepted_at is not None
    key_id = await people.key_of(tx.connection, referral.person_id)
    if key_id is None:
        raise KeyDestroyedError
    found = standing_of(verdict)
    standing = referral.standing if running else still_held(referral.standing, found)
    ready = standing == Standing(State.READY)
    content = await content_of(submission, verdict, screening, referral_id, key_id)
    accepted_at = tx.now if ready else None
    await submissions.amend(tx.connection, referral_id, content, accepted_at=accepted_at)
    await _move_amended(tx, referral, standing, screening)
    draft, identity = submission.reading.draft, identity_of(referral, key_id)
    if running:
        await publish_contact(tx, identity, draft, verdict, screening)
        tx.emit(ReferralAmended(**need_of(identity, draft, verdict, screening)))
    elif ready:
        await publish_referral(tx, identity, draft, verdict, screening)
    tx.audit("referral.amended", "referral", referral_id, state=standing.state.value)


async def _move_amended(
    tx: Transaction, referral: Referral, standing: Standing, screening: ScreeningContext
) -> None:
    look = Look(referral.next_action_at)
    due = look_after(referral.standing, standing, look, now=tx.now, calendar=screening.calendar)
    await referrals.move(
        tx.connection,
        referral.referral_id,
        standing,
        happened=Happening("amended"),
        at=tx.now,
        next_action_at=due,
    )
    await happenings.note(tx.connection, referral.referral_id, standing.state.value, at=tx.now)
    if due is not None:
        tx.schedule(due, ReferralDeadlinePassed(referral_id=referral.referral_id))
