"""A clinic submits a referral, or amends one: screened whole, stored once, answered once."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.intake.actions.answer import first_answer
from services.intake.actions.content import content_of, standing_of
from services.intake.actions.publish_referral import Identity, publish_referral
from services.intake.actions.screening import ScreeningContext, Submission
from services.intake.rules.deadlines import next_action_at
from services.intake.rules.draft import Person
from services.intake.rules.reference import reference_of
from services.intake.rules.screen import Verdict, screen
from services.intake.rules.states import Standing, State
from services.intake.store import people, submissions
from services.intake.store.people import Known, NewPerson
from services.intake.store.submissions import FirstAnswer, FirstRow, NewReferral
from services.intake.timers import ReferralDeadlinePassed
from shared.errors import TransientError
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
    with another body is an error; each submission is judged on its own.
    """
    new = [
        await _judged(tx, submission, *person, screening)
        for submission, person in zip(batch, await _people(tx, batch, screening), strict=True)
    ]
    stored = await submissions.store(tx.connection, [one.row for one in new])
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
class _New:
    verdict: Verdict
    key_id: UUID
    row: FirstRow


async def _judged(
    tx: Transaction,
    submission: Submission,
    person: Known,
    stranger: NewPerson | None,
    screening: ScreeningContext,
) -> _New:
    verdict = screen(submission.reading, today=screening.today(tx), policy=screening.policy)
    new = await _new(tx, submission, verdict, person, screening)
    first = first_answer(new, verdict, screening.public_url)
    return _New(verdict, person.key_id, FirstRow(new, first, stranger))


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
            one.key_id,
        )
        await publish_referral(tx, identity, draft, one.verdict, screening)
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
) -> list[tuple[Known, NewPerson | None]]:
    """The person of each: one known under the same record number, if surely the same; else new.

    The same number with another name or birth date is never merged: both wait for a review.
    """
    records = [_record_hash(submission, screening) for submission in batch]
    known = await _by_record(tx, batch[0].clinic_id, records)
    found: list[tuple[Known, NewPerson | None]] = []
    for submission, record in zip(batch, records, strict=True):
        person = submission.reading.draft.person or Person()
        identity = screening.hash_of(
            "identity", (person.name or "").casefold(), str(person.birth_date)
        )
        others = known[record] if record is not None else []
        same = [one for other, one in others if hmac.compare_digest(other, identity)]
        if same:
            found.append((same[0], None))
            continue
        stranger = Known(tx.new_id(), await screening.vault.new_key())
        found.append((stranger, NewPerson(stranger.key_id, record, identity, bool(others))))
        others.append((identity, stranger))
    return found


def _record_hash(submission: Submission, screening: ScreeningContext) -> bytes | None:
    person = submission.reading.draft.person
    number = person.record_number if person else None
    return screening.hash_of("record", number.system, number.value) if number else None


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
