"""What the page shows, as plain values for the templates. Reads the simulator, changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from itertools import islice

from markupsafe import Markup

from deploy.simulator import words
from deploy.simulator.mail import Mail, Mailbox
from deploy.simulator.messages import Direction, Kind, Message, Phone
from deploy.simulator.simulator import Simulator
from deploy.simulator.timelines import Referral

MAX_PHONES = 24
MAX_TEXTS = 60
MAX_MAILBOXES = 12
MAX_MAILS = 20
MAX_REFERRALS = 30
MAX_HAPPENINGS = 12


@dataclass(frozen=True, slots=True)
class Time:
    """A moment, for machines and for people."""

    iso: str
    clock: str
    day: str

    @classmethod
    def of(cls, at: datetime) -> "Time":
        """A moment in the machine's own zone."""
        return cls(at.isoformat(), words.clock_words(at), words.day_words(at))


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text on a phone."""

    number: int
    typed: bool
    """Typed on this phone, as opposed to sent to it."""
    text: Markup
    time: Time
    status: str
    size: str
    receipt: str
    trouble: bool


@dataclass(frozen=True, slots=True)
class PhoneView:
    """A phone with its newest texts, oldest of them first."""

    version: int
    anchor: str
    number: str
    number_words: str
    label: str
    initials: str
    kind: str
    tone: str
    language: str
    language_words: str
    blocked: bool
    bubbles: list[Bubble]
    more: int
    quick: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MailView:
    """One e-mail."""

    number: int
    subject: str
    sender: str
    text: Markup
    time: Time


@dataclass(frozen=True, slots=True)
class MailboxView:
    """A mailbox with its newest e-mails, newest first."""

    version: int
    anchor: str
    address: str
    label: str
    mails: list[MailView]
    more: int


def _anchor(prefix: str, name: str) -> str:
    return prefix + "".join(c if c.isalnum() and c.isascii() else f"_{ord(c):x}" for c in name)


def _bubble(message: Message) -> Bubble:
    return Bubble(
        number=message.number,
        typed=message.direction is Direction.INBOUND,
        text=words.with_links(message.body),
        time=Time.of(message.created_at),
        status=words.status_words(message),
        size=words.size_words(message),
        receipt=words.receipt_words(message),
        trouble=words.is_trouble(message),
    )


def _last_from_system(phone: Phone) -> str:
    newest = phone.messages[-1] if phone.messages else None
    return newest.body if newest and newest.direction is Direction.OUTBOUND else ""


def phone_anchor(number: str) -> str:
    """The id of a phone's place on the page."""
    return _anchor("phone-", number)


def phone_view(phone: Phone) -> PhoneView:
    """A phone as the page shows it."""
    newest = list(islice(reversed(phone.messages), MAX_TEXTS))
    label = phone.label or "Unnamed phone"
    return PhoneView(
        version=phone.version,
        anchor=phone_anchor(phone.number),
        number=phone.number,
        number_words=words.number_words(phone.number),
        label=label,
        initials=words.initials(phone.label),
        kind=words.kind_words(phone.kind),
        tone=(phone.kind or Kind.PERSON).value if phone.label else "unnamed",
        language=phone.language,
        language_words=words.language_words(phone.language),
        blocked=phone.opted_out,
        bubbles=[_bubble(message) for message in reversed(newest)],
        more=len(phone.messages) - len(newest),
        quick=words.quick_answers(_last_from_system(phone)),
    )


def _mail(mail: Mail) -> MailView:
    return MailView(
        number=mail.number,
        subject=mail.subject or "(no subject)",
        sender=mail.sender,
        text=words.with_links(mail.body),
        time=Time.of(mail.received_at),
    )


def mailbox_view(box: Mailbox) -> MailboxView:
    """A mailbox as the page shows it."""
    newest = list(islice(reversed(box.mails), MAX_MAILS))
    return MailboxView(
        version=box.version,
        anchor=_anchor("mailbox-", box.address),
        address=box.address,
        label=box.label or box.address,
        mails=[_mail(mail) for mail in newest],
        more=len(box.mails) - len(newest),
    )


def phones_shown(simulator: Simulator) -> list[Phone]:
    """The phones that fit on the page: named ones as they were named, then the latest to hear.

    Those without a text stand behind the others.
    """
    fitting = nsmallest(
        MAX_PHONES,
        simulator.messages.phones.values(),
        key=lambda phone: (not phone.label, 0 if phone.label else -phone.heard),
    )
    return sorted(fitting, key=lambda phone: not phone.messages)


def mailboxes_shown(simulator: Simulator) -> list[Mailbox]:
    """The mailboxes that fit on the page."""
    boxes = simulator.mailboxes.boxes.values()
    return sorted(boxes, key=lambda box: not box.label)[:MAX_MAILBOXES]


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a referral's timeline."""

    time: Time
    words: str


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A referral's state and how it came to it, newest first."""

    reference: str
    attention: bool
    state_words: str
    since: Time | None
    next_words: str
    coach: str
    contact_by: Time | None
    url: str
    timeline: list[Happened]
    earlier: int


def referral_view(referral: Referral) -> ReferralView:
    """A referral as the page shows it."""
    newest_first = sorted(referral.timeline, key=lambda line: line.at)[::-1]
    return ReferralView(
        reference=referral.reference,
        attention=words.needs_attention(referral.state),
        state_words=referral.state_words,
        since=Time.of(referral.since) if referral.since else None,
        next_words=referral.next_words,
        coach=referral.coach or "",
        contact_by=_contact_by(referral),
        url=referral.url if referral.url.startswith(("http://", "https://")) else "",
        timeline=[Happened(Time.of(h.at), h.words) for h in newest_first[:MAX_HAPPENINGS]],
        earlier=max(len(newest_first) - MAX_HAPPENINGS, 0),
    )


def _contact_by(referral: Referral) -> Time | None:
    """When the coach reaches out, while that still lies ahead."""
    by = referral.first_contact_by
    return Time.of(by) if by and words.is_before_contact(referral.state) else None


def referrals_shown(simulator: Simulator) -> list[ReferralView]:
    """The referrals that fit on the page, in the order of the intake service."""
    return [referral_view(r) for r in simulator.timelines.referrals[:MAX_REFERRALS]]


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures in the head of the page."""

    texts: int
    mails: int
    dropped: int
    keep: int
    hidden_phones: int
    faults: int


def summary(simulator: Simulator) -> Summary:
    """Figures of the present state."""
    return Summary(
        texts=len(simulator.messages),
        mails=sum(len(box.mails) for box in simulator.mailboxes.boxes.values()),
        dropped=simulator.messages.dropped,
        keep=simulator.settings.keep_messages,
        hidden_phones=max(len(simulator.messages.phones) - MAX_PHONES, 0),
        faults=len(simulator.faults.rules),
    )
