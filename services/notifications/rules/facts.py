"""What has to be known about one send, as far as it is known."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.notifications.rules.quiet_hours import DEFAULT_HOURS, Hours
from services.notifications.rules.steps import Scope, Step, StopsWhen
from shared.events.base import Channel


class Standing(StrEnum):
    """Where the referral stands, as far as sending is concerned."""

    OPEN = "open"
    ENDING = "ending"
    """The clinic asked to cancel; automated messages stop, the end is confirmed later."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Consent:
    """The consent under which something may be sent for this referral."""

    revoked: bool
    ends_at: datetime | None
    """First instant at which it no longer holds; nothing means until it is revoked."""


class Number(StrEnum):
    """What is known of the recipient's number or address."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    """The person answered the number check or was reached on it."""
    UNUSABLE = "unusable"
    """Somebody else's, a landline, or unknown to the carrier."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Frequency cap per recipient, all plans together, and the length of a conversation."""

    per_day: int = 1
    per_week: int = 4
    conversation: timedelta = timedelta(minutes=60)

    def __post_init__(self) -> None:
        if self.per_day < 1 or self.per_week < 1:
            raise ValueError("a frequency cap below one would stop every counted message")


@dataclass(frozen=True, slots=True)
class Referral:
    """What is known of the referral behind the message."""

    standing: Standing
    consent: Consent | None
    is_current: bool
    """The message belongs to the referral's latest episode and, for an offer, to this offer."""
    happened: frozenset[StopsWhen]


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of the recipient."""

    number: Number
    allowed: bool
    """The contact profile allows this channel; for staff, nobody has closed it."""
    zones: tuple[ZoneInfo, ...]
    """Where the recipient may be; none when nothing is known."""
    hours: Hours = DEFAULT_HOURS
    opted_out: frozenset[Scope] = frozenset()
    last_words_at: datetime | None = None
    """When the person or the coach last wrote to the other or to us."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is re-read for one send. A missing part is unknown, not fine."""

    step: Step
    channel: Channel
    due_at: datetime
    person_deceased: bool
    person_erased: bool
    referral: Referral | None
    """Nothing where the message belongs to no referral, or its event has not arrived."""
    contact: Contact | None
    held: bool
    """A human's hold: safety, consent, information, or a text that somebody has to read."""
    channel_stopped: bool
    up_to_date: bool
    """The referral events are read to their end, or were within the last 60 seconds."""
    needs_referral: bool = True
    """False for an answer to somebody who has no referral with us."""
    news_waits: bool = False
    """An event of the referral or the recipient has come and is not applied: it may forbid this."""
    counted_at: tuple[datetime, ...] = ()
    """When counted messages went to this recipient in the last seven days."""
    limits: Limits = field(default_factory=Limits)
