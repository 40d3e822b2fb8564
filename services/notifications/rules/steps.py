"""What a step of the plan is made of, and when it is due."""

import hashlib
import json
from collections.abc import Sequence, Set
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

from services.notifications.rules.follows import Who
from services.notifications.rules.kinds import CHANNELS, Kind
from services.notifications.rules.quiet_hours import days_later
from services.notifications.rules.states import SuppressReason
from shared.events.base import Channel, RecipientKind


class Cause(StrEnum):
    """What a step follows: an event's type, or something that notifications saw itself."""

    REFERRAL_ACCEPTED = "referral.accepted"
    REFERRAL_WITHDRAWN = "referral.withdrawn"
    REFERRAL_CANCEL_REQUESTED = "referral.cancel_requested"
    REFERRAL_CLOSED = "referral.closed"
    REFERRAL_WAITLISTED = "referral.waitlisted"
    CONSENT_REVOKED = "consent.revoked"
    OFFER_MADE = "offer.made"
    OFFER_EXPIRED = "offer.expired"
    COACH_ASSIGNED = "coach.assigned"
    ASSIGNMENT_PAUSED = "assignment.paused"
    ASSIGNMENT_ENDED = "assignment.ended"
    CONTACT_CALLED_OFF = "contact_called_off"
    """An assignment ended before any contact, and the person had been told of its coach."""
    CONTACT_GIVEN_UP = "contact_given_up"
    """The coach could not reach the person, and the assignment ended with that."""
    ANOTHER_COACH_SOUGHT = "another_coach_sought"
    """The coach may not go on, and another one is being asked."""
    SUPPORT_ENDED = "support_ended"
    """The coach says that support has come to its end."""
    FIRST_CONTACT_MADE = "first_contact_made"
    """The first `contact.logged` of an episode whose outcome is reached or met."""

    NUMBER_IS_BAD = "number_is_bad"
    """A receipt or refusal of the class bad-number."""
    HUMAN_ANSWERED = "human_answered"
    """Somebody of the team wrote to them from the desk."""
    COACH_SIGN_IN_REQUESTED = "coach.sign_in_requested"
    STAFF_SIGN_IN_REQUESTED = "staff.sign_in_requested"
    STAFF_CALLED = "staff_called"
    """A task wakes them."""
    ON_CALL_IS_SILENT = "on_call_is_silent"
    """Nobody on call has answered the daily test."""
    ON_CALL_ANSWERED = "on_call_answered"
    STAFF_TOOK_CALL = "staff_took_call"
    STAFF_CALL_IS_OVER = "staff_call_is_over"
    STAFF_CODE_MISSING = "staff_code_missing"
    CLINIC_CALLED = "clinic_called"
    """Nobody of the team has answered, so the clinic is asked once more to look."""
    STAFF_OPTED_IN = "staff_opted_in"
    OFFER_REPLY_ACCEPTED = "offer_reply_accepted"
    OFFER_REPLY_PASSED = "offer_reply_passed"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a step follows: a text to us that brings this about (`keywords`)."""

    by: Who
    kind: Kind


@dataclass(frozen=True, slots=True)
class After:
    """So long after the cause, on the clock."""

    wait: timedelta


@dataclass(frozen=True, slots=True)
class DaysAfter:
    """So many calendar days after the cause, at the same wall time in the recipient's zone."""

    days: int


@dataclass(frozen=True, slots=True)
class AtReminder:
    """At the moment that the cause names: the half time of an offer, the end of a pause."""


Timing = After | DaysAfter | AtReminder


class LateAction(StrEnum):
    """What becomes of a step whose moment is longer ago than its tolerance."""

    SEND = "send"
    SKIP = "skip"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Late:
    action: LateAction
    tolerance: timedelta
    """Counted from the first moment in which the step could have been sent."""


class StopsWhen(StrEnum):
    """Happenings that make a step needless; each suppresses it as `state-changed`."""

    NUMBER_ANSWERED = "number_answered"
    OFFER_SETTLED = "offer_settled"
    """The offer is no longer open, whatever became of it."""
    CONTACT_LOGGED = "contact_logged"
    ASSIGNMENT_ENDED = "assignment_ended"
    """The assignment that the step announces is over."""
    WITHOUT_COACH = "without_coach"
    """Another coach is being sought."""
    PAUSED = "paused"
    """Support is on hold."""
    NOT_PAUSED = "not_paused"
    """Support goes on."""
    PAUSE_LASTS = "pause_lasts"
    """The end of the pause, which the step asks about, was moved to a later day."""
    REPLIED_LATELY = "replied_lately"
    """The person wrote in the last 48 hours."""


class Scope(StrEnum):
    """What an opt-out ends. A text that says stop means `all`."""

    ALL = "all"
    CHECK_INS = "check-ins"


@dataclass(frozen=True, slots=True)
class Step:
    """One due point of the plan."""

    name: str
    on: Cause | Reply
    to: RecipientKind
    kind: Kind
    timing: Timing
    late: Late
    counted: bool
    """Counts in the recipient's frequency cap and waits for it."""
    quiet_hours: bool
    """Waits for allowed hours. False for e-mail and for direct answers."""
    yields: bool
    """Waits while a conversation is going on; never talks over a person."""
    pauses: bool
    """Waits while the referral is held for a human. False for notes to staff and for answers."""
    needs_verified_number: bool
    urgent: bool = False
    """An answer to somebody in danger: rather twice than late."""
    stops_when: frozenset[StopsWhen] = frozenset()
    despite: frozenset[SuppressReason] = frozenset()
    """Reasons to suppress that do not hold for this step."""
    scope: Scope = Scope.ALL

    @property
    def is_unasked(self) -> bool:
        """An automated text to a person who has not just written to us."""
        return self.to is RecipientKind.PERSON and self.yields

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Best first; where the first cannot be used, the next."""
        return CHANNELS[self.kind]


def due_at(
    step: Step, *, happened_at: datetime, zone: ZoneInfo, remind_at: datetime | None = None
) -> datetime:
    """When `step` is due, in UTC, before quiet hours are looked at.

    Keep the local wall time beside it (`due.astimezone(zone)`), so that a change of zone can be
    followed with `quiet_hours.instant_of`. Raises ValueError when the half time is missing.
    """
    match step.timing:
        case After(wait):
            return happened_at.astimezone(UTC) + wait
        case DaysAfter(days):
            return days_later(happened_at, days, zone)
        case AtReminder():
            if remind_at is None:
                raise ValueError(f"{step.name} is due at the offer's half time, which is missing")
            return remind_at.astimezone(UTC)
        case _:
            assert_never(step.timing)


def is_settled(step: Step, happened: Set[StopsWhen]) -> bool:
    """True when something happened that makes `step` needless."""
    return not step.stops_when.isdisjoint(happened)


def version_of(steps: Sequence[Step]) -> int:
    """A number that differs when any part of any step does; positive and below 2**31.

    It is the same in every process. It tells versions apart and does not order them.
    """
    text = json.dumps([asdict(step) for step in steps], default=_plain)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) >> 1


def _plain(value: object) -> object:
    match value:
        case timedelta():
            return value.total_seconds()
        case Set():  # in no order of its own that another process would repeat
            return sorted(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no place in a step")
