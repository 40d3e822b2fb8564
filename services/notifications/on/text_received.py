"""Somebody wrote to us: opt-out first, danger second, coded answers third, people fourth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.notifications.actions.address_book import AddressBook
from services.notifications.on.coach_texted import coach_texted
from services.notifications.on.person_texted import person_texted
from services.notifications.rules.inbound import Reading, read_text
from services.notifications.rules.replies import Question
from services.notifications.store import contacts, inbound, messages, referrals
from shared.db import Row
from shared.events import RecipientKind, Sealed
from shared.transaction import Transaction
from shared.vault import to_wire

QUESTIONS = {
    "number_check": Question.NUMBER_CHECK,
    "number_check_again": Question.NUMBER_CHECK,
    **{f"check_in_day_{day}": Question.CHECK_IN for day in (3, 7, 14, 30)},
}
ANSWER_COUNTS_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True, repr=False)
class InboundText:
    """One text as the provider hands it over. `provider_id` makes a second hand-over harmless."""

    provider_id: str
    sender: str
    body: str


@dataclass(frozen=True, slots=True)
class Writer:
    """Who wrote, as far as the number tells; `everybody` shares it."""

    kind: RecipientKind
    recipient_id: UUID
    phone_hash: bytes
    everybody: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class InboundResult:
    """What became of a text. `writer` is person, coach or stranger."""

    writer: str
    crisis: bool
    first_time: bool


async def text_received(tx: Transaction, text: InboundText, book: AddressBook) -> InboundResult:
    """Read one text and do what it means, in one transaction; once, however often it comes.

    A stranger has no contact to be written to: who handed the text over answers a crisis.
    """
    phone_hash = book.hash_of(text.sender)
    everybody = await contacts.by_phone(tx.connection, phone_hash)
    writer = _writer(phone_hash, everybody)
    reading = await _read(tx, text, writer, phone_hash)
    kept = inbound.StoredText(
        provider_id=text.provider_id,
        kind=writer.kind.value if writer else None,
        recipient_id=writer.recipient_id if writer else None,
        sealed=await _sealed(text, writer, book),
        needs_human=reading.needs_human,
        meaning=meaning_of(reading),
    )
    first_time = await inbound.keep(tx.connection, kept, at=tx.now)
    result = InboundResult(kept.kind or "stranger", reading.crisis is not None, first_time)
    if not first_time:
        return result
    await contacts.spoke(tx.connection, phone_hash, at=tx.now)
    if reading.opt_out is not None and writer is None:
        await contacts.opt_out(tx.connection, phone_hash, reading.opt_out.value, at=tx.now)
    if writer is None:
        return result
    tx.actor = f"{writer.kind.value}:{writer.recipient_id}"
    tx.audit("text.received", writer.kind.value, writer.recipient_id, meaning=kept.meaning)
    await _do(tx, writer, reading)
    return result


async def _do(tx: Transaction, writer: Writer, reading: Reading) -> None:
    """What the text means. In doubt who wrote of danger, it was the person."""
    people = [row["recipient_id"] for row in writer.everybody if row["kind"] == "person"]
    occasion_id, phone_hash = tx.new_id(), writer.phone_hash
    if people and (writer.kind is RecipientKind.PERSON or reading.crisis is not None):
        await person_texted(tx, people, phone_hash, reading, occasion_id)
    else:
        await coach_texted(tx, writer.recipient_id, phone_hash, reading, occasion_id)


def _writer(phone_hash: bytes, everybody: Sequence[Row]) -> Writer | None:
    if not everybody:
        return None
    first = everybody[0]
    return Writer(RecipientKind(first["kind"]), first["recipient_id"], phone_hash, tuple(everybody))


async def _read(
    tx: Transaction, text: InboundText, writer: Writer | None, phone_hash: bytes
) -> Reading:
    opted_out = await contacts.is_opted_out(tx.connection, phone_hash)
    if writer is None:
        return read_text(text.body, sender_kind="person", opted_out=opted_out)
    if writer.kind is RecipientKind.COACH:
        offers = await referrals.open_offers(tx.connection, writer.recipient_id)
        codes = tuple(offer["code"] for offer in offers)
        return read_text(text.body, sender_kind="coach", opted_out=opted_out, open_offers=codes)
    asked = await messages.last_question(
        tx.connection,
        writer.recipient_id,
        since=tx.now - ANSWER_COUNTS_FOR,
        steps=list(QUESTIONS),
    )
    pending = QUESTIONS.get(asked) if asked else None
    return read_text(text.body, sender_kind="person", pending=pending, opted_out=opted_out)


async def _sealed(text: InboundText, writer: Writer | None, book: AddressBook) -> str | None:
    """The words, sealed under the writer's key; words of strangers are not kept."""
    row = writer.everybody[0] if writer else None
    if row is None or row["sealed"] is None:
        return None
    key_id = Sealed.model_validate_json(row["sealed"]).key_id
    context = f"inbound_text|v1|{text.provider_id}"
    sealed = await book.vault.seal(key_id, text.body.encode(), context)
    return to_wire(key_id, sealed).model_dump_json()


def meaning_of(reading: Reading) -> str:
    """The reading in one code, for people and for the audit."""
    parts = (
        ("opt_out", reading.opt_out is not None),
        ("wrong_number", reading.wrong_number),
        ("crisis", reading.crisis is not None),
        ("answer", reading.answer is not None),
        ("start", reading.start),
        ("help", reading.help),
    )
    return "+".join(name for name, found in parts if found) or "free_text"
