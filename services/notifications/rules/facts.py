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
    """First instant at which it no longer holds; None means until it is revoked."""


class Number(StrEnum):
    """What is known of the recipient's number or address."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    """The person answered the number check or was reached on it."""
    UNUSABLE = "unusable"
    """Somebody else's, a landline, or unknown to the carrier."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Frequency cap per recipient, all plans together, and the length of a conversation.

    `referrals_per_number`: of how many referrals, of all clinics together, unasked texts may go to
    one number within 24 hours.
    """

    per_day: int = 1
    per_week: int = 4
    conversation: timedelta = timedelta(minutes=60)
    referrals_per_number: int = 3

    def __post_init__(self) -> None:
        if min(self.per_day, self.per_week, self.referrals_per_number) < 1:
            raise ValueError("a cap below one would stop every message that it counts")


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
    others_texted_at: tuple[datetime, ...] = ()
    """Of every other referral with an unasked text to this number in the last 24 hours: when the
    newest went there."""
    limits: Limits = field(default_factory=Limits)
