"""What each state means for a clinic, and what happens next."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.rules.states import TERMINAL, State


@dataclass(frozen=True, slots=True)
class Words:
    """`title` says where the referral stands, `next_step` what happens next and who does it."""

    title: str
    next_step: str


WORDS: dict[State, Words] = {
    State.RECEIVED: Words(
        "We have your referral", "We are checking it now. This takes about a minute."
    ),
    State.CONSENT_PENDING: Words(
        "We are waiting for the person's consent",
        "Please send the signed consent that names the peer organization. Then we will look for a "
        "coach.",
    ),
    State.NEEDS_INFO: Words(
        "We need something from you",
        "Please fix what is listed below and send the referral again.",
    ),
    State.SAFETY_HOLD: Words(
        "Somebody needs to look at this first",
        "Nothing is sent automatically until somebody has looked at it and released it by name. If "
        "the person is in danger, call 911 or 988 now.",
    ),
    State.READY: Words("Your referral is complete", "We are starting to look for a coach."),
    State.MATCHING: Words(
        "We are looking for a coach",
        "We ask coaches who fit, one at a time. You will hear from us when one accepts.",
    ),
    State.OFFERED: Words(
        "We have asked a coach", "If the coach does not answer in time, we ask the next one."
    ),
    State.WAITLISTED: Words(
        "Waiting for a coach with room",
        "The person keeps their place in line. We look again every week and whenever a coach has "
        "room.",
    ),
    State.ASSIGNED: Words("A coach has accepted", "The coach will reach out to the person soon."),
    State.CONTACTING: Words(
        "The coach is trying to reach the person",
        "We could not reach them yet. The coach will try again at other times and in other ways.",
    ),
    State.ENGAGED: Words(
        "The person and the coach are in touch", "Peer support continues alongside your care."
    ),
    State.ON_HOLD: Words("Support is paused", "We will look at it again on the agreed date."),
    State.REMATCHING: Words(
        "We are looking for another coach",
        "We ask coaches who fit, one at a time. You will hear from us when one accepts.",
    ),
    State.CANCEL_REQUESTED: Words(
        "You asked to stop",
        "Automated texts and open offers have stopped. The referral ends by the next business day "
        "at the latest.",
    ),
    State.COMPLETED: Words("Peer support has ended well", "There is nothing left to do."),
    State.REJECTED: Words(
        "We could not take this referral",
        "The reason is below. If it no longer applies, please send a new referral.",
    ),
    State.DECLINED_BY_PERSON: Words(
        "The person does not want peer support now",
        "That is their choice and needs no reason. A new referral is welcome at any time.",
    ),
    State.UNABLE_TO_CONTACT: Words(
        "We could not reach the person",
        "If you have another way to reach them, please send a new referral.",
    ),
    State.CANCELLED: Words("This referral was stopped", "Nothing more will be sent."),
    State.CONSENT_REVOKED: Words(
        "The person revoked their consent", "Nothing more will be shared or sent."
    ),
    State.TRANSFERRED: Words(
        "The person moved on to other support", "There is nothing left to do here."
    ),
    State.ENTERED_IN_ERROR: Words("This referral was sent in error", "Nothing more will be sent."),
}

WAITS_FOR: dict[str, Words] = {
    "waitlisted": WORDS[State.WAITLISTED],
    "waits_for_fit": Words(
        "Waiting for a coach who fits",
        "No coach whom we know fits this person now. They keep their place in line. We look again "
        "every week and whenever a coach has room.",
    ),
    "waits_for_turn": Words(
        "Waiting for its turn",
        "Your clinic has sent many referrals together, and those of other clinics come in between. "
        "No coach is asked before its turn.",
    ),
    "waits_for_news": Words(
        "Waiting for news to be worked through",
        "Something that was sent about this person has come, and we could not work through it yet. "
        "No coach is asked before that.",
    ),
    "waits_for_supervisor": Words(
        "Waiting for a supervisor",
        "Several coaches could not do it this time. A supervisor decides how it goes on; the "
        "person keeps their place in line.",
    ),
}
"""Happening code → what a referral on the waiting list waits for."""

HELD_FOR_A_TEXT = Words(
    "A text from the person needs somebody's attention",
    "Everything automatic has stopped, and no new coach is being asked. Call the person or their "
    "coach now. If the person is in danger, call 911 or 988. Once somebody has looked into it, "
    "release the hold in their name.",
)
"""What a safety hold that began with a text means: never the words of the text."""

CONSENT_ENDED = Words(
    "The consent is no longer valid",
    "Nothing more is shared or sent. Once the person has signed a new consent, please send a new "
    "referral.",
)
PERSON_DIED = Words(
    "The person has died",
    "We are sorry. Everything has stopped, no message goes to the person's number any more, and "
    "the coach is told that support has ended.",
)
NO_COACH_FOUND = Words(
    "We could not find a coach",
    "A supervisor has looked: no coach whom we know can take this person on now. A new referral is "
    "welcome when something has changed.",
)
ENDED_WITH = {
    "consent_ended": CONSENT_ENDED,
    "deceased": PERSON_DIED,
    "no_coach_found": NO_COACH_FOUND,
}
"""Happening code → what an end means that is told in its own words."""


HELD_FOR_A_DEATH = Words(
    "A text says that the person may have died",
    "Everything automatic has stopped, and the coach sees nothing of the person. Our team has "
    "been told. Please find out with care. If it is so, send the referral again with the death in "
    "it; if not, release the hold in the name of the person who has looked into it.",
)
HELD_FOR_A_REVOCATION = Words(
    "The person may want to take their consent back",
    "Everything automatic has stopped, and the coach sees nothing of the person. Our team has "
    "been told. Please talk with the person. If they mean it, record below that consent was "
    "revoked; if not, release the hold in the name of the person who has talked with them.",
)
HELD_FOR = {
    "crisis_text": HELD_FOR_A_TEXT,
    "death_text": HELD_FOR_A_DEATH,
    "revocation_text": HELD_FOR_A_REVOCATION,
}
"""Happening code → what a hold for it means, the gravest first."""


def words_of(state: State, happened: Sequence[str]) -> Words:
    """What a state means; `happened` are the codes of the timeline, the oldest first."""
    if state is State.SAFETY_HOLD and (held_for := _held_for(happened)) is not None:
        return held_for
    if state is State.WAITLISTED:
        waits = [WAITS_FOR[code] for code in happened if code in WAITS_FOR]
        return waits[-1] if waits else WORDS[state]
    own = [ENDED_WITH[code] for code in happened if code in ENDED_WITH]
    return own[-1] if own and state in TERMINAL else WORDS[state]


def _held_for(happened: Sequence[str]) -> Words | None:
    """What the texts since the last release say, the gravest; None when a text holds nothing."""
    releases = [at for at, code in enumerate(happened) if code == "hold_acknowledged"]
    since = happened[releases[-1] + 1 :] if releases else happened
    return next((words for code, words in HELD_FOR.items() if code in since), None)
