"""Does a text end all texts? What the law asks for, without taking a cry for an opt-out."""

import re
from collections.abc import Iterable
from enum import StrEnum

from services.notifications.rules.lexicon import answers, crisis, misread, stops
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
    if (number_check and text in answers.NO) or _WRONG_NUMBER.search(text):
        return Stop.WRONG_NUMBER
    if whole in answers.NO and (number_check or not asked):
        return Stop.UNSURE
    if text in stops.UNSURE_STOP or whole in stops.UNSURE_STOP:
        return Stop.UNSURE
    if text in stops.STOP or whole in stops.STOP:
        return Stop.UNSURE if words.asks else Stop.CLEAR
    return _within(text, clauses)


def _within(text: str, clauses: tuple[str, ...]) -> Stop:
    """A stop that is only a part of the text."""
    if _OWN_HABIT.search(text):
        return Stop.MISREAD
    if _STOP_PHRASE.search(text):
        return Stop.CLEAR
    about_something_else = bool(_FALSE_FRIEND.search(text))
    if any(bare(clause) in stops.HALF_SENTENCE_STOP for clause in clauses):
        return Stop.UNSURE if about_something_else else Stop.CLEAR
    if _UNSURE_PHRASE.search(text) or any(clause in stops.UNSURE_STOP for clause in clauses):
        return Stop.MISREAD if about_something_else else Stop.UNSURE
    if about_something_else:
        return Stop.MISREAD
    return Stop.NONE if stops.FIRM_STOP.isdisjoint(text.split()) else Stop.UNSURE


def _theirs(text: str) -> str:
    """The text without despair that holds a stop word, and without our own wording."""
    return " ".join(_NOT_ABOUT_TEXTS.sub(" ", text).split())


_STOP_PHRASE = any_of(stops.STOP_PHRASES)
_UNSURE_PHRASE = any_of(stops.UNSURE_PHRASES)
_WRONG_NUMBER = any_of(misread.WRONG_NUMBER)
_FALSE_FRIEND = any_of(misread.FALSE_FRIENDS)
_OWN_HABIT = any_of(misread.OWN_HABITS)
_REACTION = re.compile(misread.REACTIONS)
_NOT_ABOUT_TEXTS = any_of((*crisis.END_OF_PAIN, *misread.OUR_OWN_WORDS))
