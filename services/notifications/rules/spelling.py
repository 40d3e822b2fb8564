"""Turn a text as it was typed into plain words that a lexicon can be held against."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

_APOSTROPHES = frozenset("'’‘`´ʼ＇")
_BREAKS = frozenset('.!?;,:\n\r…¡¿—–|/()"“”«»')
_BREAK = "\n"
_ASKS = re.compile(r"\?[^\w]*$")
_SPLIT_SHORT_FORM = re.compile(
    r"\b(don|can|won|isn|didn|doesn|couldn|wouldn|shouldn|aren|wasn|ain|hasn|haven|i) (t|m|ve)\b"
)
_LONG_RUN = re.compile(r"([^\W\d_])\1{2,}")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: lower case, no accents, no punctuation, mended where misspelt."""

    text: str
    """All of them, one space between."""
    clauses: tuple[str, ...]
    """The same words, cut where a sentence or half-sentence ends."""
    typed: str
    """All of them before anything was mended."""
    asks: bool
    """The text ends in a question mark."""


@dataclass(frozen=True, slots=True)
class Speller:
    """Knows the words of a lexicon and mends what is one slip of the thumb away from them."""

    aliases: Mapping[str, str]
    """Short forms and frequent misspellings; the value may be several words."""
    known: frozenset[str]
    """Words that are right as they are: the lexicon's, and real words close to them."""
    mended: frozenset[str]
    """Words that a near miss is taken for."""
    squeezed: Mapping[str, str]
    """The same words without doubled letters."""

    @classmethod
    def of(
        cls, mended: frozenset[str], *, aliases: Mapping[str, str], known: Iterable[str]
    ) -> "Speller":
        """Mend towards `mended`; leave those words and the `known` ones as they are."""
        squeezed = {_squeeze(word): word for word in sorted(mended)}
        return cls(aliases, mended | frozenset(known), mended, squeezed)

    def mend(self, word: str) -> str:
        """The word as the lexicon spells it, or as it came when nothing is near."""
        if word in self.aliases:
            return self.aliases[word]
        if word in self.known or len(word) < 3 or word.isdigit():
            return word
        squeezed = _squeeze(word)
        if squeezed != word and squeezed in self.squeezed:
            return self.squeezed[squeezed]
        lengths = range(len(word) - 1, len(word) + 2)  # the quick half of `one_slip` first
        near = [other for other in self.mended if len(other) in lengths and one_slip(word, other)]
        return min(near, key=lambda other: _unlikeness(word, other), default=word)


def read_words(body: str, *, speller: Speller, signs: Mapping[str, str]) -> Words:
    """Split `body` into mended words; `signs` names the emoji that stand for a word."""
    marks = list(_spelled_out(list(_tokens(body, signs))))
    mended = [mark if mark == _BREAK else speller.mend(mark) for mark in marks]
    clauses = tuple(
        " ".join(group) for is_break, group in groupby(mended, _BREAK.__eq__) if not is_break
    )
    typed = " ".join(mark for mark in marks if mark != _BREAK)
    return Words(" ".join(clauses), clauses, typed, bool(_ASKS.search(_plain(body))))


def one_slip(word: str, other: str) -> bool:
    """True when one letter was added, left out, changed or swapped with its neighbour."""
    if word == other or abs(len(word) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    if start is None:
        return True
    rest, other_rest = word[start:], other[start:]
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[1::-1] == other_rest[:2] and rest[2:] == other_rest[2:])
    )


def _unlikeness(word: str, other: str) -> tuple[bool, int, str]:
    """Swapped letters are the likeliest slip, then one left out; the word itself breaks ties."""
    return sorted(word) != sorted(other), -len(other), other


def _squeeze(word: str) -> str:
    return "".join(letter for letter, _ in groupby(word))


def _tokens(body: str, signs: Mapping[str, str]) -> Iterator[str]:
    spaced = "".join(_spaced(character, signs) for character in _plain(body))
    for line in _SPLIT_SHORT_FORM.sub(r"\1\2", spaced).split(_BREAK):
        yield from (_LONG_RUN.sub(r"\1\1", word) for word in line.split())
        yield _BREAK


def _plain(body: str) -> str:
    joined = "".join(character for character in body if character not in _APOSTROPHES)
    folded = unicodedata.normalize("NFKC", joined).casefold()
    return "".join(
        character
        for character in unicodedata.normalize("NFD", folded)
        if unicodedata.category(character) not in ("Mn", "Me", "Cf")
    )


def _spaced(character: str, signs: Mapping[str, str]) -> str:
    if character in signs:
        return f" {signs[character]} "
    if character.isalnum():
        return character
    if character in _BREAKS or unicodedata.category(character) == "So":
        return _BREAK
    return " "


def _spelled_out(tokens: list[str]) -> Iterator[str]:
    """Join letters that were written one by one: "s t o p", "S.T.O.P."."""
    letters: list[str] = []
    pending: list[str] = []
    for token in [*tokens, ""]:
        if len(token) == 1 and token.isalpha():
            letters.append(token)
            pending.append(token)
        elif token == _BREAK and letters:
            pending.append(token)
        else:
            yield from ["".join(letters), _BREAK] if len(letters) >= 3 else pending
            letters, pending = [], []
            if token:
                yield token
