"""A person's text, once it is read. This is where STOP is handled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.notifications.actions.numbers import number_is_unusable
from services.notifications.actions.plan_messages import Occasion, about, plan_messages
from services.notifications.rules.follows import Fact, Manner, Who
from services.notifications.rules.inbound import Consequences, Reading
from services.notifications.rules.keywords import BY_MEANING, Meaning, follows_of
from services.notifications.rules.kinds import Kind
from services.notifications.rules.steps import Reply
from services.notifications.store import contacts, referrals
from services.notifications.store.referrals import KnownReferral
from shared.events import (
    FlagSource,
    PersonOptedIn,
    PersonOptedOut,
    RecipientKind,
    ReplyReceived,
    SafetyFlagged,
)
from shared.transaction import Transaction


async def person_texted(
    tx: Transaction,
    people: Sequence[UUID],
    phone_hash: bytes,
    reading: Reading,
    follows: Consequences,
    language: str | None,
) -> None:
    """Do what the text means, for everybody with this number; the first of `people` wrote."""
    running = [row for one in people for row in await referrals.of_person(tx.connection, one)]
    text = PersonText(tx, people[0], phone_hash, running, tx.new_id(), language)
    if follows.holds:
        await contacts.hold(tx.connection, phone_hash)
    said_before: set[Kind | None] = set()
    for fact, meaning in follows.facts:
        row = follows_of(meaning, Who.PERSON)
        is_new = await _state(text, fact, meaning, reading)
        if not is_new and row.manner is Manner.CONFIRMATION:
            said_before |= {row.answer, *row.notes}
    for kind in follows.answers:
        if kind not in said_before:
            await text.answer(kind)
    for kind in follows.notes:
        if kind not in said_before:
            await text.tell(kind)


@dataclass(frozen=True, slots=True)
class PersonText:
    """One text: who wrote, which referrals are running, and how to answer."""

    tx: Transaction
    person_id: UUID
    phone_hash: bytes
    running: Sequence[KnownReferral]
    occasion_id: UUID
    language: str | None
    """In which it is clearly written; its answer is too, notes to others are not."""

    async def answer(self, kind: Kind) -> None:
        """Answer the person once, about the first referral if there is one."""
        if self.running:
            occasion = self._about(self.running[0], kind)
        else:
            occasion = Occasion(
                cause=Reply(Who.PERSON, kind),
                subject_id=self.person_id,
                recipients={},
                occasion_id=self.occasion_id,
            )
        to_the_writer = {RecipientKind.PERSON: self.person_id}
        answer = replace(occasion, recipients=to_the_writer, language=self.language)
        await plan_messages(self.tx, answer)

    async def tell(self, kind: Kind) -> None:
        """Tell the coach or the clinic of every running referral."""
        for row in self.running:
            await plan_messages(self.tx, self._about(row, kind))

    def _about(self, row: KnownReferral, kind: Kind) -> Occasion:
        return about(row, Reply(Who.PERSON, kind), occasion_id=self.occasion_id)


async def _state(text: PersonText, fact: Fact, meaning: Meaning, reading: Reading) -> bool:
    """Keep it and state it for others. False when it was so before."""
    match fact:
        case Fact.OPTED_OUT:
            return await _stop(text, meaning)
        case Fact.OPTED_IN:
            await _start_again(text)
        case Fact.FLAGGED:
            own = follows_of(meaning, Who.PERSON).flag
            _flag(text, own or reading.crisis or "danger")
        case Fact.REPLIED:
            await _reply_received(text, meaning, reading.referral)
        case Fact.OFFER_ANSWERED:
            raise AssertionError(f"{meaning} is an answer of coaches")
    return True


async def _stop(text: PersonText, meaning: Meaning) -> bool:
    """STOP: from this commit on no text to this number starts. The referral goes on.

    False when texts were stopped before, and it has been confirmed. Source: 47 CFR
    64.1200(a)(10), (12): one confirmation, nothing else.
    """
    first = await contacts.opt_out(text.tx.connection, text.phone_hash, "all", at=text.tx.now)
    if meaning is Meaning.WRONG_NUMBER:
        await number_is_unusable(text.tx, text.phone_hash, "wrong-number")
    if first:
        for row in text.running:
            text.tx.emit(PersonOptedOut(subject_id=row.referral_id, person_id=row.person_id))
    return first


async def _start_again(text: PersonText) -> None:
    if await contacts.opt_in(text.tx.connection, text.phone_hash):
        for row in text.running:
            text.tx.emit(PersonOptedIn(subject_id=row.referral_id, person_id=row.person_id))


def _flag(text: PersonText, flag: str) -> None:
    """No automated text until somebody has looked; of a person without a referral, too."""
    subjects = [(row.referral_id, row.person_id) for row in text.running]
    for subject_id, person_id in subjects or [(text.person_id, text.person_id)]:
        text.tx.emit(
            SafetyFlagged(
                subject_id=subject_id,
                person_id=person_id,
                flag=flag,
                source=FlagSource.INBOUND_TEXT,
            )
        )


async def _reply_received(text: PersonText, meaning: Meaning, only: UUID | None) -> None:
    """State the answer for each running referral, or the one that it is about."""
    if meaning is Meaning.YES:
        await contacts.set_number(text.tx.connection, text.phone_hash, "verified")
    question = BY_MEANING[meaning].question
    for row in text.running:
        if only not in (None, row.referral_id):
            continue
        text.tx.emit(
            ReplyReceived(
                subject_id=row.referral_id,
                person_id=row.person_id,
                question=question.value if question else "any",
                answer=meaning.value,
                offer_id=row.offer_id if row.first_contact_by is not None else None,
            )
        )
