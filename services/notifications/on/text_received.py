"""Somebody wrote to us: it is read, kept sealed, and what follows is done, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from services.notifications.actions.address_book import AddressBook
from services.notifications.actions.human_tasks import open_task
from services.notifications.on.coach_texted import CoachText, coach_texted
from services.notifications.on.person_texted import person_texted
from services.notifications.on.staff_texted import staff_texted
from services.notifications.rules.follows import Fact, Question, Who
from services.notifications.rules.formats import Language
from services.notifications.rules.inbound import Before, Consequences, Open, Reading, follow, read
from services.notifications.rules.keywords import BY_MEANING, Meaning
from services.notifications.rules.kinds import Kind
from services.notifications.rules.text_language import clear_language
from services.notifications.store import contacts, inbound, messages, referrals
from services.notifications.store.contacts import PhoneOwner
from shared.events import RecipientKind, Sealed
from shared.transaction import Transaction
from shared.vault import to_wire

QUESTIONS: Mapping[str, Question | None] = {
    "number_check": Question.NUMBER_CHECK,
    "number_check_again": Question.NUMBER_CHECK,
    **{f"check_in_day_{day}": Question.CHECK_IN for day in (3, 7, 14, 30)},
    **dict.fromkeys(("contact_given_up", "support_ended")),
}
"""What the last of these steps asks; the two last say that a human reads whatever is replied, so
that a "yes" to them is no answer to the question before."""
ANSWER_COUNTS_FOR = timedelta(days=7)
CRISIS_AGAIN_AFTER = timedelta(minutes=30)
STRANGERS = UUID("0d8f5a77-3c1e-5b0f-9d7a-2f4b6c8e1a35")
"""The namespace of the ids under which tasks tell strangers apart. It never changes."""


@dataclass(frozen=True, slots=True, repr=False)
class InboundText:
    """One text as the provider hands it over. `provider_id` makes a second hand-over harmless."""

    provider_id: str
    sender: str
    body: str


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote, as far as the number tells; `everybody` has this number."""

    who: Who
    writer_id: UUID
    phone_hash: bytes
    everybody: tuple[PhoneOwner, ...]

    @property
    def people(self) -> list[UUID]:
        return [one.recipient_id for one in self.everybody if one.kind is RecipientKind.PERSON]


@dataclass(frozen=True, slots=True)
class InboundResult:
    """What became of a text. `replies` go back to a stranger with the provider's request.

    `writer` is None for somebody who works here.
    """

    writer: Who | None
    crisis: bool
    first_time: bool
    replies: tuple[Kind, ...] = ()
    language: Language | None = None
    """In which the text is clearly written."""


async def text_received(tx: Transaction, text: InboundText, book: AddressBook) -> InboundResult:
    """Read one text and do what it means, in one transaction; once, however often it comes.

    A stranger has no contact to be written to: who handed the text over gives the answer.
    """
    phone_hash = book.hash_of(text.sender)
    if await staff_texted(tx, phone_hash, text.provider_id, text.body):
        return InboundResult(None, crisis=False, first_time=False)
    writer, reading = await _read(tx, text, phone_hash)
    follows = follow(writer.who, reading, await _before(tx, writer))
    known = writer.who is not Who.STRANGER
    kept = inbound.StoredText(
        provider_id=text.provider_id,
        kind=writer.who.value if known else None,
        recipient_id=writer.writer_id,
        sealed=await _sealed(text, writer, book),
        needs_human=bool(follows.tasks),
        meaning=reading.code,
    )
    first_time = await inbound.keep(tx.connection, kept, at=tx.now)
    replies = () if known else follows.answers
    crisis = Kind.CRISIS in follows.answers
    language = clear_language(text.body)
    result = InboundResult(writer.who, crisis, first_time, replies, language)
    if not first_time:
        return result
    await contacts.spoke(tx.connection, phone_hash, at=tx.now)
    if known:
        tx.actor = f"{writer.who.value}:{writer.writer_id}"
    tx.audit("text.received", writer.who.value, writer.writer_id, meaning=kept.meaning)
    await _do(tx, writer, reading, follows, language)
    return result


async def _do(
    tx: Transaction,
    writer: Writer,
    reading: Reading,
    follows: Consequences,
    language: Language | None,
) -> None:
    """What follows a text from this writer."""
    match writer.who:
        case Who.PERSON:
            await person_texted(tx, writer.people, writer.phone_hash, reading, follows, language)
        case Who.COACH:
            text = CoachText(tx, writer.writer_id, writer.phone_hash, reading, language)
            await coach_texted(text, follows)
        case Who.STRANGER:
            if Fact.OPTED_OUT in dict(follows.facts):
                await contacts.opt_out(tx.connection, writer.phone_hash, "all", at=tx.now)
    for kind, meaning in follows.tasks:
        await open_task(tx, kind, writer.writer_id, meaning.value)


async def _read(tx: Transaction, text: InboundText, phone_hash: bytes) -> tuple[Writer, Reading]:
    """Who wrote, and what it means. In doubt who wrote of danger, it was the person."""
    everybody = await contacts.by_phone(tx.connection, phone_hash)
    opted_out = await contacts.is_opted_out(tx.connection, phone_hash)
    writer = _writer(phone_hash, everybody)
    if writer.who is Who.COACH:
        offers = await referrals.open_offers(tx.connection, writer.writer_id)
        codes = tuple(offer.code for offer in offers)
        reading = read(text.body, writer.who, Open(opted_out=opted_out, offers=codes))
        if not writer.people or Meaning.DANGER not in reading:
            return writer, reading
        writer = Writer(Who.PERSON, writer.people[0], phone_hash, writer.everybody)
    question = None
    coached = await referrals.with_known_coach(tx.connection, writer.people)
    if writer.who is Who.PERSON:
        asked = await messages.last_question(
            tx.connection,
            writer.writer_id,
            since=tx.now - ANSWER_COUNTS_FOR,
            steps=list(QUESTIONS),
        )
        question = QUESTIONS.get(asked) if asked else None
    return writer, read(text.body, writer.who, Open(question, opted_out, coached=coached))


async def _before(tx: Transaction, writer: Writer) -> Before:
    """What this writer has said before and nobody has read yet, and how it was answered."""
    said = await inbound.said_and_unread(tx.connection, writer.writer_id)
    crisis_lately = await messages.went_out_since(
        tx.connection,
        writer.writer_id,
        step=f"{writer.who}_{Kind.CRISIS}",
        since=tx.now - CRISIS_AGAIN_AFTER,
    )
    unread = frozenset(meaning for meaning in BY_MEANING if meaning.value in said)
    return Before(unread, crisis_lately)


def _writer(phone_hash: bytes, everybody: Sequence[PhoneOwner]) -> Writer:
    if not everybody:
        return Writer(Who.STRANGER, uuid5(STRANGERS, phone_hash.hex()), phone_hash, ())
    first = everybody[0]
    return Writer(Who(first.kind), first.recipient_id, phone_hash, tuple(everybody))


async def _sealed(text: InboundText, writer: Writer, book: AddressBook) -> str | None:
    """The words, sealed under the writer's key; words of strangers are not kept."""
    sealed_contact = next(
        (one.sealed for one in writer.everybody if one.recipient_id == writer.writer_id), None
    )
    if sealed_contact is None:
        return None
    key_id = Sealed.model_validate_json(sealed_contact).key_id
    context = f"inbound_text|v1|{text.provider_id}"
    sealed = await book.vault.seal(key_id, text.body.encode(), context)
    return to_wire(key_id, sealed).model_dump_json()
