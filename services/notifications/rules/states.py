"""The states of a message, what a receipt changes, and what a provider's error code means."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    PLANNED = "planned"
    """Due at a moment; nothing was decided about the send yet."""
    CLAIMED = "claimed"
    """The send-time check passed and is committed; the request may be under way."""
    UNKNOWN = "unknown"
    """The provider may have it. Never sent again before a look-up has found nothing."""
    PARKED = "parked"
    """Waits in sight of a human."""
    SENT = "sent"
    """The provider took it. Not yet delivered."""
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    NO_RECEIPT = "no_receipt"
    """72 hours without a receipt: counted as unreached, but a late receipt still counts."""
    SUPPRESSED = "suppressed"
    """Not sent on purpose; the reason is a `SuppressReason`."""
    FAILED = "failed"


class Trigger(StrEnum):
    SEND_IS_CLAIMED = "send_is_claimed"
    SEND_IS_SUPPRESSED = "send_is_suppressed"
    HUMAN_IS_ASKED = "human_is_asked"
    PROVIDER_TAKES_IT = "provider_takes_it"
    PROVIDER_REFUSES_IT = "provider_refuses_it"
    PROVIDER_ASKS_TO_WAIT = "provider_asks_to_wait"
    ANSWER_IS_LOST = "answer_is_lost"
    LOOK_UP_FINDS_IT = "look_up_finds_it"
    LOOK_UP_FINDS_NOTHING = "look_up_finds_nothing"
    CHANNEL_IS_GIVEN_UP = "channel_is_given_up"
    """It does not arrive by this channel, and the step has another one."""
    HUMAN_SAYS_SENT = "human_says_sent"
    HUMAN_SAYS_AGAIN = "human_says_again"
    HUMAN_DROPS_IT = "human_drops_it"
    RECEIPT_SAYS_DELIVERED = "receipt_says_delivered"
    RECEIPT_SAYS_UNDELIVERED = "receipt_says_undelivered"
    RECEIPT_STAYS_AWAY = "receipt_stays_away"
    OWN_EVENT_TELLS_OF_IT = "own_event_tells_of_it"
    """After a restore: we published that the provider took it, and had forgotten."""


TRANSITIONS: dict[tuple[State, Trigger], State] = {
    (State.PLANNED, Trigger.SEND_IS_CLAIMED): State.CLAIMED,
    (State.PLANNED, Trigger.SEND_IS_SUPPRESSED): State.SUPPRESSED,
    (State.PLANNED, Trigger.HUMAN_IS_ASKED): State.PARKED,
    (State.PLANNED, Trigger.LOOK_UP_FINDS_IT): State.SENT,
    (State.CLAIMED, Trigger.PROVIDER_TAKES_IT): State.SENT,
    (State.CLAIMED, Trigger.PROVIDER_REFUSES_IT): State.FAILED,
    (State.CLAIMED, Trigger.PROVIDER_ASKS_TO_WAIT): State.PLANNED,
    (State.CLAIMED, Trigger.CHANNEL_IS_GIVEN_UP): State.PLANNED,
    (State.CLAIMED, Trigger.ANSWER_IS_LOST): State.UNKNOWN,
    (State.CLAIMED, Trigger.LOOK_UP_FINDS_IT): State.SENT,
    (State.CLAIMED, Trigger.LOOK_UP_FINDS_NOTHING): State.PLANNED,
    (State.CLAIMED, Trigger.HUMAN_IS_ASKED): State.PARKED,
    (State.UNKNOWN, Trigger.LOOK_UP_FINDS_IT): State.SENT,
    (State.UNKNOWN, Trigger.LOOK_UP_FINDS_NOTHING): State.PLANNED,
    (State.UNKNOWN, Trigger.CHANNEL_IS_GIVEN_UP): State.PLANNED,
    (State.UNKNOWN, Trigger.HUMAN_IS_ASKED): State.PARKED,
    (State.PARKED, Trigger.LOOK_UP_FINDS_IT): State.SENT,
    (State.PARKED, Trigger.HUMAN_SAYS_SENT): State.SENT,
    (State.PARKED, Trigger.HUMAN_SAYS_AGAIN): State.PLANNED,
    (State.PARKED, Trigger.HUMAN_DROPS_IT): State.SUPPRESSED,
    (State.SENT, Trigger.RECEIPT_SAYS_DELIVERED): State.DELIVERED,
    (State.SENT, Trigger.RECEIPT_SAYS_UNDELIVERED): State.UNDELIVERED,
    (State.SENT, Trigger.CHANNEL_IS_GIVEN_UP): State.PLANNED,
    (State.SENT, Trigger.RECEIPT_STAYS_AWAY): State.NO_RECEIPT,
    (State.NO_RECEIPT, Trigger.RECEIPT_SAYS_DELIVERED): State.DELIVERED,
    (State.NO_RECEIPT, Trigger.RECEIPT_SAYS_UNDELIVERED): State.UNDELIVERED,
    (State.NO_RECEIPT, Trigger.CHANNEL_IS_GIVEN_UP): State.PLANNED,
    (State.PLANNED, Trigger.OWN_EVENT_TELLS_OF_IT): State.SENT,
    (State.CLAIMED, Trigger.OWN_EVENT_TELLS_OF_IT): State.SENT,
    (State.UNKNOWN, Trigger.OWN_EVENT_TELLS_OF_IT): State.SENT,
}
"""Every legal move. A receipt for a message that is not yet `sent` is first evidence that the
provider has it (`LOOK_UP_FINDS_IT`), then a receipt. Whatever is planned again is judged by every
rule anew."""

TERMINAL = frozenset(State) - {source for source, _ in TRANSITIONS}

NO_RECEIPT_AFTER = timedelta(hours=72)


class IllegalTransitionError(Exception):
    """A message in this state cannot take this trigger; names both and the way out."""

    def __init__(self, state: State, trigger: Trigger) -> None:
        allowed = sorted(t.value for s, t in TRANSITIONS if s is state)
        super().__init__(
            f"a message that is {state} cannot take {trigger}; "
            f"it can take {', '.join(allowed) or 'nothing, it is final'}"
        )


def after(state: State, trigger: Trigger) -> State:
    """The state that follows. Raises IllegalTransitionError when the table has no such move."""
    try:
        return TRANSITIONS[state, trigger]
    except KeyError:
        raise IllegalTransitionError(state, trigger) from None


class SuppressReason(StrEnum):
    """Why a message was not sent on purpose: a closed set."""

    OPTED_OUT = "opted-out"
    CONSENT_REVOKED = "consent-revoked"
    DECEASED = "deceased"
    WRONG_NUMBER = "wrong-number"
    DO_NOT_CONTACT = "do-not-contact"
    STATE_CHANGED = "state-changed"
    SUPERSEDED = "superseded"
    TOO_LATE = "too-late"
    CAPPED = "capped"
    ERASED = "erased"
    CHANNEL_STOPPED = "channel-stopped"


class Receipt(StrEnum):
    """How far a provider says a message got."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


_RANK = {Receipt.QUEUED: 0, Receipt.SENT: 1, Receipt.DELIVERED: 2, Receipt.UNDELIVERED: 2}


def fold_receipt(current: Receipt, incoming: Receipt) -> Receipt:
    """What is known after one more receipt: queued < sent < delivered | undelivered.

    Receipts come twice, late and out of order; knowledge never goes back, and the first final
    word stays, even if the provider contradicts itself.
    """
    return incoming if _RANK[incoming] > _RANK[current] else current


class ErrorClass(StrEnum):
    """What kind of failure a provider's code stands for; a metric label and event reason."""

    OPTED_OUT = "opted-out"
    BAD_NUMBER = "bad-number"
    OUR_FAULT = "our-fault"
    FILTERED = "filtered"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    DAILY_CAP = "daily-cap"
    OUR_BUG = "our-bug"
    UNKNOWN_CODE = "unknown-code"
    OUTCOME_UNKNOWN = "outcome-unknown"


class Action(StrEnum):
    """What becomes of the message, and who has to hear of it."""

    WRITE_OPT_OUT = "write_opt_out"
    """Permanent. The provider's list knew what ours did not: an incident."""
    ASK_CLINIC_FOR_NUMBER = "ask_clinic_for_number"
    """Permanent for this number."""
    STOP_CHANNEL = "stop_channel"
    """Our account is at fault: the channel waits, and what has no other one is parked."""
    ALERT_ABOUT_WORDING = "alert_about_wording"
    """Permanent for this wording; never tried again blindly."""
    TRY_LATER = "try_later"
    """After each of `RETRY_WAITS`, inside allowed hours; then it has failed."""
    BACK_OFF = "back_off"
    """The provider is busy: later, after growing waits, as when it is away."""
    TRY_NEXT_DAY = "try_next_day"
    """The next day, three times; then it has failed."""
    PARK = "park"
    """Parked in sight of a human, which raises an alert."""
    LOOK_UP = "look_up"
    """Keep the claim, wait, look up; then it is sent, or planned again."""


ACTIONS: Mapping[ErrorClass, Action] = {
    ErrorClass.OPTED_OUT: Action.WRITE_OPT_OUT,
    ErrorClass.BAD_NUMBER: Action.ASK_CLINIC_FOR_NUMBER,
    ErrorClass.OUR_FAULT: Action.STOP_CHANNEL,
    ErrorClass.FILTERED: Action.ALERT_ABOUT_WORDING,
    ErrorClass.UNREACHABLE: Action.TRY_LATER,
    ErrorClass.BUSY: Action.BACK_OFF,
    ErrorClass.DAILY_CAP: Action.TRY_NEXT_DAY,
    ErrorClass.OUR_BUG: Action.PARK,
    ErrorClass.UNKNOWN_CODE: Action.PARK,
    ErrorClass.OUTCOME_UNKNOWN: Action.LOOK_UP,
}

RETRY_WAITS = (timedelta(minutes=30), timedelta(hours=4), timedelta(days=1))

_CODES: Mapping[ErrorClass, tuple[int, ...]] = {
    ErrorClass.OPTED_OUT: (21610,),
    ErrorClass.BAD_NUMBER: (21211, 21614, 30005, 30006),
    ErrorClass.OUR_FAULT: (21408, 21606, 30002, 30024, 30032, 30034, 20003),
    ErrorClass.FILTERED: (30004, 30007),
    ErrorClass.UNREACHABLE: (30003, 30008, 30017),
    ErrorClass.BUSY: (30001, 20429, 14107, 21611, 30022, 63018),
    ErrorClass.DAILY_CAP: (30023, 30027),
    ErrorClass.OUR_BUG: (21617, 21602),
}
CLASSES: Mapping[int, ErrorClass] = {
    code: error_class for error_class, codes in _CODES.items() for code in codes
}
"""Twilio's codes."""


def classify(code: int) -> ErrorClass:
    """The class of a provider's error code; a code nobody has met is `unknown-code`."""
    return CLASSES.get(code, ErrorClass.UNKNOWN_CODE)
