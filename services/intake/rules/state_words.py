"""What each state means for a clinic, and what happens next."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.rules.states import State


@dataclass(frozen=True, slots=True)
class Words:
    """`title` says what is, `next_step` what happens next and who does it."""

    title: str
    next_step: str


WORDS: dict[State, Words] = {
    State.RECEIVED: Words(
        "We have your referral", "We are checking it now. This takes about a minute."
    ),
    State.CONSENT_PENDING: Words(
        "We are waiting for the person's consent",
        "Send the signed consent that names the peer organisation. Then we look for a coach.",
    ),
    State.NEEDS_INFO: Words(
        "We need something from you",
        "Mend what the list below names and send the referral again.",
    ),
    State.SAFETY_HOLD: Words(
        "A member of our team is looking at this first",
        "Nothing is sent automatically until a named person has read it. If the person is in "
        "danger, call 911 or 988 now.",
    ),
    State.READY: Words("Your referral is complete", "We start to look for a coach now."),
    State.MATCHING: Words(
        "We are looking for a coach", "We ask a coach who fits. You hear from us when one accepts."
    ),
    State.OFFERED: Words(
        "We have asked a coach", "The coach answers within the time agreed, or we ask the next one."
    ),
    State.WAITLISTED: Words(
        "No coach has room right now",
        "The person keeps their place in line. We look again every week and whenever room "
        "is freed.",
    ),
    State.ASSIGNED: Words("A coach has accepted", "The coach reaches out for the first time soon."),
    State.CONTACTING: Words(
        "The coach is trying to reach the person",
        "We could not reach them yet. The coach tries again at other times and in other ways.",
    ),
    State.ENGAGED: Words(
        "The person and the coach are in touch", "Peer support goes on alongside your treatment."
    ),
    State.ON_HOLD: Words("Support is paused", "We look at it again on the date agreed."),
    State.REMATCHING: Words(
        "We are looking for another coach", "The former coach stays in touch until the handover."
    ),
    State.CANCEL_REQUESTED: Words(
        "You asked to stop",
        "Automated texts and open offers have stopped. The coach confirms, at the latest by the "
        "next business day.",
    ),
    State.COMPLETED: Words("Peer support has ended well", "Nothing more to do."),
    State.REJECTED: Words(
        "We could not take this referral",
        "The reason is shown. If it no longer holds, send a new referral.",
    ),
    State.DECLINED_BY_PERSON: Words(
        "The person does not want peer support now",
        "That is their choice and needs no reason. A new referral is welcome at any time.",
    ),
    State.UNABLE_TO_CONTACT: Words(
        "We could not reach the person", "If you have another way to reach them, refer again."
    ),
    State.CANCELLED: Words("This referral was stopped", "Nothing more is sent."),
    State.CONSENT_REVOKED: Words(
        "The person took their consent back", "Nothing more is shared or sent."
    ),
    State.TRANSFERRED: Words("The person moved on to other support", "Nothing more to do here."),
    State.ENTERED_IN_ERROR: Words("This referral was sent in error", "Nothing more is sent."),
}

HELD_FOR_A_TEXT = Words(
    "A text from the person needs a human's eyes",
    "Everything automatic has stopped, and no coach is newly asked. Call the person or their "
    "coach now. If the person is in danger, call 911 or 988. When somebody has looked, release "
    "the hold with their name.",
)
"""What a safety hold means that began with a text: never the words of the text."""


def words_of(state: State, happened: Sequence[str]) -> Words:
    """What a state means; `happened` are the codes of the timeline, the oldest first."""
    if state is State.SAFETY_HOLD and _is_held_for_a_text(happened):
        return HELD_FOR_A_TEXT
    return WORDS[state]


def _is_held_for_a_text(happened: Sequence[str]) -> bool:
    causes = [code for code in happened if code in ("crisis_text", "hold_acknowledged")]
    return causes[-1:] == ["crisis_text"]
