"""Does a text speak of danger? Recall first; only a human takes a flag away."""

import re
from collections.abc import Mapping
from enum import StrEnum

from services.notifications.rules.lexicon import emergencies, misread, self_harm
from services.notifications.rules.spelling import Words
from services.notifications.rules.stopping import any_of


class CrisisClass(StrEnum):
    """What kind of danger the words speak of, the gravest first."""

    SELF_HARM = "self-harm"
    OVERDOSE = "overdose"
    VIOLENCE = "violence"
    WITHDRAWAL = "withdrawal"
    DANGER = "danger"


def find_danger(words: Words) -> CrisisClass | None:
    """The gravest class whose words occur, in the text as typed or as mended.

    Our own safety lines, quoted back by a phone's reaction, do not count.
    """
    texts = {_OUR_WORDS.sub(" ", text) for text in (words.text, words.typed)}
    for crisis_class, pattern in _PATTERNS.items():
        if any(pattern.search(text) for text in texts):
            return crisis_class
    return None


_PATTERNS: Mapping[CrisisClass, re.Pattern[str]] = {
    CrisisClass.SELF_HARM: any_of(self_harm.SELF_HARM),
    CrisisClass.OVERDOSE: any_of(emergencies.OVERDOSE),
    CrisisClass.VIOLENCE: any_of(emergencies.VIOLENCE),
    CrisisClass.WITHDRAWAL: any_of(emergencies.WITHDRAWAL),
    CrisisClass.DANGER: any_of(emergencies.DANGER),
}
_OUR_WORDS = any_of(misread.OUR_SAFETY_WORDS)
