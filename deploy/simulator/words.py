"""Turns texts and statuses into what people read on the page. Pure."""

import re
from datetime import datetime

from markupsafe import Markup, escape

from deploy.simulator.messages import Direction, HandOver, Kind, Message, Status
from deploy.simulator.segments import parts

_LINK = re.compile(r"https?://[^\s<>\"']+")
_TRAILING = ".,;:!?)]}"
_ANSWER = re.compile(
    r"(?<![:\w])(\d(?![:\d])|STOP|HELP|START|OTHER|OTRO|OTRA|ACCEPT|PASS|ACEPTO|PASO)\b"
)
_ASKS = re.compile(r"\b(reply|responde|answer|contesta)\b", re.IGNORECASE)
_MAX_ANSWERS = 5

_OUTBOUND = {
    Status.QUEUED: "On its way",
    Status.SENT: "Sent, not confirmed yet",
    Status.DELIVERED: "Delivered",
    Status.UNDELIVERED: "Could not be delivered",
    Status.FAILED: "Could not be sent",
    Status.RECEIVED: "Received",
}
_INBOUND = {
    HandOver.NONE: "Kept here: no service is connected",
    HandOver.WAITING: "On its way",
    HandOver.ANSWERED: "Received by Alongside",
    HandOver.REFUSED: "Alongside did not take it",
    HandOver.GIVEN_UP: "Alongside could not be reached",
}
_KINDS = {Kind.COACH: "Coach", Kind.PERSON: "Person", Kind.CLINIC: "Clinic", Kind.STAFF: "Staff"}
_ATTENTION = frozenset(
    {"needs_info", "consent_pending", "safety_hold", "on_hold", "cancel_requested", "escalated"}
)
_BEFORE_CONTACT = frozenset({"assigned", "contacting"})
_LANGUAGES = {"en": "English", "es": "Español"}


def with_links(body: str) -> Markup:
    """A text, escaped, with its addresses as links that open in a new tab."""
    pieces: list[Markup] = []
    end = 0
    for match in _LINK.finditer(body):
        address = match.group().rstrip(_TRAILING)
        pieces.append(escape(body[end : match.start()]))
        pieces.append(
            Markup(
                '<a href="{0}" target="_blank" rel="noopener noreferrer">{0}'
                '<span class="unseen"> (opens in a new tab)</span></a>'
            ).format(address)
        )
        end = match.start() + len(address)
    pieces.append(escape(body[end:]))
    return Markup("").join(pieces)


def quick_answers(body: str) -> tuple[str, ...]:
    """The answers that a text asks for, in its order; none when it asks for nothing."""
    asked = _ASKS.search(body)
    if asked is None:
        return ()
    unlinked = _LINK.sub(" ", body[asked.start() :])
    return tuple(dict.fromkeys(_ANSWER.findall(unlinked)))[:_MAX_ANSWERS]


def status_words(message: Message) -> str:
    """Where a text is, for people."""
    if message.direction is Direction.INBOUND:
        tried = message.hand_over is HandOver.WAITING and message.hand_over_attempts > 0
        return "Alongside is not answering, trying again" if tried else _INBOUND[message.hand_over]
    words = _OUTBOUND[message.status]
    return words if message.error_code is None else f"{words} (code {message.error_code})"


def size_words(message: Message) -> str:
    """How many parts a text takes on the air; empty for one."""
    count = parts(message.body)
    return "" if count == 1 else f"{count} parts"


def receipt_words(message: Message) -> str:
    """What is wrong with a text's receipts; empty when nothing is."""
    if message.direction is Direction.INBOUND:
        return ""
    if message.hand_over is HandOver.WAITING and message.hand_over_attempts > 0:
        return "The receipt waits: Alongside is not answering"
    if message.hand_over is HandOver.REFUSED:
        return "Alongside did not take the receipt"
    if message.hand_over is HandOver.GIVEN_UP:
        return "The receipt was given up: Alongside could not be reached"
    return ""


def is_trouble(message: Message) -> bool:
    """Whether a text's status is bad news."""
    if message.direction is Direction.OUTBOUND:
        return message.status in (Status.UNDELIVERED, Status.FAILED)
    return message.hand_over in (HandOver.REFUSED, HandOver.GIVEN_UP, HandOver.NONE)


def kind_words(kind: Kind | None) -> str:
    """Whose phone it is; empty when nobody said."""
    return _KINDS[kind] if kind else ""


def language_words(language: str) -> str:
    """A language in its own name, or its code when we have no name for it."""
    return _LANGUAGES.get(language.split("-")[0].casefold(), language)


def needs_attention(state: str) -> bool:
    """Whether a referral in this state waits for its clinic or a supervisor."""
    return state in _ATTENTION


def is_before_contact(state: str) -> bool:
    """Whether a coach has said yes and has not reached the person yet."""
    return state in _BEFORE_CONTACT


def initials(label: str) -> str:
    """One or two letters that stand for a label."""
    words = [word for word in re.split(r"[\s(]+", label) if word[:1].isalpha()]
    return "".join(word[0] for word in words[:2]).upper() or "#"


def number_words(number: str) -> str:
    """A number as people write it: North American ones grouped, others as they are."""
    match = re.fullmatch(r"\+1(\d{3})(\d{3})(\d{4})", number)
    return f"+1 ({match[1]}) {match[2]}-{match[3]}" if match else number


def clock_words(at: datetime) -> str:
    """Clock time in the machine's own zone, like 2:35 PM."""
    return at.astimezone().strftime("%I:%M %p").lstrip("0")


def day_words(at: datetime) -> str:
    """Day and clock time in the machine's own zone, like Tue 10 Nov, 2:35 PM."""
    local = at.astimezone()
    return f"{local:%a} {local.day} {local:%b}, {clock_words(at)}"


def zone_words(at: datetime) -> str:
    """Name of the machine's own zone, like CET."""
    return at.astimezone().tzname() or "UTC"
