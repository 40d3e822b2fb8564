"""The kinds of message, who reads them, and which values each may hold."""

from collections.abc import Mapping
from enum import StrEnum

from shared.events.base import Channel


class Kind(StrEnum):
    """One wording per kind, channel and language; the value is the name of its files."""

    NUMBER_CHECK = "number_check"
    WELCOME = "welcome"
    CHECK_IN = "check_in"
    CHECK_IN_WITH_RIGHTS = "check_in_with_rights"
    """The check-in that says again how to stop and where help is (every 30 days)."""
    CONTACT_CALLED_OFF = "contact_called_off"
    """The coach whom the person was told of will not call after all."""
    CONTACT_GIVEN_UP = "contact_given_up"
    ANOTHER_COACH_SOUGHT = "another_coach_sought"
    """The coach could not reach them, and their referral ends with that."""
    SUPPORT_ENDED = "support_ended"
    """The coach says that support has come to its end."""
    OPT_OUT_CONFIRMED = "opt_out_confirmed"
    START_CONFIRMED = "start_confirmed"
    WRONG_NUMBER_CONFIRMED = "wrong_number_confirmed"
    HELP = "help"
    MENU = "menu"
    THANKS = "thanks"
    REVOCATION_HEARD = "revocation_heard"
    DEATH_HEARD = "death_heard"
    HARD_TIME = "hard_time"
    OTHER_COACH_NOTED = "other_coach_noted"
    CRISIS = "crisis"
    HUMAN_ANSWER = "human_answer"
    """What a human of the team wrote from the desk, word for word."""

    OFFER_MADE = "offer_made"
    OFFER_REMINDER = "offer_reminder"
    OFFER_EXPIRED = "offer_expired"
    OFFER_REPLY_ACCEPTED = "offer_reply_accepted"
    OFFER_REPLY_PASSED = "offer_reply_passed"
    OFFER_REPLY_TOO_LATE = "offer_reply_too_late"
    OFFER_REPLY_UNCLEAR = "offer_reply_unclear"
    COACH_MENU = "coach_menu"
    COACH_ASSIGNED = "coach_assigned"
    COACH_NUDGE = "coach_nudge"
    COACH_PAUSE_OVER = "coach_pause_over"
    COACH_CANCEL_REQUESTED = "coach_cancel_requested"
    COACH_ENDED = "coach_ended"
    COACH_USE_ANOTHER_WAY = "coach_use_another_way"
    COACH_SIGN_IN = "coach_sign_in"
    COACH_SAFETY = "coach_safety"
    COACH_HARD_TIME = "coach_hard_time"
    """The person could use a word now; never what they wrote."""

    STAFF_SIGN_IN = "staff_sign_in"
    STAFF_CALLED = "staff_called"
    STAFF_CALLED_MAIL = "staff_called_mail"
    STAFF_CALL_TAKEN = "staff_call_taken"
    STAFF_CALL_OVER = "staff_call_over"
    """They said that they act on a task that is closed already."""
    STAFF_CODE_MISSING = "staff_code_missing"
    """They said OK, and not to which call."""
    STAFF_UNANSWERED = "staff_unanswered"
    """The daily test has woken nobody on call."""
    STAFF_UNANSWERED_MAIL = "staff_unanswered_mail"
    STAFF_TEST_ANSWERED = "staff_test_answered"

    CLINIC_ACCEPTED = "clinic_accepted"
    CLINIC_WAITLISTED = "clinic_waitlisted"
    CLINIC_ASSIGNED = "clinic_assigned"
    CLINIC_CANCELLED = "clinic_cancelled"
    CLINIC_CLOSED = "clinic_closed"
    CLINIC_CONSENT_REVOKED = "clinic_consent_revoked"
    CLINIC_USE_ANOTHER_WAY = "clinic_use_another_way"
    CLINIC_NUMBER_WRONG = "clinic_number_wrong"
    CLINIC_SAFETY = "clinic_safety"
    CLINIC_PLEASE_LOOK = "clinic_please_look"
    """A text needs a look of the clinic, and is not about danger."""


class Slot(StrEnum):
    """A value that a wording may name. Nothing else is ever put into a text."""

    NAME = "name"
    """What the person asked to be called."""
    COACH = "coach"
    """The coach's first name."""
    BY = "by"
    """A clock time in the recipient's zone."""
    LINK = "link"
    """A full link on our own domain, without personal data."""
    REFERENCE = "reference"
    """The referral's short reference."""
    CODE = "code"
    """The digits that tell two open offers apart, or name a task in `OK 41`."""
    TASK = "task"
    """What kind of task waits for somebody who works here."""
    PHONE = "phone"
    """The number of a human of the team."""


_CLINIC = frozenset({Slot.REFERENCE, Slot.LINK})
_COACH_NOTE = _CLINIC
_OFFER = frozenset({Slot.BY, Slot.LINK, Slot.CODE})
_CALL = frozenset({Slot.TASK, Slot.BY, Slot.LINK, Slot.CODE})
_NONE: frozenset[Slot] = frozenset()

SLOTS: Mapping[Kind, frozenset[Slot]] = dict.fromkeys(Kind, _NONE) | {
    Kind.WELCOME: frozenset({Slot.NAME, Slot.COACH, Slot.BY}),
    Kind.CHECK_IN: frozenset({Slot.NAME, Slot.COACH}),
    Kind.CHECK_IN_WITH_RIGHTS: frozenset({Slot.NAME, Slot.COACH}),
    **dict.fromkeys(
        (
            Kind.CONTACT_CALLED_OFF,
            Kind.CONTACT_GIVEN_UP,
            Kind.ANOTHER_COACH_SOUGHT,
            Kind.SUPPORT_ENDED,
        ),
        frozenset({Slot.COACH}),
    ),
    Kind.HELP: frozenset({Slot.PHONE}),
    Kind.HUMAN_ANSWER: _NONE,
    Kind.OFFER_MADE: _OFFER,
    Kind.OFFER_REMINDER: _OFFER,
    Kind.OFFER_REPLY_ACCEPTED: frozenset({Slot.LINK}),
    Kind.OFFER_REPLY_UNCLEAR: frozenset({Slot.LINK, Slot.CODE}),
    Kind.COACH_MENU: frozenset({Slot.PHONE}),
    Kind.COACH_ASSIGNED: _COACH_NOTE | {Slot.BY},
    Kind.COACH_NUDGE: _COACH_NOTE,
    Kind.COACH_PAUSE_OVER: _COACH_NOTE,
    Kind.COACH_CANCEL_REQUESTED: _COACH_NOTE,
    Kind.COACH_ENDED: _COACH_NOTE,
    Kind.COACH_USE_ANOTHER_WAY: _COACH_NOTE,
    Kind.COACH_SAFETY: _COACH_NOTE,
    Kind.COACH_HARD_TIME: _COACH_NOTE,
    Kind.STAFF_SIGN_IN: frozenset({Slot.LINK}),
    Kind.COACH_SIGN_IN: frozenset({Slot.LINK}),
    Kind.STAFF_CALLED: _CALL,
    Kind.STAFF_CALLED_MAIL: _CALL,
    Kind.STAFF_CALL_TAKEN: frozenset({Slot.LINK}),
    Kind.STAFF_UNANSWERED: frozenset({Slot.LINK, Slot.CODE}),
    Kind.STAFF_UNANSWERED_MAIL: frozenset({Slot.LINK, Slot.CODE}),
    Kind.STAFF_CALL_OVER: frozenset({Slot.LINK}),
    Kind.STAFF_CODE_MISSING: frozenset({Slot.LINK}),
    Kind.CLINIC_ACCEPTED: _CLINIC,
    Kind.CLINIC_WAITLISTED: _CLINIC,
    Kind.CLINIC_ASSIGNED: _CLINIC,
    Kind.CLINIC_CANCELLED: _CLINIC,
    Kind.CLINIC_CLOSED: _CLINIC,
    Kind.CLINIC_CONSENT_REVOKED: _CLINIC,
    Kind.CLINIC_USE_ANOTHER_WAY: _CLINIC,
    Kind.CLINIC_NUMBER_WRONG: _CLINIC,
    Kind.CLINIC_SAFETY: _CLINIC,
    Kind.CLINIC_PLEASE_LOOK: _CLINIC,
}
"""The values that each kind may name; the wording files use these and no others."""

WRITTEN_BY_HAND = frozenset({Kind.HUMAN_ANSWER})
"""Kinds without wording of ours."""

_BOTH = (Channel.SMS, Channel.EMAIL)

CHANNELS: Mapping[Kind, tuple[Channel, ...]] = {
    kind: (Channel.EMAIL,) if kind.startswith(("clinic_", "coach_", "staff_")) else (Channel.SMS,)
    for kind in Kind
} | {
    Kind.OFFER_MADE: _BOTH,
    Kind.OFFER_REMINDER: _BOTH,
    Kind.OFFER_EXPIRED: _BOTH,
    Kind.COACH_NUDGE: _BOTH,
    Kind.COACH_PAUSE_OVER: _BOTH,
    Kind.COACH_SIGN_IN: _BOTH,
    Kind.COACH_CANCEL_REQUESTED: _BOTH,
    Kind.COACH_HARD_TIME: _BOTH,
    Kind.COACH_MENU: (Channel.SMS,),
    Kind.STAFF_CALLED: (Channel.SMS,),
    Kind.STAFF_CALL_TAKEN: (Channel.SMS,),
    Kind.STAFF_CALL_OVER: (Channel.SMS,),
    Kind.STAFF_CODE_MISSING: (Channel.SMS,),
    Kind.STAFF_UNANSWERED: (Channel.SMS,),
    Kind.STAFF_TEST_ANSWERED: (Channel.SMS,),
}
"""Which channels a kind is written for, best first: where the first cannot be used, the next."""
