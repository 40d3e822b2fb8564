"""What the supervisor's page of a task says."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.matching.rules.states import OfferState
from services.matching.rules.supervision import Decision
from services.matching.web.wording.english import ENGLISH
from shared.tasks import TaskKind

TITLES: Mapping[TaskKind, str] = {
    TaskKind.COACHES_PASSED: "Several coaches have passed",
    TaskKind.NOBODY_CAN_FIT: "No coach can ever fit",
    TaskKind.FIRST_CONTACT_OVERDUE: "A coach has not been in touch",
    TaskKind.CONTACT_TO_GIVE_UP: "A coach could not reach a person",
    TaskKind.PAUSE_TO_REVIEW: "A pause is over",
}


@dataclass(frozen=True, slots=True)
class Button:
    """What a decision is called, and what follows from it."""

    label: str
    means: str


BUTTONS: Mapping[Decision, Button] = {
    Decision.ASK_ON: Button(
        "Ask the next coaches",
        "Coaches who fit and were not asked yet are asked, one at a time.",
    ),
    Decision.ASK_ALL_AGAIN: Button(
        "Ask all coaches again",
        "Everybody who fits is asked, also those who passed before.",
    ),
    Decision.NO_COACH: Button(
        "End the referral",
        "The clinic reads that no coach could be found, and can send a new referral.",
    ),
    Decision.MORE_TIME: Button(
        "Give the coach one more day",
        "You are asked again when it is over without a contact.",
    ),
    Decision.RESUME: Button(
        "Support goes on", "The coach and the clinic see it, and check-ins begin again."
    ),
    Decision.PAUSE_ON: Button(
        "Pause two more weeks", "The coach is asked again when they are over."
    ),
    Decision.TRY_ON: Button("The coach tries on", "The task closes; the coach may ask you again."),
    Decision.GIVE_UP: Button(
        "End the referral",
        "The coach's place is free, and the clinic reads that the person could not be reached.",
    ),
}

SAY_WHY = "Say why, in a few words."
MOVED_ON = "Nothing was changed: it has moved on meanwhile."
NOT_NOW = "Nothing was changed."

ON_HOLD = (
    "This referral is on hold, and nothing is decided about it before the hold is released. "
    "Somebody of the clinic looks into it and releases the hold, by name, on the clinic's page for "
    "this referral. The task stays open: come back then."
)
END_REQUESTED = (
    "The clinic has asked to end this referral: nobody is asked for it and nothing is decided. "
    "It ends by itself at the end of the next business day."
)

CAME_TO: Mapping[OfferState, str] = {
    OfferState.OPEN: "waits for an answer",
    OfferState.ACCEPTED: "said yes",
    OfferState.DECLINED: "said not this time",
    OfferState.EXPIRED: "did not answer in time",
    OfferState.WITHDRAWN: "was asked, and the question was taken back",
    OfferState.HANDING_OVER: "hands over",
    OfferState.ENDED: "has ended",
}
"""What became of a question to a coach."""

WHY: Mapping[str, str] = {reason.value: words for reason, words in ENGLISH.reasons.items()}
"""What a coach said on passing, by the code that is stored."""
