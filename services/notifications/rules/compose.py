"""The wording of a message: which text, in which language, with which values."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from services.notifications.rules.formats import Language, format_name, format_time, language_of
from services.notifications.rules.kinds import SLOTS, Kind, Slot
from services.notifications.rules.segments import Segments, count
from services.notifications.rules.task_names import TASK_NAMES
from services.notifications.rules.wording import CODED, UNNAMED, Template, Wording
from shared.events.base import Channel
from shared.tasks import TaskKind

RECORD_LABEL = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
"""42 CFR 2.32(a)(2), wording of 2024: stands under every e-mail, untranslated."""

MAX_PARTS = 2
"""Every wording keeps to one part; the second is for names and words outside GSM-7."""

_LINK = re.compile(
    r"(?=.{1,90}$)(?:https://[a-z0-9.-]+|http://(?:localhost|127\.0\.0\.1))(?::\d+)?(?:/[\w-]+)*",
    re.ASCII,
)
_REFERENCE = re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}")
_CODE = re.compile(r"[1-9][0-9]")
_PHONE = re.compile(r"[0-9](?:[0-9-]{1,13})[0-9]")


class UnsayableValueError(ValueError):
    """A value is missing or has not the shape of its slot. Never shows the value."""

    def __init__(self, kind: Kind, slot: str) -> None:
        super().__init__(f"{kind} needs {slot}, and what was given is missing or misshapen")


class TextTooLongError(ValueError):
    """A text would need more parts than any text may."""

    def __init__(self, kind: Kind, segments: Segments) -> None:
        super().__init__(f"{kind} needs {segments.parts} parts, and {MAX_PARTS} is the most")


@dataclass(frozen=True, slots=True)
class Values:
    """What may be put into a wording. A kind uses only the slots it is allowed (`SLOTS`)."""

    name: str | None = field(default=None, repr=False)
    """What the person asked to be called; None on a shared or unconfirmed phone."""
    coach: str | None = field(default=None, repr=False)
    """The coach's first name."""
    by: datetime | None = None
    zone: ZoneInfo | None = None
    """The recipient's zone, in which `by` is said."""
    link: str | None = field(default=None, repr=False)
    """A full link on our own domain, at most 90 characters, without query."""
    reference: str | None = None
    """The referral's short reference, "K7QF-2MXP"."""
    code: str | None = None
    """Two digits, given only while the coach has another offer open."""
    task: TaskKind | None = None
    """What waits for a member of staff."""
    phone: str | None = None
    """The team's number as people write it, "800-555-0100"."""


@dataclass(frozen=True, slots=True)
class Text:
    """A message ready to go out. A text has no subject."""

    subject: str
    body: str = field(repr=False)
    segments: Segments
    """What a text costs; for an e-mail without meaning."""
    language_used: Language
    """Not the language asked for where that is not written; record it."""


def compose(wording: Wording, kind: Kind, channel: Channel, language: str, values: Values) -> Text:
    """The message of `kind` in the language of a BCP 47 tag, else in English.

    A text keeps to one part where some wording of it can: with the name if that fits, without
    it if not. Raises UnsayableValueError and TextTooLongError; KeyError for a kind that is not
    written for `channel`.
    """
    used = _language_used(wording, kind, channel, language)
    said = dict(_said(kind, values, used, wording.someone.get(used)))
    drafts = [
        _fill(kind, template, said) for template in _choices(wording, kind, channel, used, said)
    ]
    if channel is Channel.EMAIL:
        subject, body = drafts[0]
        labelled = f"{body}\n\n{RECORD_LABEL}\n"
        return Text(subject, labelled, count(labelled), used)
    text = min((body for _, body in drafts), key=lambda draft: count(draft).parts)
    segments = count(text)
    if segments.parts > MAX_PARTS:
        raise TextTooLongError(kind, segments)
    return Text("", text, segments, used)


def _language_used(wording: Wording, kind: Kind, channel: Channel, tag: str) -> Language:
    language = language_of(tag)
    if language is not None and (language, kind, "", channel) in wording.templates:
        return language
    return Language.ENGLISH


def _choices(
    wording: Wording, kind: Kind, channel: Channel, used: Language, said: Mapping[str, str]
) -> Iterator[Template]:
    """The templates that these values allow, the best first."""
    coded = wording.templates.get((used, kind, CODED, channel))
    if coded is not None and Slot.CODE in said:
        yield coded
        return
    plain = wording.templates[used, kind, "", channel]
    unnamed = wording.templates.get((used, kind, UNNAMED, channel))
    if unnamed is None or Slot.NAME in said:
        yield plain
    if unnamed is not None:
        yield unnamed


def _fill(kind: Kind, template: Template, said: Mapping[str, str]) -> tuple[str, str]:
    missing = min(template.slots - said.keys(), default=None)
    if missing is not None:
        raise UnsayableValueError(kind, missing)
    return template.fill(said)


def _said(
    kind: Kind, values: Values, language: Language, someone: str | None
) -> Iterator[tuple[str, str]]:
    """Each allowed value as it is said; what was not given, or cannot be said, is left out."""
    given = {
        Slot.NAME: format_name(values.name or ""),
        Slot.COACH: format_name(values.coach or "") or someone,
        Slot.BY: format_time(values.by, values.zone, language)
        if values.by and values.zone
        else None,
        Slot.LINK: _shaped(_LINK, values.link),
        Slot.REFERENCE: _shaped(_REFERENCE, values.reference),
        Slot.CODE: _shaped(_CODE, values.code),
        Slot.PHONE: _shaped(_PHONE, values.phone),
        Slot.TASK: TASK_NAMES[language][values.task] if values.task else None,
    }
    for slot, value in given.items():
        if slot in SLOTS[kind] and value is not None:
            yield slot, value


def _shaped(shape: re.Pattern[str], value: str | None) -> str | None:
    return value if value is not None and shape.fullmatch(value) else None
