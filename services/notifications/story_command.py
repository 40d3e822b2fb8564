"""The verb `story` of notifications."""

import re
from collections.abc import Sequence
from uuid import UUID

from services.notifications.actions.address_book import AddressBook
from services.notifications.settings import Settings
from services.notifications.store import story
from shared.command import Verb
from shared.db import Connection, Row
from shared.service import Core
from shared.settings import key_of
from shared.story_command import Line, Story, story_verb

_PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_UNFINISHED = frozenset({"planned", "claimed", "unknown"})


async def _find(core: Core[Settings], connection: Connection, text: str) -> Sequence[UUID]:
    """By telephone number, which is not kept: only its hash is."""
    number = re.sub(r"[ ().-]", "", text)
    if not _PHONE.fullmatch(number):
        return []
    book = AddressBook(core.vault, key_of(core.settings.opt_out_pepper))
    return await story.by_phone(connection, book.hash_of(number))


async def _tell(connection: Connection, referral_id: UUID) -> Story | None:
    row = await story.standing(connection, referral_id)
    if row is None:
        return None
    lines = [_message(one) for one in await story.messages_of(connection, referral_id)]
    subjects = [referral_id]
    if row["person_id"] is not None:
        subjects.append(row["person_id"])
        for text in await story.texts_of(connection, row["person_id"]):
            lines.append(Line(text["received_at"], "text.came", text["meaning"]))
            if text["read_at"] is not None:
                lines.append(Line(text["read_at"], "text.read", text["meaning"]))
    return Story(dict(row), subjects, lines)


def _message(row: Row) -> Line:
    """A message by the moment that counts: when it went out, or when it is looked at next."""
    to_come = row["state"] in _UNFINISHED
    at = (row["next_at"] if to_come else row["sent_at"]) or row["due_at"]
    said = (row["recipient_kind"], row["channel"], row["wait_reason"], row["reason"])
    receipt = row["receipt"] and f"receipt {row['receipt']}"
    tries = row["retries"] and f"{row['retries']} tries before"
    detail = " ".join(str(one) for one in (row["step"], "to", *said, receipt, tries) if one)
    return Line(at, f"message.{row['state']}", detail, is_to_come=to_come)


STORY: Verb[Settings] = story_verb(_find, _tell)
