"""Does a text end all texts? What the law asks for, without taking a cry for an opt-out."""

import re
from collections.abc import Iterable
from enum import StrEnum

from services.notifications.rules.lexicon import answers, misread, self_harm, stops
from services.notifications.rules.spelling import Words


class Stop(StrEnum):
    """What a text says about texts."""

    CLEAR = "clear"
    UNSURE = "unsure"
    """Most likely a stop: end texts and tell a human."""
    WRONG_NUMBER = "wrong-number"
    MISREAD = "misread"
    """A stop word about something else: end nothing, hold texts, tell a human."""
    NONE = "none"


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern that finds any of `patterns` at the start of a word."""
    return re.compile("|".join(rf"(?:(?<!\w)(?:{pattern}))" for pattern in patterns))


def bare(text: str) -> str:
    """The text without words that change nothing around a keyword."""
    words = text.replace("thank you", "thanks").split()
    return " ".join(word for word in words if word not in stops.FILLERS)


def quotes_us(words: Words) -> bool:
    """True when the text is a tap-back reaction to a text of ours, put into words by the phone."""
    return bool(_REACTION.match(words.text)) and "alongside" in words.text


def judge_stop(words: Words, *, asked: bool, number_check: bool) -> Stop:
    """Judge one text; `asked`: a question is open, `number_check`: it is "is this you?".

    What speaks of life itself, and our own words quoted back, are taken out first.
    """
    if quotes_us(words):
        return Stop.NONE
    text, clauses = _theirs(words.text), tuple(_theirs(clause) for clause in words.clauses)
    whole = bare(text)
    if (number_check and text in answers.NO) or _found(_WRONG_NUMBER, text, clauses):
        return Stop.WRONG_NUMBER
    if (number_check and whole in answers.NO) or (not asked and whole in answers.NO_UNASKED):
        return Stop.UNSURE
    if text in stops.UNSURE_STOP or whole in stops.UNSURE_STOP:
        return Stop.UNSURE
    if text in stops.STOP or whole in stops.STOP:
        return Stop.UNSURE if words.asks else Stop.CLEAR
    return _within(text, clauses)


def _within(text: str, clauses: tuple[str, ...]) -> Stop:
    """A stop that is only a part of the text."""
    bares = [bare(clause) for clause in clauses]
    says_stop = any(clause in stops.STOP_IN_A_HALF_SENTENCE for clause in bares)
    if _OWN_HABIT.search(text):
        return Stop.UNSURE if says_stop else Stop.MISREAD
    if _found(_STOP_PHRASE, text, clauses):
        return Stop.CLEAR
    about_something_else = bool(_FALSE_FRIEND.search(text))
    if says_stop:
        return Stop.UNSURE if about_something_else else Stop.CLEAR
    if about_something_else:
        return Stop.MISREAD
    if _UNSURE_PHRASE.search(text) or not (stops.STOP | stops.UNSURE_STOP).isdisjoint(bares):
        return Stop.UNSURE
    return Stop.NONE if stops.FIRM_STOP.isdisjoint(text.split()) else Stop.UNSURE


def _found(pattern: re.Pattern[str], text: str, clauses: Iterable[str]) -> bool:
    """True when `pattern` is in the text or, with its anchors, in one of its half-sentences."""
    return any(pattern.search(part) for part in (text, *clauses))


def _theirs(text: str) -> str:
    """The text without despair that holds a stop word, and without our own wording."""
    return " ".join(_NOT_ABOUT_TEXTS.sub(" ", text).split())


_STOP_PHRASE = any_of(stops.STOP_PHRASES)
_UNSURE_PHRASE = any_of(stops.UNSURE_PHRASES)
_WRONG_NUMBER = any_of(misread.WRONG_NUMBER)
_FALSE_FRIEND = any_of(misread.FALSE_FRIENDS)
_OWN_HABIT = any_of(misread.OWN_HABITS)
_REACTION = re.compile(misread.REACTIONS)
_NOT_ABOUT_TEXTS = any_of((*self_harm.END_OF_PAIN, *misread.OUR_OWN_WORDS))
