"""The lexicon's own spelling: which words are mended towards which."""

import re
from collections.abc import Iterable

from services.notifications.rules.keywords import KEYWORDS
from services.notifications.rules.lexicon import (
    emergencies,
    misread,
    self_harm,
    spellings,
    stops,
)
from services.notifications.rules.spelling import Speller, Words, read_words

_DENIED_NAME = re.compile(spellings.DENIED_NAME)
_WORD = re.compile(r"(?<![\\\w])[a-z]{3,}(?![\w\\*+?\[])")


def understand(body: str) -> Words:
    """A text's words as the lexicon spells them."""
    return read_words(_DENIED_NAME.sub(_mark, body), speller=_SPELLER, signs=spellings.SIGNS)


def _mark(denial: re.Match[str]) -> str:
    """The denial with its name replaced by a word that stands for any name."""
    return denial[0].replace(denial["name"] or denial["first"], "namesign")


def _written() -> Iterable[str]:
    """Every whole word in the lexicon's lists and patterns."""
    for entry in (
        *stops.STOP,
        *stops.UNSURE_STOP,
        *stops.STOP_PHRASES,
        *stops.UNSURE_PHRASES,
        *misread.WRONG_NUMBER,
        *misread.FALSE_FRIENDS,
        *misread.OWN_HABITS,
        *self_harm.SELF_HARM,
        *emergencies.OVERDOSE,
        *emergencies.VIOLENCE,
        *emergencies.WITHDRAWAL,
        *emergencies.DANGER,
        *(entry for row in KEYWORDS for entry in row.exact),
    ):
        yield from _WORD.findall(entry)


_SPELLER = Speller.of(
    spellings.MENDED,
    aliases=spellings.ALIASES,
    known=spellings.REAL_WORDS | stops.FILLERS | set(_written()),
)
