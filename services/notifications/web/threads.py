"""What somebody and we wrote to each other, opened for one view of a task."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.actions.address_book import AddressBook
from services.notifications.actions.sealed_words import (
    answer_context,
    inbound_context,
    open_words,
)
from services.notifications.on.answered_from_desk import why_not_to
from services.notifications.rules.plan import step_named
from services.notifications.rules.states import SuppressReason
from services.notifications.store import answers, contacts, inbound
from services.notifications.store.answers import ThreadMessage
from services.notifications.web.task_words import became, warnings_about
from shared.db import Connection
from shared.errors import KeyDestroyedError
from shared.events import RecipientKind, Sealed

MAX_SHOWN = 50


@dataclass(frozen=True, slots=True, repr=False)
class Spoken:
    """One text in its words, for this view only. `words` is None when nobody can open them.

    `by` is `they`, `automatic` or the actor who wrote it at the desk.
    """

    at: datetime
    by: str
    words: str | None
    note: str
    is_new: bool = False
    warnings: tuple[str, ...] = ()
    """What the writer of ours is warned of, also where they were in too much of a hurry to ask."""


@dataclass(frozen=True, slots=True, repr=False)
class Correspondent:
    """Who wrote, for somebody who has to answer or call them."""

    kind: RecipientKind
    name: str
    phone: str | None
    language: str
    why_not: SuppressReason | None
    """Why no text may go to them now."""


async def thread_with(
    connection: Connection, book: AddressBook, recipient_id: UUID, telling: re.Pattern[str]
) -> Sequence[Spoken]:
    """The texts of both sides, newest first."""
    theirs = await inbound.thread(connection, recipient_id, limit=MAX_SHOWN)
    ours = await answers.thread(connection, recipient_id, limit=MAX_SHOWN)
    spoken = [
        Spoken(
            text.received_at,
            "they",
            await open_words(book.vault, text.sealed, inbound_context(text.provider_id)),
            "",
            text.read_at is None,
        )
        for text in theirs
    ] + [await _ours(book, message, telling) for message in ours]
    return sorted(spoken, key=lambda one: one.at, reverse=True)[:MAX_SHOWN]


async def _ours(book: AddressBook, message: ThreadMessage, telling: re.Pattern[str]) -> Spoken:
    note = became(message.state, message.reason)
    if message.answer_id is None or message.written_by is None:
        return Spoken(message.at, "automatic", _about(message.step), note)
    words = await open_words(book.vault, message.sealed, answer_context(message.answer_id))
    warnings = tuple(warnings_about(words or "", telling))
    return Spoken(message.at, message.written_by, words, note, warnings=warnings)


def _about(step: str) -> str:
    """What an automatic text was about; its words are not kept."""
    try:
        return step_named(step).kind.value.replace("_", " ")
    except KeyError:
        return step.replace("_", " ")


async def correspondent_of(
    connection: Connection, book: AddressBook, recipient_id: UUID
) -> Correspondent | None:
    """How they are called and reached; None when no contact of theirs has come."""
    known = await contacts.find(connection, recipient_id)
    if known is None:
        return None
    reason = why_not_to(known)
    name, phone = "", None
    if known.sealed is not None:
        try:
            sealed = Sealed.model_validate_json(known.sealed)
            opened = await book.open(known.kind.value, recipient_id, sealed)
        except KeyDestroyedError:
            reason = SuppressReason.ERASED
        else:
            name, phone = opened.name, opened.phone
    if reason is SuppressReason.WRONG_NUMBER:
        phone = None
    return Correspondent(known.kind, name, phone, known.language, reason)
