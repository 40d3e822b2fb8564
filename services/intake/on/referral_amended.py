"""A clinic amends a referral: screened whole, like a first submission."""

from datetime import datetime
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
from services.intake.on.consent_revoked import end_all_under_consent, end_without_consent
from services.intake.on.person_died import person_died
from services.intake.rules.codes import Refusal
from services.intake.rules.consent import STOPS, TAKEN_BACK
from services.intake.rules.deadlines import Look, look_after
from services.intake.rules.problems import Code
from services.intake.rules.screen import SaidBefore, Verdict, screen
from services.intake.rules.states import Standing, State, still_held
from services.intake.store import happenings, people, referrals, submissions
from services.intake.store.happenings import Happening
from services.intake.store.people import SamePerson
from services.intake.store.referrals import Referral
from services.intake.timers import ReferralDeadlinePassed
from shared.errors import KeyDestroyedError
from shared.events import ReferralAmended
from shared.transaction import Transaction


async def referral_amended(
    tx: Transaction,
    referral: Referral,
    same: SamePerson,
    submission: Submission,
    screening: ScreeningContext,
) -> Verdict:
    """Replace what the clinic said of a referral that is not over. Person and row are locked.

    Returns the verdict. A referral that coaches know already keeps running: what would leave it
    incomplete changes nothing, and the verdict's problems say why. Danger holds it in any case.
    Death ends it, and so does a consent that by its own words permits nothing any more.
    """
    running = referral.accepted_at is not None
    hashes = screening.hashes_of(submission.reading.draft)
    on_others = await people.number_is_on_others(
        tx.connection, referral.clinic_id, referral.person_id, hashes
    )
    verdict = screen(
        submission.reading,
        today=screening.today(tx),
        policy=screening.policy,
        before=SaidBefore(same.revoked_on, on_others),
    )
    if ends(verdict, running=running):
        await _keep(tx, referral, submission, verdict, screening)
        await _end(tx, referral, same, verdict, screening)
    else:
        if not running or verdict.resume_to is State.READY:
            await _take(tx, referral, submission, verdict, screening)
        if running and verdict.safety:
            await hold_for_danger(tx, referral, screening.calendar)
    return verdict


def ends(verdict: Verdict, *, running: bool) -> bool:
    """Whether an amendment ends the referral."""
    return verdict.refusal is Refusal.DECEASED or (running and bool(_codes(verdict) & STOPS))


def _codes(verdict: Verdict) -> set[Code]:
    return {found.code for found in verdict.problems}


async def _end(
    tx: Transaction,
    referral: Referral,
    same: SamePerson,
    verdict: Verdict,
    screening: ScreeningContext,
) -> None:
    calendar = screening.calendar
    if verdict.refusal is Refusal.DECEASED:
        await person_died(tx, same, calendar)
        return
    await end_without_consent(tx, referral, "consent_ended", calendar)
    if _codes(verdict) & TAKEN_BACK:
        await end_all_under_consent(tx, same, calendar, on=screening.today(tx))


async def _keep(
    tx: Transaction,
    referral: Referral,
    submission: Submission,
    verdict: Verdict,
    screening: ScreeningContext,
    *,
    accepted_at: datetime | None = None,
) -> UUID:
    """Keep what the clinic says now. Returns the key of the person."""
    key_id = await people.key_of(tx.connection, referral.person_id)
    if key_id is None:
        raise KeyDestroyedError
    content = await content_of(submission, verdict, screening, referral.referral_id, key_id)
    await submissions.amend(tx.connection, referral.referral_id, content, accepted_at=accepted_at)
    hashes = screening.hashes_of(submission.reading.draft)
    await people.keep_contact(tx.connection, referral.person_id, hashes)
    tx.audit("referral.amended", "referral", referral.referral_id, state=verdict.state.value)
    return key_id


async def _take(
    tx: Transaction,
    referral: Referral,
    submission: Submission,
    verdict: Verdict,
    screening: ScreeningContext,
) -> None:
    running, found = referral.accepted_at is not None, standing_of(verdict)
    standing = referral.standing if running else still_held(referral.standing, found)
    ready = standing == Standing(State.READY)
    accepted_at = tx.now if ready else None
    key_id = await _keep(tx, referral, submission, verdict, screening, accepted_at=accepted_at)
    await _move_amended(tx, referral, standing, screening)
    draft, identity = submission.reading.draft, identity_of(referral, key_id)
    if running:
        await publish_contact(tx, identity, draft, verdict, screening)
        tx.emit(ReferralAmended(**need_of(identity, draft, verdict, screening)))
    elif ready:
        await publish_referral(tx, identity, draft, verdict, screening)


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
