"""The lines of a referral's timeline, in the clinic's words."""

from services.intake.rules.state_words import WAITS_FOR, WORDS
from services.intake.rules.states import State

LINES: dict[str, str] = {
    **{state.value: WORDS[state].title for state in State},
    **{code: words.title for code, words in WAITS_FOR.items()},
    "received": "You sent this referral",
    "amended": "You changed this referral",
    "coach_asked": "We asked a coach who fits",
    "next_coach": "That coach could not do it this time; we asked the next one",
    "coach_accepted": "A coach accepted",
    "contact_tried": "The coach tried to reach the person",
    "person_reached": "The coach and the person are in touch",
    "coach_changed": "Another coach is sought",
    "support_paused": "Support is paused for a while",
    "support_resumed": "Support goes on",
    "support_ended": "Support ended",
    "contact_given_up": "The coach tried for more than a week and could not reach the person",
    "no_coach_found": "A supervisor has looked, and no coach can be found",
    "clinic_withdrew": "You asked to stop",
    "cancelled": "The referral was stopped",
    "consent_revoked": "The person revoked their consent; nothing more is shared or sent",
    "consent_ended": "The consent is no longer valid; nothing more is shared or sent",
    "deceased": "You told us that the person has died; everything has stopped",
    "crisis_text": "A text from the person needs somebody's attention; everything automatic waits",
    "death_text": "A text says that the person may have died; everything automatic waits",
    "revocation_text": "The person may want to take their consent back; everything automatic waits",
    "hold_unacknowledged": "Nobody has looked yet, and the time is up: please do it now",
    "hold_acknowledged": "Somebody looked at it and released it",
    "deadline_passed": "Nothing arrived in time, so the referral was closed",
    "texts_stopped": "The person does not want texts: please use another way to reach them",
    "texts_resumed": "The person wants texts again",
}
"""Happening code → sentence."""

SIGNED = {"hold_acknowledged": "{by_name} looked at it and released it"}
"""The sentence when it is known who it was."""


def line(code: str, by_name: str | None) -> str:
    """One line; a code that has no words yet stands for itself."""
    if by_name is not None and code in SIGNED:
        return SIGNED[code].format(by_name=by_name)
    return LINES.get(code, code)
