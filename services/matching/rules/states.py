"""What can happen to a search and to an offer: two tables, everything else is derived.

An accepted offer *is* the assignment. Source of both machines: the contract of the services.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar


class SearchState(StrEnum):
    """Where the search for a coach stands; one search per referral and episode."""

    SEARCHING = "searching"
    OFFERED = "offered"
    WAITLISTED = "waitlisted"
    ASSIGNED = "assigned"
    REMATCHING = "rematching"
    HELD = "held"
    CLOSED = "closed"


class SearchTrigger(StrEnum):
    COACH_IS_OFFERED = "coach_is_offered"
    NOBODY_FITS = "nobody_fits"
    COACH_ACCEPTS = "coach_accepts"
    COACH_DECLINES = "coach_declines"
    DEADLINE_PASSES = "deadline_passes"
    OFFER_IS_WITHDRAWN = "offer_is_withdrawn"
    SUPERVISOR_WAITLISTS = "supervisor_waitlists"
    PLACE_IS_FREED = "place_is_freed"
    REVIEW_IS_DUE = "review_is_due"
    REFERRAL_IS_AMENDED = "referral_is_amended"
    CHANGE_OF_COACH_BEGINS = "change_of_coach_begins"
    CANCELLATION_IS_REQUESTED = "cancellation_is_requested"
    REFERRAL_IS_HELD = "referral_is_held"
    REFERRAL_IS_RELEASED = "referral_is_released"
    RELEASED_WITH_A_COACH = "released_with_a_coach"
    RELEASED_DURING_A_CHANGE = "released_during_a_change"
    REFERRAL_IS_WITHDRAWN = "referral_is_withdrawn"
    CANCELLATION_IS_CONFIRMED = "cancellation_is_confirmed"
    CONSENT_IS_REVOKED = "consent_is_revoked"
    SUPERVISOR_REJECTS = "supervisor_rejects"
    SUPPORT_ENDS = "support_ends"
    CONTACT_IS_GIVEN_UP = "contact_is_given_up"
    REFERRAL_IS_CLOSED = "referral_is_closed"


class OfferState(StrEnum):
    """Where one question to one coach stands, and the assignment that a yes makes of it."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    HANDING_OVER = "handing_over"
    ENDED = "ended"


class OfferTrigger(StrEnum):
    COACH_ACCEPTS = "coach_accepts"
    COACH_DECLINES = "coach_declines"
    DEADLINE_PASSES = "deadline_passes"
    CLINIC_WITHDRAWS = "clinic_withdraws"
    CANCELLATION_IS_REQUESTED = "cancellation_is_requested"
    CONSENT_IS_REVOKED = "consent_is_revoked"
    REFERRAL_IS_HELD = "referral_is_held"
    REFERRAL_IS_CLOSED = "referral_is_closed"
    COACH_IS_NO_LONGER_ELIGIBLE = "coach_is_no_longer_eligible"
    MESSAGE_IS_UNDELIVERABLE = "message_is_undeliverable"
    SUPERVISOR_WITHDRAWS = "supervisor_withdraws"
    HANDOVER_BEGINS = "handover_begins"
    NEW_COACH_TAKES_OVER = "new_coach_takes_over"
    CANCELLATION_IS_CONFIRMED = "cancellation_is_confirmed"
    SUPPORT_ENDS = "support_ends"
    CONTACT_IS_GIVEN_UP = "contact_is_given_up"
    PERSON_ASKS_FOR_ANOTHER = "person_asks_for_another"


class WithdrawalReason(StrEnum):
    """Why an open offer was taken back."""

    REFERRAL_WITHDRAWN = "referral-withdrawn"
    REFERRAL_HELD = "referral-held"
    REFERRAL_CLOSED = "referral-closed"
    CONSENT_REVOKED = "consent-revoked"
    NO_LONGER_ELIGIBLE = "no-longer-eligible"
    UNDELIVERABLE = "undeliverable"
    NOT_ASKED = "not-asked"
    """The time for an answer went by before the question had left us: at night, in an outage."""


class EndReason(StrEnum):
    """Why an assignment ended."""

    REFERRAL_CLOSED = "referral-closed"
    CONSENT_REVOKED = "consent-revoked"
    DECEASED = "deceased"
    DECLINED_BY_PERSON = "declined-by-person"


_CLOSES_ALWAYS = (
    SearchTrigger.REFERRAL_IS_WITHDRAWN,
    SearchTrigger.CANCELLATION_IS_CONFIRMED,
    SearchTrigger.CONSENT_IS_REVOKED,
    SearchTrigger.SUPERVISOR_REJECTS,
    SearchTrigger.SUPPORT_ENDS,
    SearchTrigger.REFERRAL_IS_CLOSED,
)
_UNFINISHED = tuple(state for state in SearchState if state is not SearchState.CLOSED)
_WITHOUT_A_COACH = (
    SearchState.SEARCHING,
    SearchState.OFFERED,
    SearchState.WAITLISTED,
    SearchState.REMATCHING,
)

SEARCH_TRANSITIONS: Mapping[tuple[SearchState, SearchTrigger], SearchState] = {
    (SearchState.SEARCHING, SearchTrigger.COACH_IS_OFFERED): SearchState.OFFERED,
    (SearchState.SEARCHING, SearchTrigger.NOBODY_FITS): SearchState.WAITLISTED,
    (SearchState.SEARCHING, SearchTrigger.SUPERVISOR_WAITLISTS): SearchState.WAITLISTED,
    (SearchState.SEARCHING, SearchTrigger.REFERRAL_IS_AMENDED): SearchState.SEARCHING,
    (SearchState.OFFERED, SearchTrigger.COACH_ACCEPTS): SearchState.ASSIGNED,
    (SearchState.OFFERED, SearchTrigger.COACH_DECLINES): SearchState.SEARCHING,
    (SearchState.OFFERED, SearchTrigger.DEADLINE_PASSES): SearchState.SEARCHING,
    (SearchState.OFFERED, SearchTrigger.OFFER_IS_WITHDRAWN): SearchState.SEARCHING,
    (SearchState.OFFERED, SearchTrigger.SUPERVISOR_WAITLISTS): SearchState.WAITLISTED,
    (SearchState.OFFERED, SearchTrigger.REFERRAL_IS_AMENDED): SearchState.OFFERED,
    (SearchState.WAITLISTED, SearchTrigger.PLACE_IS_FREED): SearchState.SEARCHING,
    (SearchState.WAITLISTED, SearchTrigger.REVIEW_IS_DUE): SearchState.SEARCHING,
    (SearchState.WAITLISTED, SearchTrigger.REFERRAL_IS_AMENDED): SearchState.SEARCHING,
    (SearchState.ASSIGNED, SearchTrigger.REFERRAL_IS_AMENDED): SearchState.ASSIGNED,
    (SearchState.ASSIGNED, SearchTrigger.CONTACT_IS_GIVEN_UP): SearchState.CLOSED,
    (SearchState.ASSIGNED, SearchTrigger.CHANGE_OF_COACH_BEGINS): SearchState.REMATCHING,
    # The coach goes on until somebody confirms: the row notes the request, the state stays.
    (SearchState.ASSIGNED, SearchTrigger.CANCELLATION_IS_REQUESTED): SearchState.ASSIGNED,
    (SearchState.REMATCHING, SearchTrigger.COACH_IS_OFFERED): SearchState.OFFERED,
    (SearchState.REMATCHING, SearchTrigger.NOBODY_FITS): SearchState.WAITLISTED,
    (SearchState.REMATCHING, SearchTrigger.SUPERVISOR_WAITLISTS): SearchState.WAITLISTED,
    (SearchState.REMATCHING, SearchTrigger.REFERRAL_IS_AMENDED): SearchState.REMATCHING,
    (SearchState.HELD, SearchTrigger.REFERRAL_IS_RELEASED): SearchState.SEARCHING,
    (SearchState.HELD, SearchTrigger.RELEASED_WITH_A_COACH): SearchState.ASSIGNED,
    (SearchState.HELD, SearchTrigger.RELEASED_DURING_A_CHANGE): SearchState.REMATCHING,
    # Nobody new may be asked while the clinic's wish to stop waits for its confirmation.
    **{
        (state, SearchTrigger.CANCELLATION_IS_REQUESTED): SearchState.HELD
        for state in _WITHOUT_A_COACH
    },
    **{(state, SearchTrigger.REFERRAL_IS_HELD): SearchState.HELD for state in _UNFINISHED},
    **{(state, trigger): SearchState.CLOSED for state in _UNFINISHED for trigger in _CLOSES_ALWAYS},
}

OFFER_TRANSITIONS: Mapping[tuple[OfferState, OfferTrigger], OfferState] = {
    (OfferState.OPEN, OfferTrigger.COACH_ACCEPTS): OfferState.ACCEPTED,
    (OfferState.OPEN, OfferTrigger.COACH_DECLINES): OfferState.DECLINED,
    (OfferState.OPEN, OfferTrigger.DEADLINE_PASSES): OfferState.EXPIRED,
    (OfferState.OPEN, OfferTrigger.CLINIC_WITHDRAWS): OfferState.WITHDRAWN,
    (OfferState.OPEN, OfferTrigger.CANCELLATION_IS_REQUESTED): OfferState.WITHDRAWN,
    (OfferState.OPEN, OfferTrigger.CONSENT_IS_REVOKED): OfferState.WITHDRAWN,
    (OfferState.OPEN, OfferTrigger.REFERRAL_IS_HELD): OfferState.WITHDRAWN,
    (OfferState.OPEN, OfferTrigger.REFERRAL_IS_CLOSED): OfferState.WITHDRAWN,
    (OfferState.OPEN, OfferTrigger.COACH_IS_NO_LONGER_ELIGIBLE): OfferState.WITHDRAWN,
    (OfferState.OPEN, OfferTrigger.MESSAGE_IS_UNDELIVERABLE): OfferState.WITHDRAWN,
    (OfferState.OPEN, OfferTrigger.SUPERVISOR_WITHDRAWS): OfferState.WITHDRAWN,
    (OfferState.ACCEPTED, OfferTrigger.HANDOVER_BEGINS): OfferState.HANDING_OVER,
    (OfferState.ACCEPTED, OfferTrigger.CANCELLATION_IS_CONFIRMED): OfferState.ENDED,
    (OfferState.ACCEPTED, OfferTrigger.CONSENT_IS_REVOKED): OfferState.ENDED,
    (OfferState.ACCEPTED, OfferTrigger.REFERRAL_IS_CLOSED): OfferState.ENDED,
    (OfferState.ACCEPTED, OfferTrigger.SUPPORT_ENDS): OfferState.ENDED,
    (OfferState.ACCEPTED, OfferTrigger.CONTACT_IS_GIVEN_UP): OfferState.ENDED,
    (OfferState.ACCEPTED, OfferTrigger.PERSON_ASKS_FOR_ANOTHER): OfferState.ENDED,
    (OfferState.ACCEPTED, OfferTrigger.COACH_IS_NO_LONGER_ELIGIBLE): OfferState.ENDED,
    (OfferState.HANDING_OVER, OfferTrigger.NEW_COACH_TAKES_OVER): OfferState.ENDED,
    (OfferState.HANDING_OVER, OfferTrigger.CANCELLATION_IS_CONFIRMED): OfferState.ENDED,
    (OfferState.HANDING_OVER, OfferTrigger.CONSENT_IS_REVOKED): OfferState.ENDED,
    (OfferState.HANDING_OVER, OfferTrigger.REFERRAL_IS_CLOSED): OfferState.ENDED,
    (OfferState.HANDING_OVER, OfferTrigger.SUPPORT_ENDS): OfferState.ENDED,
}

SEARCH_TERMINAL = frozenset(SearchState) - {source for source, _ in SEARCH_TRANSITIONS}
OFFER_TERMINAL = frozenset(OfferState) - {source for source, _ in OFFER_TRANSITIONS}

LIVE = frozenset({OfferState.OPEN, OfferState.ACCEPTED})
"""A referral has at most one offer in these states."""

TAKES_ROOM = LIVE
"""A coach who hands over is no longer counted."""


@dataclass(frozen=True, slots=True)
class Overruled:
    """What arrived no longer changes anything: the search is held or closed, and that wins."""

    by: SearchState


State = TypeVar("State", SearchState, OfferState)
Trigger = TypeVar("Trigger", SearchTrigger, OfferTrigger)


class IllegalTransitionError(Exception):
    """A state machine was asked for a step it does not have; callers answer it with 409."""

    code = "illegal_transition"

    def __init__(self, noun: str, state: StrEnum, trigger: StrEnum, allowed: list[str]) -> None:
        self.state, self.trigger, self.allowed = state, trigger, tuple(allowed)
        super().__init__(
            f"{noun} that is {state} cannot take {trigger}; "
            f"it can take {', '.join(allowed) or 'nothing, it is final'}"
        )


def move_search(state: SearchState, trigger: SearchTrigger) -> SearchState | Overruled:
    """The state of a search after `trigger`.

    Facts of different topics arrive in any order, so one that reaches a held or closed search
    too late is Overruled, not an error. Anywhere else an unknown step raises
    IllegalTransitionError.
    """
    if (state, trigger) not in SEARCH_TRANSITIONS and state in (
        SearchState.HELD,
        SearchState.CLOSED,
    ):
        return Overruled(state)
    return _move("a search", SEARCH_TRANSITIONS, state, trigger)


def move_offer(state: OfferState, trigger: OfferTrigger) -> OfferState:
    """The state of an offer after `trigger`; raises IllegalTransitionError."""
    return _move("an offer", OFFER_TRANSITIONS, state, trigger)


def release_of(state_before_hold: SearchState) -> SearchTrigger:
    """The release that leads back to where the hold began.

    An offer does not survive a hold and a waitlist may have moved on: both search anew.
    """
    match state_before_hold:
        case SearchState.ASSIGNED:
            return SearchTrigger.RELEASED_WITH_A_COACH
        case SearchState.REMATCHING:
            return SearchTrigger.RELEASED_DURING_A_CHANGE
        case _:
            return SearchTrigger.REFERRAL_IS_RELEASED


def _move(
    noun: str, table: Mapping[tuple[State, Trigger], State], state: State, trigger: Trigger
) -> State:
    if (state, trigger) in table:
        return table[state, trigger]
    allowed = sorted(taken.value for source, taken in table if source is state)
    raise IllegalTransitionError(noun, state, trigger, allowed)
