"""Coded answers: what a person says to our questions, and a coach to an offer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.notifications.rules.lexicon import answers
from services.notifications.rules.spelling import Words
from services.notifications.rules.stopping import bare
from shared.events.base import Answer


class Question(StrEnum):
    """A question that was asked by text and not yet answered."""

    NUMBER_CHECK = "number_check"
    CHECK_IN = "check_in"


class AnswerCode(StrEnum):
    """What a person answered; the only thing of a reply that leaves the service."""

    YES = "yes"
    GOOD = "good"
    SO_SO = "so_so"
    NOT_GOOD = "not_good"
    OTHER_COACH = "other_coach"


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    """A coded answer. `question` is None for what may be said at any time (another coach)."""

    code: AnswerCode
    question: Question | None


@dataclass(frozen=True, slots=True)
class OfferAnswer:
    """A coach's answer to the offer of that code; without code to the one that is open.

    The caller judges whether that offer is still open; a code that is not open is too late.
    """

    verdict: Answer
    offer_code: str | None


@dataclass(frozen=True, slots=True)
class WhichOffer:
    """A coach answered while several offers are open and named none of them: ask which."""

    verdict: Answer


_CHECK_IN: Mapping[AnswerCode, tuple[str, frozenset[str]]] = {
    AnswerCode.GOOD: ("1", answers.GOOD),
    AnswerCode.SO_SO: ("2", answers.SO_SO),
    AnswerCode.NOT_GOOD: ("3", answers.NOT_GOOD),
}
_VERDICTS: tuple[tuple[Answer, frozenset[str]], ...] = (
    ("accept", answers.ACCEPT),
    ("pass", answers.PASS),
)
_CODE = re.compile(r"[1-9]\d{1,3}")
"""Two digits as long as they last for a coach, then three, then four."""


def answer_of_person(words: Words, pending: Question | None) -> PersonAnswer | None:
    """The coded answer in a person's text, if there is one.

    Only the first half-sentence is looked at, so that "3 days now!" is no answer and "3. Rough
    week" is one. A no to the number check is a wrong number, which the opt-out rules find.
    """
    if bare(words.text) in answers.OTHER_COACH:
        return PersonAnswer(AnswerCode.OTHER_COACH, None)
    first = words.clauses[0] if words.clauses else ""
    match pending:
        case Question.NUMBER_CHECK:
            confirms = first.split()[:1] == ["1"] or _says(first, answers.YES)
            return PersonAnswer(AnswerCode.YES, pending) if confirms else None
        case Question.CHECK_IN:
            for code, (digit, synonyms) in _CHECK_IN.items():
                if bare(first) == digit or _says(first, synonyms):
                    return PersonAnswer(code, pending)
            return None
        case None:
            return None


def answer_of_coach(words: Words, open_offers: tuple[str, ...]) -> OfferAnswer | WhichOffer | None:
    """The answer to an offer in a coach's text, if it is nothing but one.

    Words beside it ("1 but not before Friday") make it a message for a human, not an accept.
    """
    tokens = words.text.split()
    codes = [token for token in tokens if _CODE.fullmatch(token)]
    if len(codes) > 1:
        return None
    rest = " ".join(
        token for token in tokens if token not in codes and token not in answers.AROUND_AN_OFFER
    )
    for verdict, synonyms in _VERDICTS:
        if _says(rest, synonyms) or words.text in synonyms:
            if not codes and len(open_offers) > 1:
                return WhichOffer(verdict)
            return OfferAnswer(verdict, codes[0] if codes else None)
    return None


def adds_words(words: Words) -> bool:
    """True when a coded answer is followed by words of its own."""
    return bool(bare(" ".join(words.clauses[1:])))


def _says(text: str, synonyms: frozenset[str]) -> bool:
    return text in synonyms or bare(text) in synonyms
