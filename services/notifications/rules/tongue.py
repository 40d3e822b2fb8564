"""The lexicon's own spelling: which words are mended towards which."""

import re
from collections.abc import Iterable

from services.notifications.rules.lexicon import answers, crisis, misread, spellings, stops
from services.notifications.rules.spelling import Speller, Words, read_words

_WORD = re.compile(r"(?<![\\\w])[a-z]{3,}(?![\w\\*+?\[])")


def understand(body: str) -> Words:
    """A text's words as the lexicon spells them."""
    return read_words(body, speller=_SPELLER, signs=spellings.SIGNS)


def _vocabulary() -> Iterable[str]:
    """Every whole word in the lexicon's lists and patterns."""
    for written in (
        *spellings.PARTLY_WRITTEN,
        *stops.STOP,
        *stops.UNSURE_STOP,
        *stops.STOP_PHRASES,
        *misread.WRONG_NUMBER,
        *crisis.SELF_HARM,
        *crisis.OVERDOSE,
        *crisis.VIOLENCE,
        *crisis.WITHDRAWAL,
        *crisis.DANGER,
        *answers.ACCEPT,
        *answers.PASS,
        *answers.OTHER_COACH,
        *answers.START,
        *answers.HELP,
    ):
        yield from _WORD.findall(written)


def _only_known() -> Iterable[str]:
    """Words that count as they are and are never what a slip is taken for."""
    for written in (*stops.UNSURE_PHRASES, *misread.FALSE_FRIENDS, *misread.OWN_HABITS):
        yield from _WORD.findall(written)


_SPELLER = Speller.of(
    _vocabulary(),
    aliases=spellings.ALIASES,
    real_words=spellings.REAL_WORDS | stops.FILLERS | set(_only_known()),
    short=spellings.SHORT,
)
