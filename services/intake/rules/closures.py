"""Why a referral is over: the outcomes that `referral.closed` tells, and what a clinic can tell."""

from collections.abc import Mapping
from enum import StrEnum

from services.intake.rules.states import State
from shared.events import UNABLE_TO_CONTACT, NobodyFound, SupportOutcome


class Closure(StrEnum):
    """Ends that are not an end of support. The values stand in events and never change."""

    CANCELLED = "cancelled"
    DECEASED = "deceased"
    DECLINED_BY_PERSON = "declined-by-person"
    ENTERED_IN_ERROR = "entered-in-error"


CLOSED_AS: Mapping[str, State] = {
    Closure.CANCELLED.value: State.CANCELLED,
    Closure.DECEASED.value: State.CANCELLED,
    Closure.DECLINED_BY_PERSON.value: State.DECLINED_BY_PERSON,
    Closure.ENTERED_IN_ERROR.value: State.ENTERED_IN_ERROR,
    UNABLE_TO_CONTACT: State.UNABLE_TO_CONTACT,
    **{outcome.value: State.COMPLETED for outcome in SupportOutcome},
    **{reason.value: State.REJECTED for reason in NobodyFound},
}
"""Outcome → the final state of the referral."""


class Told(StrEnum):
    """What a clinic says of a referral that is over, and that nobody has to confirm."""

    PERSON_DECLINED = "person-declined"
    SENT_IN_ERROR = "sent-in-error"
    PERSON_DIED = "person-died"
