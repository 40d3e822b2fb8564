"""A clinic submits a referral, or amends one: screened whole, stored once, answered once."""

import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.intake.on.answer_of import first_answer, told
from services.intake.on.referral_is_ready import need_of, say_accepted, say_contact
from services.intake.rules.deadlines import Calendar, next_action_at
from services.intake.rules.draft import Draft, Person
from services.intake.rules.policy import Policy
from services.intake.rules.reading import Reading
from services.intake.rules.reference import reference_of
from services.intake.rules.screen import Verdict, screen
from services.intake.rules.states import OVERLAYS, Standing, State
from services.intake.store import people, referrals
from services.intake.store.people import Known, NewPerson
from services.intake.store.referrals import FirstAnswer, NewReferral
from services.intake.timers import ReferralDeadlinePassed
from shared.db import Row
from shared.errors import TransientError
from shared.events import ReferralAmended
from shared.transaction import Transaction
from shared.vault import Vault


@dataclass(frozen=True, slots=True, repr=False)
class Submission:
    """One request of a clinic: what was read of it, and the bytes as they came."""

    clinic_id: UUID
    business_key: bytes
    media_type: str
    body: bytes
    reading: Reading

    @property
    def body_hash(self) -> bytes:
        return hashlib.sha256(self.body).digest()


@dataclass(frozen=True, slots=True)
class Desk:
    """What screening needs besides the submission."""

    vault: Vault
    policy: Policy
    calendar: Calendar
    hash_key: bytes
    public_url: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The submission is stored; `answer` is what its first sending was told."""

    referral_id: UUID
    answer: FirstAnswer


class KeyReusedError(Exception):
    """The same business key came with another body; the referral must be amended instead."""

    def __init__(self, referral_id: UUID) -> None:
        super().__init__("business key used before")
        self.referral_id = referral_id


async def clinic_submits(tx: Transaction, submission: Submission, desk: Desk) -> Stored:
    """Screen and store; a complete referral is published for matching at once.

    The same key and body again is the first answer again. Raises KeyReusedError for another
    body under the same key.
    """
    verdict = screen(submission.reading, today=_today(tx, desk), policy=desk.policy)
    person, stranger = await _person(tx, submission, desk)
    referral_id = tx.new_id()
    new = await _new(tx, submission, verdict, person, desk, referral_id=referral_id)
    answer = first_answer(new, verdict, desk.public_url)
    happened = ["received", new.standing.state.value]
    if not await referrals.store(tx.connection, new, happened, answer, stranger):
        return await _repeated(tx, submission)
    if new.next_action_at is not None:
        tx.remind(new.next_action_at, ReferralDeadlinePassed(referral_id=referral_id))
    if new.standing == Standing(State.READY):
        await say_accepted(tx, submission.reading.draft, verdict, new, person.key_id, desk)
    tx.audit("referral.received", "referral", referral_id, state=new.standing.state.value)
    return Stored(referral_id, answer)


async def _repeated(tx: Transaction, submission: Submission) -> Stored:
    known = await referrals.by_business_key(
        tx.connection, submission.clinic_id, submission.business_key
    )
    if known is None:
        raise TransientError("business_key_vanished")
    if known["body_hash"] != submission.body_hash:
        raise KeyReusedError(known["referral_id"])
    answer = FirstAnswer(known["first_status"], known["first_answer"])
    return Stored(known["referral_id"], answer)


async def amend(
    tx: Transaction, referral_id: UUID, submission: Submission, desk: Desk
) -> Verdict | None:
    """Replace what the clinic said of a referral that it is still about. The row is locked.

    Returns the verdict. A referral that coaches know already keeps running: what would leave it
    incomplete changes nothing, and the verdict's problems say why.
    """
    referral = await referrals.locked(tx.connection, referral_id)
    if referral is None or referral.standing.is_final:
        return None
    verdict = screen(submission.reading, today=_today(tx, desk), policy=desk.policy)
    running = referral.accepted_at is not None
    if running and verdict.state is not State.READY:
        return verdict
    key_id = await people.key_of(tx.connection, referral.person_id)
    person = Known(referral.person_id, key_id or await desk.vault.new_key())
    new = replace(
        await _new(tx, submission, verdict, person, desk, referral_id=referral_id),
        consent_id=referral.consent_id,
    )
    await referrals.amend(tx.connection, new)
    standing = referral.standing if running else new.standing
    due = next_action_at(standing.state, now=tx.now, calendar=desk.calendar)
    await referrals.move(
        tx.connection, referral_id, standing, happened="amended", at=tx.now, next_action_at=due
    )
    await referrals.note(tx.connection, referral_id, standing.state.value, at=tx.now)
    if due is not None:
        tx.remind(due, ReferralDeadlinePassed(referral_id=referral_id))
    if running:
        await say_contact(tx, submission.reading.draft, verdict, new, person.key_id, desk)
        need = need_of(submission.reading.draft, verdict, new, referral.consent_id, desk)
        tx.emit(ReferralAmended(**{**need, "episode": referral.episode}))
    elif new.standing == Standing(State.READY):
        await say_accepted(tx, submission.reading.draft, verdict, new, person.key_id, desk)
    tx.audit("referral.amended", "referral", referral_id, state=standing.state.value)
    return verdict


async def _new(
    tx: Transaction,
    submission: Submission,
    verdict: Verdict,
    person: Known,
    desk: Desk,
    *,
    referral_id: UUID,
) -> NewReferral:
    standing = _standing(verdict)
    context = f"submission|v1|{referral_id}"
    draft = submission.reading.draft
    return NewReferral(
        referral_id=referral_id,
        clinic_id=submission.clinic_id,
        person_id=person.person_id,
        reference=reference_of(referral_id),
        business_key=submission.business_key,
        body_hash=submission.body_hash,
        sealed_body=await desk.vault.seal(person.key_id, submission.body, context),
        media_type=submission.media_type,
        standing=standing,
        refusal=verdict.refusal.value if verdict.refusal else None,
        problems=json.dumps(told(verdict.problems)),
        warnings=json.dumps(told(verdict.warnings)),
        urgency=verdict.urgency.value,
        language=_language(draft),
        consent_id=tx.new_id(),
        accepted_at=tx.now if standing == Standing(State.READY) else None,
        next_action_at=next_action_at(standing.state, now=tx.now, calendar=desk.calendar),
        closed_at=tx.now if standing.is_final else None,
        at=tx.now,
    )


def _language(draft: Draft) -> str:
    return draft.person.languages[0] if draft.person and draft.person.languages else "en"


def _standing(verdict: Verdict) -> Standing:
    """Progress as screening found it, with the hold over it."""
    if verdict.state in OVERLAYS:
        return Standing(verdict.resume_to, frozenset({verdict.state}))
    return Standing(verdict.state)


async def _person(
    tx: Transaction, submission: Submission, desk: Desk
) -> tuple[Known, NewPerson | None]:
    """The person under this record number, if it is surely the same one; else a new person.

    The same number with another name or birth date is never merged: both wait for a review.
    """
    person = submission.reading.draft.person or Person()
    identity = _hash(desk, "identity", (person.name or "").casefold(), str(person.birth_date))
    record = None
    others: list[Row] = []
    if person.record_number is not None:
        number = person.record_number
        record = _hash(desk, "record", number.system, number.value)
        others = await people.with_record(tx.connection, submission.clinic_id, record)
        for other in others:
            if hmac.compare_digest(other["identity_hash"], identity):
                return Known(other["person_id"], other["key_id"]), None
    known = Known(tx.new_id(), await desk.vault.new_key())
    return known, NewPerson(known.key_id, record, identity, bool(others))


def _hash(desk: Desk, *parts: str) -> bytes:
    return hmac.new(desk.hash_key, "\x1f".join(parts).encode(), hashlib.sha256).digest()


def _today(tx: Transaction, desk: Desk) -> date:
    return tx.now.astimezone(desk.calendar.zone).date()
