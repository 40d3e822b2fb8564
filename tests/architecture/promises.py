"""What our texts, mails and pages promise, found by its words, and what each promise is kept by.

A keeper is named as what it is, so that one which is renamed or goes away is missed here and not
by a person who waits.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from services.notifications.rules.keywords import Meaning
from services.notifications.rules.kinds import Kind
from shared.tasks import TaskKind
from shared.transaction import Timer
from tests.architecture import words
from tests.architecture.tree import ROOT, files, name_of, text_of


@dataclass(frozen=True, slots=True)
class Page:
    """A route of a service."""

    service: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Outside:
    """It is kept by somebody who is not us."""

    who: str


Keeper = Page | Outside | Kind | Meaning | TaskKind | type[Timer] | Callable[..., object]
"""A page, a message, the answer to a text, a task, a timer, or a function that the wiring uses."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise, in all the words in which it is made."""

    english: tuple[str, ...]
    spanish: tuple[str, ...]
    kept_by: tuple[Keeper, ...]

    def words(self, language: str) -> tuple[str, ...]:
        return self.spanish if language == "es" else self.english


_SOUNDS_LIKE_ONE = {
    "en": re.compile(
        r"\bwill\b|\bwe\b|\breply\b|\bcall(?:s|ed)?\b|\bby (?=\{|the )|\bwithin\b|\bat once\b"
        r"|\bsoon\b|\bpress\b|\bhere:|\bnext (?:one|coach)\b|\bany time\b|\bkeeps\b",
        re.IGNORECASE,
    ),
    "es": re.compile(
        r"\bvamos a\b|\bva a\b|\b\w{3,}(?:remos|rán?)\b|\brespond(?:e|es)\b|\bllam(?:a|en|ar)\b"
        r"|\bantes del\b|\bhasta el\b|\bpronto\b|\bpulsa\b|\boprime\b|\baquí\b|\bhora\b"
        r"|\bleemos\b|\bpreguntamos\b|\bconserva\b|\bvas a\b",
        re.IGNORECASE,
    ),
}

_TELLS_OR_ASKS = re.compile(
    r"\bwe (?:are (?:so )?sorry|are waiting|asked|could not|do not|have|hear|know|may not|met|need"
    r"|talked|were asked|wish you well)\b|\bon call\b|\bhow soon\b|\bare called\b|\bwas called\b"
    r"|\bdo not sign in here:|\bdo not press\b|\bpress the button again\b"
    r"|\bcall (?:the (?:clinic|coach|person)|them|it)\b|(?<=answer or )call\b|\bcall, with care\b"
    r"|\bis called\b|\baquí no has entrado\b"
    r"|^call$|\{task\}, (?:due|hasta el) \{by\}"
    r"|\bte leemos\b|\bno leemos a toda hora\b|\bdesde que te preguntamos\b"
    r"|^llamar a \{who\}$|\bcontinuará desde aquí\b",
    re.IGNORECASE,
)
"""What sounds like a promise, and only tells what is or asks the reader for something."""


@dataclass(frozen=True, slots=True)
class Said:
    """Everything that one template, or one module of wording, says in one language."""

    where: str
    language: str
    sentences: tuple[str, ...]


_IN_CODE = (
    "services/intake/rules/state_words.py",
    "services/matching/web/wording/english.py",
    "services/matching/web/wording/spanish.py",
    "services/notifications/web/rota_words.py",
    "services/notifications/web/task_words.py",
)


@cache
def everything_said() -> tuple[Said, ...]:
    """Texts, mails, pages, and the wording that stands in code."""
    return (*_messages(), *_pages(), *_wording())


def _messages() -> Iterator[Said]:
    for file in files("services/notifications/messages", suffixes=(".txt", ".email")):
        yield Said(file.name, file.parent.name, tuple(_sentences(text_of(file))))


def _pages() -> Iterator[Said]:
    for file in files("services", "shared/webui", suffixes=(".html",)):
        lines = words.words_on(text_of(file)).splitlines()
        yield Said(name_of(file), "en", tuple(one for line in lines for one in _sentences(line)))


def _wording() -> Iterator[Said]:
    for name in _IN_CODE:
        said = [sentence for _, sentence in words.sentences_of(ROOT / name)]
        language = "es" if name.endswith("spanish.py") else "en"
        yield Said(name, language, tuple(one for words_ in said for one in _sentences(words_)))


def _sentences(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text):
        for sentence in re.split(r"(?<=[.!?])\s+", " ".join(paragraph.split())):
            if sentence:
                yield sentence


def made_in(said: Said, promises: Sequence[Promise]) -> list[Promise]:
    """The promises that a template makes."""
    sentences = [_take_out(promises, said.language, one)[0] for one in said.sentences]
    made = [promise for found in sentences for promise in found]
    return [one for one in promises if one in made]


def unlisted(said: Said, promises: Sequence[Promise]) -> list[str]:
    """The sentences that promise more than what is listed."""
    return [
        sentence
        for sentence in said.sentences
        if _SOUNDS_LIKE_ONE[said.language].search(
            _TELLS_OR_ASKS.sub("", _take_out(promises, said.language, sentence)[1])
        )
    ]


def _take_out(
    promises: Sequence[Promise], language: str, sentence: str
) -> tuple[list[Promise], str]:
    """The promises of a sentence, and what else it says; the longer words are those meant."""
    listed = [(words_.casefold(), one) for one in promises for words_ in one.words(language)]
    made, rest = [], sentence.casefold()
    for words_, one in sorted(listed, key=lambda pair: -len(pair[0])):
        if words_ in rest:
            made.append(one)
            rest = rest.replace(words_, "")
    return made, rest
