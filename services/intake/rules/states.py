"""The referral's state machine as clinic and person see it.

Intake decides screening, holds, cancelling and closing; matching decides the search and the
support. What shows is the fold of both: final > safety hold > cancel requested > on hold >
matching's progress.
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class State(StrEnum):
    RECEIVED = "received"
    CONSENT_PENDING = "consent_pending"
    NEEDS_INFO = "needs_info"
    SAFETY_HOLD = "safety_hold"
    READY = "ready"
    MATCHING = "matching"
    OFFERED = "offered"
    WAITLISTED = "waitlisted"
    ASSIGNED = "assigned"
    CONTACTING = "contacting"
    ENGAGED = "engaged"
    ON_HOLD = "on_hold"
    REMATCHING = "rematching"
    CANCEL_REQUESTED = "cancel_requested"
    COMPLETED = "completed"
    REJECTED = "rejected"
    DECLINED_BY_PERSON = "declined_by_person"
    UNABLE_TO_CONTACT = "unable_to_contact"
    CANCELLED = "cancelled"
    CONSENT_REVOKED = "consent_revoked"
    TRANSFERRED = "transferred"
    ENTERED_IN_ERROR = "entered_in_error"


class Trigger(StrEnum):
    # intake's screening and the clinic's answers to it
    SCREENING_FINDS_NOTHING_WRONG = "screening_finds_nothing_wrong"
    SCREENING_FINDS_GAPS = "screening_finds_gaps"
    SCREENING_FINDS_NO_CONSENT = "screening_finds_no_consent"
    SCREENING_REFUSES = "screening_refuses"
    CONSENT_IS_RECORDED = "consent_is_recorded"
    CLINIC_AMENDS = "clinic_amends"
    DEADLINE_PASSES = "deadline_passes"
    # facts from matching
    SEARCH_BEGINS = "search_begins"
    OFFER_IS_MADE = "offer_is_made"
    OFFER_FALLS_THROUGH = "offer_falls_through"
    PLACE_IS_LACKING = "place_is_lacking"
    COACH_ACCEPTS = "coach_accepts"
    COACH_TRIES_CONTACT = "coach_tries_contact"
    COACH_REACHES_PERSON = "coach_reaches_person"
    COACH_IS_CHANGED = "coach_is_changed"
    SUPPORT_IS_PAUSED = "support_is_paused"
    SUPPORT_RESUMES = "support_resumes"
    SUPPORT_ENDS = "support_ends"
    CONTACT_IS_GIVEN_UP = "contact_is_given_up"
    PERSON_IS_TRANSFERRED = "person_is_transferred"
    # anybody's word, at any time
    DANGER_IS_FOUND = "danger_is_found"
    HOLD_IS_ACKNOWLEDGED = "hold_is_acknowledged"
    SUPERVISOR_REFUSES = "supervisor_refuses"
    CLINIC_WITHDRAWS = "clinic_withdraws"
    CANCELLATION_IS_CONFIRMED = "cancellation_is_confirmed"
    PERSON_DECLINES = "person_declines"
    CONSENT_IS_REVOKED = "consent_is_revoked"
    PERSON_HAS_DIED = "person_has_died"
    REFERRAL_WAS_AN_ERROR = "referral_was_an_error"


_S, _T = State, Trigger

OVERLAYS = (_S.SAFETY_HOLD, _S.CANCEL_REQUESTED, _S.ON_HOLD)
"""States that lie over matching's progress, the strongest first."""

WITH_COACH = frozenset({_S.ASSIGNED, _S.CONTACTING, _S.ENGAGED})
"""Progress in which a coach is there. Who asked for another one waits like everybody without."""

WITHOUT_COACH = frozenset(
    {
        *(_S.RECEIVED, _S.CONSENT_PENDING, _S.NEEDS_INFO, _S.READY),
        *(_S.MATCHING, _S.OFFERED, _S.WAITLISTED, _S.REMATCHING),
    }
)

_ANY = (*WITHOUT_COACH, *WITH_COACH, *OVERLAYS)

TRANSITIONS: dict[tuple[State, Trigger], State] = {
    (_S.RECEIVED, _T.SCREENING_FINDS_NOTHING_WRONG): _S.READY,
    (_S.RECEIVED, _T.SCREENING_FINDS_GAPS): _S.NEEDS_INFO,
    (_S.RECEIVED, _T.SCREENING_FINDS_NO_CONSENT): _S.CONSENT_PENDING,
    (_S.RECEIVED, _T.SCREENING_REFUSES): _S.REJECTED,
    (_S.CONSENT_PENDING, _T.CONSENT_IS_RECORDED): _S.RECEIVED,
    (_S.CONSENT_PENDING, _T.CLINIC_AMENDS): _S.RECEIVED,
    (_S.CONSENT_PENDING, _T.DEADLINE_PASSES): _S.REJECTED,
    (_S.NEEDS_INFO, _T.CLINIC_AMENDS): _S.RECEIVED,
    (_S.NEEDS_INFO, _T.DEADLINE_PASSES): _S.REJECTED,
    (_S.READY, _T.SEARCH_BEGINS): _S.MATCHING,
    (_S.WAITLISTED, _T.SEARCH_BEGINS): _S.MATCHING,
    (_S.READY, _T.OFFER_IS_MADE): _S.OFFERED,
    (_S.MATCHING, _T.OFFER_IS_MADE): _S.OFFERED,
    (_S.WAITLISTED, _T.OFFER_IS_MADE): _S.OFFERED,
    (_S.REMATCHING, _T.OFFER_IS_MADE): _S.OFFERED,
    (_S.OFFERED, _T.OFFER_FALLS_THROUGH): _S.MATCHING,
    (_S.READY, _T.PLACE_IS_LACKING): _S.WAITLISTED,
    (_S.MATCHING, _T.PLACE_IS_LACKING): _S.WAITLISTED,
    (_S.OFFERED, _T.PLACE_IS_LACKING): _S.WAITLISTED,
    (_S.WAITLISTED, _T.PLACE_IS_LACKING): _S.WAITLISTED,
    (_S.REMATCHING, _T.PLACE_IS_LACKING): _S.WAITLISTED,
    (_S.OFFERED, _T.COACH_ACCEPTS): _S.ASSIGNED,
    (_S.ASSIGNED, _T.COACH_TRIES_CONTACT): _S.CONTACTING,
    (_S.CONTACTING, _T.COACH_TRIES_CONTACT): _S.CONTACTING,
    (_S.ENGAGED, _T.COACH_TRIES_CONTACT): _S.ENGAGED,
    (_S.ASSIGNED, _T.COACH_REACHES_PERSON): _S.ENGAGED,
    (_S.CONTACTING, _T.COACH_REACHES_PERSON): _S.ENGAGED,
    (_S.ENGAGED, _T.COACH_REACHES_PERSON): _S.ENGAGED,
    **{
        (source, _T.COACH_IS_CHANGED): _S.REMATCHING
        for source in (_S.ASSIGNED, _S.CONTACTING, _S.ENGAGED, _S.ON_HOLD)
    },
    **{
        (source, _T.SUPPORT_IS_PAUSED): _S.ON_HOLD
        for source in (_S.ASSIGNED, _S.CONTACTING, _S.ENGAGED)
    },
    (_S.ENGAGED, _T.SUPPORT_ENDS): _S.COMPLETED,
    (_S.CANCEL_REQUESTED, _T.SUPPORT_ENDS): _S.COMPLETED,
    (_S.CONTACTING, _T.CONTACT_IS_GIVEN_UP): _S.UNABLE_TO_CONTACT,
    (_S.ON_HOLD, _T.CONTACT_IS_GIVEN_UP): _S.UNABLE_TO_CONTACT,
    (_S.WAITLISTED, _T.PERSON_IS_TRANSFERRED): _S.TRANSFERRED,
    (_S.ENGAGED, _T.PERSON_IS_TRANSFERRED): _S.TRANSFERRED,
    **{
        (source, _T.SUPERVISOR_REFUSES): _S.REJECTED
        for source in (_S.SAFETY_HOLD, _S.MATCHING, _S.WAITLISTED)
    },
    **{(source, _T.CLINIC_WITHDRAWS): _S.CANCELLED for source in WITHOUT_COACH},
    **{(source, _T.CLINIC_WITHDRAWS): _S.CANCEL_REQUESTED for source in WITH_COACH},
    (_S.CANCEL_REQUESTED, _T.CANCELLATION_IS_CONFIRMED): _S.CANCELLED,
    **{(source, _T.DANGER_IS_FOUND): _S.SAFETY_HOLD for source in _ANY},
    **{(source, _T.PERSON_DECLINES): _S.DECLINED_BY_PERSON for source in _ANY},
    **{(source, _T.CONSENT_IS_REVOKED): _S.CONSENT_REVOKED for source in _ANY},
    **{(source, _T.PERSON_HAS_DIED): _S.CANCELLED for source in _ANY},
    **{(source, _T.REFERRAL_WAS_AN_ERROR): _S.ENTERED_IN_ERROR for source in _ANY},
}
"""All moves. An overlay is entered by the table and left by `RESUMING`, to what lies under it."""

RESUMING: dict[Trigger, State] = {
    _T.HOLD_IS_ACKNOWLEDGED: _S.SAFETY_HOLD,
    _T.SUPPORT_RESUMES: _S.ON_HOLD,
}
"""Trigger → the overlay that it lifts."""

ONLY_WITHOUT_COACH = frozenset({_T.SUPERVISOR_REFUSES})

TERMINAL = frozenset(State) - {source for source, _ in TRANSITIONS}


class IllegalTransitionError(Exception):
    """The referral cannot take this trigger now; the message names what it can take."""

    def __init__(self, state: State, trigger: Trigger, allowed: tuple[Trigger, ...]) -> None:
        super().__init__(state, trigger, allowed)
        self.state, self.trigger, self.allowed = state, trigger, allowed

    def __str__(self) -> str:
        can = ", ".join(self.allowed) or "nothing, it is final"
        return f"a referral that is {self.state} cannot take {self.trigger}; it can take {can}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a referral stands: how far it is, and what lies over that.

    `overlays` is a part of `OVERLAYS`; a final referral has none.
    """

    progress: State
    overlays: frozenset[State] = frozenset()

    @property
    def state(self) -> State:
        """What clinic and person see."""
        return next((o for o in OVERLAYS if o in self.overlays), self.progress)

    @property
    def is_final(self) -> bool:
        return self.progress in TERMINAL

    @property
    def is_held(self) -> bool:
        """Nothing automatic goes on until a named human has looked."""
        return State.SAFETY_HOLD in self.overlays

    @property
    def is_paused(self) -> bool:
        """Support waits for a day that the coach has named, and no first contact is due before."""
        return State.ON_HOLD in self.overlays

    @property
    def has_coach(self) -> bool:
        return self.progress in WITH_COACH


def apply(standing: Standing, trigger: Trigger) -> Standing:
    """Move a referral.

    What lies over the progress is asked first, then the progress itself, which goes on under a
    hold.

    Raises:
        IllegalTransitionError: nothing in this referral's standing takes the trigger.
    """
    moved = _moved(standing, trigger)
    if moved is None:
        raise IllegalTransitionError(standing.state, trigger, allowed(standing))
    return moved


def hear(standing: Standing, trigger: Trigger) -> Standing:
    """Take a fact from matching. What has ended stays ended: late facts change nothing.

    Raises:
        IllegalTransitionError: the fact cannot follow what matching said before.
    """
    return standing if standing.is_final else apply(standing, trigger)


def still_held(before: Standing, screened: Standing) -> Standing:
    """What screening an amendment leaves: only a named human lifts a safety hold, never a form."""
    if not before.is_held or screened.is_final:
        return screened
    return replace(screened, overlays=screened.overlays | {State.SAFETY_HOLD})


def allowed(standing: Standing) -> tuple[Trigger, ...]:
    """Every trigger that the referral can take now, in the order of the enum."""
    return tuple(trigger for trigger in Trigger if _moved(standing, trigger) is not None)


def _moved(standing: Standing, trigger: Trigger) -> Standing | None:
    if standing.has_coach and trigger in ONLY_WITHOUT_COACH:
        return None
    if trigger in RESUMING:
        lifted = RESUMING[trigger]
        held = lifted in standing.overlays
        return replace(standing, overlays=standing.overlays - {lifted}) if held else None
    over = (overlay for overlay in OVERLAYS if overlay in standing.overlays)
    for source in (*over, standing.progress):
        target = TRANSITIONS.get((source, trigger))
        if target is not None:
            return _reach(standing, target)
    return None


def _reach(standing: Standing, target: State) -> Standing:
    if target in TERMINAL:
        return Standing(target)
    if target in OVERLAYS:
        return replace(standing, overlays=standing.overlays | {target})
    paused = frozenset() if target in WITH_COACH else {_S.ON_HOLD}
    return Standing(target, standing.overlays - paused)
