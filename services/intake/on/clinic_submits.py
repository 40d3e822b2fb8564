"""A clinic submits a referral, or amends one: screened whole, stored once, answered once."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.intake.on.answer_of import first_answer, told
from services.intake.on.danger_is_found import danger_is_found
from services.intake.on.referral_is_ready import need_of, say_accepted, say_contact
from services.intake.rules.deadlines import Calendar, Look, look_after, next_action_at
from services.intake.rules.draft import Draft, Person
from services.intake.rules.policy import Policy
from services.intake.rules.reading import Reading
from services.intake.rules.reference import reference_of
from services.intake.rules.screen import Verdict, screen
from services.intake.rules.states import OVERLAYS, Standing, State, still_held
from services.intake.store import happenings, people, referrals, submissions
from services.intake.store.happenings import Happening
from services.intake.store.people import Known, NewPerson
from services.intake.store.referrals import Referral
from services.intake.store.submissions import FirstAnswer, FirstRow, NewReferral
from services.intake.timers import ReferralDeadlinePassed
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


async def clinic_submits(
    tx: Transaction, batch: Sequence[Submission], desk: Desk
) -> list[Stored | KeyReusedError]:
    """Screen and store; a complete referral is published for matching at once.

    All are of one clinic. The same key and body again is the first answer again, the same key
    with another body is an error; each submission is judged on its own.
    """
    new = [
        await _judged(tx, submission, *person, desk)
        for submission, person in zip(batch, await _people(tx, batch, desk), strict=True)
    ]
    stored = await submissions.store(tx.connection, [one.row for one in new])
    answers: list[Stored | KeyReusedError] = []
    for submission, one in zip(batch, new, strict=True):
        if one.row.new.referral_id not in stored:
            answers.append(await _repeated(tx, submission))
            continue
        tx.start_group(tx.new_id())
        await _publish(tx, submission, one, desk)
        answers.append(Stored(one.row.new.referral_id, one.row.first))
    return answers


@dataclass(frozen=True, slots=True)
class _New:
    verdict: Verdict
    key_id: UUID
    row: FirstRow


async def _judged(
    tx: Transaction, submission: Submission, person: Known, stranger: NewPerson | None, desk: Desk
) -> _New:
    verdict = screen(submission.reading, today=_today(tx, desk), policy=desk.policy)
    new = await _new(tx, submission, verdict, person, desk, referral_id=tx.new_id())
    first = first_answer(new, verdict, desk.public_url)
    return _New(verdict, person.key_id, FirstRow(new, first, stranger))


async def _publish(tx: Transaction, submission: Submission, one: _New, desk: Desk) -> None:
    new, draft = one.row.new, submission.reading.draft
    if new.next_action_at is not None:
        tx.schedule(new.next_action_at, ReferralDeadlinePassed(referral_id=new.referral_id))
    if new.standing == Standing(State.READY):
        await say_accepted(tx, draft, one.verdict, new, one.key_id, desk)
    tx.audit("referral.received", "referral", new.referral_id, state=new.standing.state.value)


async def _repeated(tx: Transaction, submission: Submission) -> Stored | KeyReusedError:
    known = await submissions.by_business_key(
        tx.connection, submission.clinic_id, submission.business_key
    )
    if known is None:
        raise TransientError("business_key_vanished")
    if known["body_hash"] != submission.body_hash:
        return KeyReusedError(known["referral_id"])
    answer = FirstAnswer(known["first_status"], known["first_answer"])
    return Stored(known["referral_id"], answer)


async def amend(
    tx: Transaction, referral_id: UUID, submission: Submission, desk: Desk
) -> Verdict | None:
    """Replace what the clinic said of a referral that it is still about. The row is locked.

    Returns the verdict. A referral that coaches know already keeps running: what would leave it
    incomplete changes nothing, and the verdict's problems say why. Danger holds it in any case.
    """
    referral = await referrals.locked(tx.connection, referral_id)
    if referral is None or referral.standing.is_final:
        return None
    verdict = screen(submission.reading, today=_today(tx, desk), policy=desk.policy)
    running = referral.accepted_at is not None
    if not running or verdict.resume_to is State.READY:
        await _take(tx, referral, submission, verdict, desk)
    if running and verdict.safety:
        await danger_is_found(tx, referral, desk.calendar)
    return verdict


async def _take(
    tx: Transaction, referral: Referral, submission: Submission, verdict: Verdict, desk: Desk
) -> None:
    referral_id, running = referral.referral_id, referral.accepted_at is not None
    key_id = await people.key_of(tx.connection, referral.person_id)
    person = Known(referral.person_id, key_id or await desk.vault.new_key())
    new = await _new(tx, submission, verdict, person, desk, referral_id=referral_id)
    standing = referral.standing if running else still_held(referral.standing, new.standing)
    ready = standing == Standing(State.READY)
    accepted_at = tx.now if ready else None
    new = replace(new, consent_id=referral.consent_id, accepted_at=accepted_at)
    await submissions.amend(tx.connection, new)
    await _move_amended(tx, referral, standing, desk)
    if running:
        await say_contact(tx, submission.reading.draft, verdict, new, person.key_id, desk)
        need = need_of(submission.reading.draft, verdict, new, referral.consent_id, desk)
        tx.emit(ReferralAmended(**{**need, "episode": referral.episode}))
    elif ready:
        await say_accepted(tx, submission.reading.draft, verdict, new, person.key_id, desk)
    tx.audit("referral.amended", "referral", referral_id, state=standing.state.value)


async def _move_amended(
    tx: Transaction, referral: Referral, standing: Standing, desk: Desk
) -> None:
    look = Look(referral.next_action_at)
    due = look_after(referral.standing, standing, look, now=tx.now, calendar=desk.calendar)
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


async def _people(
    tx: Transaction, batch: Sequence[Submission], desk: Desk
) -> list[tuple[Known, NewPerson | None]]:
    """The person of each: one known under the same record number, if surely the same; else new.

    The same number with another name or birth date is never merged: both wait for a review.
    """
    records = [_record_hash(submission, desk) for submission in batch]
    known = await _by_record(tx, batch[0].clinic_id, records)
    found: list[tuple[Known, NewPerson | None]] = []
    for submission, record in zip(batch, records, strict=True):
        person = submission.reading.draft.person or Person()
        identity = _hash(desk, "identity", (person.name or "").casefold(), str(person.birth_date))
        others = known[record] if record is not None else []
        same = [one for other, one in others if hmac.compare_digest(other, identity)]
        if same:
            found.append((same[0], None))
            continue
        stranger = Known(tx.new_id(), await desk.vault.new_key())
        found.append((stranger, NewPerson(stranger.key_id, record, identity, bool(others))))
        others.append((identity, stranger))
    return found


def _record_hash(submission: Submission, desk: Desk) -> bytes | None:
    person = submission.reading.draft.person
    number = person.record_number if person else None
    return _hash(desk, "record", number.system, number.value) if number else None


async def _by_record(
    tx: Transaction, clinic_id: UUID, records: Sequence[bytes | None]
) -> dict[bytes, list[tuple[bytes, Known]]]:
    """Whom this clinic has under these record numbers, with the hash of who they are."""
    known: dict[bytes, list[tuple[bytes, Known]]] = {one: [] for one in records if one is not None}
    if known:
        for row in await people.with_records(tx.connection, clinic_id, list(known)):
            person = Known(row["person_id"], row["key_id"])
            known[row["record_hash"]].append((row["identity_hash"], person))
    return known


def _hash(desk: Desk, *parts: str) -> bytes:
    return hmac.new(desk.hash_key, "\x1f".join(parts).encode(), hashlib.sha256).digest()


def _today(tx: Transaction, desk: Desk) -> date:
    return tx.now.astimezone(desk.calendar.zone).date()
