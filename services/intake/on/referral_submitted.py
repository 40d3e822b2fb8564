"""A clinic submits a referral, or amends one: screened whole, stored once, answered once."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.intake.actions.answer import first_answer
from services.intake.actions.content import content_of, standing_of
from services.intake.actions.human_tasks import open_task
from services.intake.actions.publish_referral import Identity, publish_referral
from services.intake.actions.screening import ScreeningContext, Submission
from services.intake.on.person_died import person_died
from services.intake.rules.codes import Refusal
from services.intake.rules.deadlines import next_action_at
from services.intake.rules.draft import Person
from services.intake.rules.quota import windows_of
from services.intake.rules.reference import reference_of
from services.intake.rules.screen import SaidBefore, Verdict, screen
from services.intake.rules.states import Standing, State
from services.intake.store import people, submissions
from services.intake.store.people import Known, NewPerson, SamePerson
from services.intake.store.submissions import FirstAnswer, FirstRow, NewReferral
from services.intake.timers import ReferralDeadlinePassed
from shared.db import Row
from shared.errors import TransientError
from shared.tasks import TaskKind
from shared.transaction import Transaction


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


async def referral_submitted(
    tx: Transaction, batch: Sequence[Submission], screening: ScreeningContext
) -> list[Stored | KeyReusedError]:
    """Screen and store; a complete referral is published for matching at once.

    All are of one clinic. The same key and body again is the first answer again, the same key
    with another body is an error; each submission is judged on its own. Raises QuotaReachedError
    for all when the clinic may not send as many; what was stored before is not counted again.
    """
    new = [
        await _judged(tx, submission, person, screening)
        for submission, person in zip(batch, await _people(tx, batch, screening), strict=True)
    ]
    windows = windows_of(tx.now, screening.calendar.zone)
    rows = [one.row for one in new]
    stored = await submissions.store(tx.connection, rows, screening.quota, windows)
    answers: list[Stored | KeyReusedError] = []
    for submission, one in zip(batch, new, strict=True):
        if one.row.new.referral_id not in stored:
            answers.append(await _repeated(tx, submission))
            continue
        tx.start_group(tx.new_id())
        await _publish(tx, submission, one, screening)
        answers.append(Stored(one.row.new.referral_id, one.row.first))
    return answers


@dataclass(frozen=True, slots=True)
class _Person:
    """Whom a submission is about; `others`: this clinic's rows of the same person."""

    known: Known
    stranger: NewPerson | None
    others: SamePerson
    before: SaidBefore


@dataclass(frozen=True, slots=True)
class _New:
    verdict: Verdict
    person: _Person
    row: FirstRow


async def _judged(
    tx: Transaction, submission: Submission, person: _Person, screening: ScreeningContext
) -> _New:
    verdict = screen(
        submission.reading,
        today=screening.today(tx),
        policy=screening.policy,
        before=person.before,
    )
    new = await _new(tx, submission, verdict, person.known, screening)
    first = first_answer(new, verdict, screening.public_url)
    return _New(verdict, person, FirstRow(new, first, person.stranger, person.before.revoked_on))


async def _publish(
    tx: Transaction, submission: Submission, one: _New, screening: ScreeningContext
) -> None:
    new, draft = one.row.new, submission.reading.draft
    if new.next_action_at is not None:
        tx.schedule(new.next_action_at, ReferralDeadlinePassed(referral_id=new.referral_id))
    if new.standing == Standing(State.READY):
        identity = Identity(
            new.referral_id,
            new.clinic_id,
            new.person_id,
            new.reference,
            new.consent_id,
            one.person.known.key_id,
        )
        await publish_referral(tx, identity, draft, one.verdict, screening)
    if new.standing.state is State.SAFETY_HOLD:
        await open_task(tx, TaskKind.SAFETY_FINDING, new.referral_id, one.verdict.safety[0].value)
    if one.verdict.refusal is Refusal.DECEASED and one.person.others.person_ids:
        await person_died(tx, one.person.others, screening.calendar)
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


async def _new(
    tx: Transaction,
    submission: Submission,
    verdict: Verdict,
    person: Known,
    screening: ScreeningContext,
) -> NewReferral:
    standing, referral_id = standing_of(verdict), tx.new_id()
    return NewReferral(
        referral_id=referral_id,
        clinic_id=submission.clinic_id,
        person_id=person.person_id,
        reference=reference_of(referral_id),
        business_key=submission.business_key,
        consent_id=tx.new_id(),
        content=await content_of(submission, verdict, screening, referral_id, person.key_id),
        standing=standing,
        accepted_at=tx.now if standing == Standing(State.READY) else None,
        next_action_at=next_action_at(standing.state, now=tx.now, calendar=screening.calendar),
        closed_at=tx.now if standing.is_final else None,
        at=tx.now,
    )


async def _people(
    tx: Transaction, batch: Sequence[Submission], screening: ScreeningContext
) -> list[_Person]:
    """The person of each: one known under the same record number, if surely the same; else new.

    The same number with another name or birth date is never merged: both wait for a review.
    """
    hashes = [screening.hashes_of(submission.reading.draft) for submission in batch]
    rows = await people.similar(tx.connection, batch[0].clinic_id, hashes)
    known = _by_record(rows)
    found: list[_Person] = []
    for submission, own in zip(batch, hashes, strict=True):
        person = submission.reading.draft.person or Person()
        identity = screening.hash_of(
            "identity", (person.name or "").casefold(), str(person.birth_date)
        )
        namesakes = known.setdefault(own.record, []) if own.record is not None else []
        same = [one for other, one in namesakes if hmac.compare_digest(other, identity)]
        others = people.same_as(rows, own)
        before = SaidBefore(others.revoked_on, people.is_on_others(rows, own))
        if same:
            found.append(_Person(same[0], None, others, before))
            continue
        stranger = Known(tx.new_id(), await screening.vault.new_key())
        new = NewPerson(stranger.key_id, own, identity, bool(namesakes))
        found.append(_Person(stranger, new, others, before))
        namesakes.append((identity, stranger))
    return found


def _by_record(rows: Sequence[Row]) -> dict[bytes, list[tuple[bytes, Known]]]:
    """Whom this clinic has under a record number, with the hash of who they are.

    Somebody who was said to have died is not taken up again under a corrected record.
    """
    known: dict[bytes, list[tuple[bytes, Known]]] = {}
    for row in rows:
        if row["record_hash"] is not None:
            identity = row["identity_hash"] if row["deceased_at"] is None else b""
            person = Known(row["person_id"], row["key_id"])
            known.setdefault(row["record_hash"], []).append((identity, person))
    return known
