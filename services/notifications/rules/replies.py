"""Coded answers: what a person says to our questions, and a coach to an offer."""

import re

from services.notifications.rules.follows import Question
from services.notifications.rules.keywords import BY_MEANING, KEYWORDS, Meaning
from services.notifications.rules.lexicon import answers
from services.notifications.rules.spelling import Words
from services.notifications.rules.stopping import bare

_CODE = re.compile(r"[1-9]\d{1,3}")
"""Two digits as long as they last for a coach, then three, then four."""


def answer_of_person(words: Words, question: Question | None) -> Meaning | None:
    """The coded answer in a person's text, if there is one.

    Only the first half-sentence is looked at, so that "3 days now!" is no answer and "3. Rough
    week" is one. A no to the number check is a wrong number, which the opt-out rules find.
    """
    if bare(words.text) in BY_MEANING[Meaning.OTHER_COACH].exact:
        return Meaning.OTHER_COACH
    first = words.clauses[0] if words.clauses else ""
    said = bare(first)
    if question is Question.NUMBER_CHECK and first.startswith("1 "):
        said = "1"  # "1 yes its me"
    return next(
        (
            row.meaning
            for row in KEYWORDS
            if question is not None and row.question is question
            if said == row.digit or _says(first, row.exact)
        ),
        None,
    )


def answer_of_coach(
    words: Words, open_offers: tuple[str, ...]
) -> tuple[Meaning | None, str | None]:
    """The answer to an offer in a coach's text, if it is nothing but one, and the code it names.

    Words beside it ("1 but not before Friday") make it a message for a human, not an accept. Two
    open offers and no code: it is asked which. A code that is not open is too late.
    """
    tokens = words.text.split()
    codes = [token for token in tokens if _CODE.fullmatch(token)]
    rest = " ".join(
        token for token in tokens if token not in codes and token not in answers.AROUND_AN_OFFER
    )
    verdict = next(
        (
            meaning
            for meaning in (Meaning.ACCEPT, Meaning.PASS)
            if _says(rest, BY_MEANING[meaning].exact) or words.text in BY_MEANING[meaning].exact
        ),
        None,
    )
    if verdict is None or len(codes) > 1:
        return None, None
    if not codes and len(open_offers) > 1:
        return Meaning.WHICH_OFFER, None
    if not open_offers or (codes and codes[0] not in open_offers):
        return Meaning.OFFER_GONE, None
    return verdict, (codes or open_offers)[0]


def adds_words(words: Words) -> bool:
    """True when a coded answer is followed by words of its own."""
    return bool(bare(" ".join(words.clauses[1:])))


def _says(text: str, synonyms: frozenset[str]) -> bool:
    return text in synonyms or bare(text) in synonyms
