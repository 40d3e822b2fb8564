"""The lines of a referral's timeline, in the clinic's words."""

from services.intake.rules.state_words import WORDS
from services.intake.rules.states import State

LINES: dict[str, str] = {
    **{state.value: WORDS[state].title for state in State},
    "received": "You sent this referral",
    "amended": "You changed this referral",
    "coach_asked": "We asked a coach who fits",
    "next_coach": "That coach cannot this time; we ask the next one",
    "coach_accepted": "A coach accepted",
    "contact_tried": "The coach tried to reach the person",
    "person_reached": "The coach and the person are in touch",
    "support_ended": "Support ended",
    "clinic_withdrew": "You asked to stop",
    "cancelled": "The referral was stopped",
    "consent_revoked": "The person took the consent back; nothing more is shared or sent",
    "crisis_text": "A text from the person needs a human's eyes; everything automatic waits",
    "hold_unacknowledged": "Nobody has looked in time: please do it now",
    "hold_acknowledged": "Somebody looked at it and released it",
    "deadline_passed": "Nothing came in time, so the referral was closed",
    "texts_stopped": "The person wants no texts: please use another way",
    "texts_resumed": "The person wants texts again",
}
"""Happening code → sentence."""

SIGNED = {"hold_acknowledged": "{by_name} looked at it and released it"}
"""The sentence where it is known who it was."""


def line(code: str, by_name: str | None) -> str:
    """One line; a code that has no words yet stands for itself."""
    if by_name is not None and code in SIGNED:
        return SIGNED[code].format(by_name=by_name)
    return LINES.get(code, code)
