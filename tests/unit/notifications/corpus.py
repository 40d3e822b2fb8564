"""The labelled corpus of inbound texts, and what thumbs and phones make of each line."""

from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from services.notifications.rules.keywords import ENDS_TEXTS

_FILE = Path(__file__).with_name("inbound_corpus.txt")

OPT_OUTS = frozenset({"stop", "unsure", "wrong", "both", *ENDS_TEXTS})
CRISES = frozenset({"self-harm", "overdose", "violence", "withdrawal", "danger", "despair", "both"})
_NEIGHBOURS = {
    "a": "s", "b": "v", "c": "x", "d": "f", "e": "r", "f": "g", "g": "h", "h": "j", "i": "o",
    "j": "k", "k": "l", "l": "k", "m": "n", "n": "m", "o": "p", "p": "o", "q": "w", "r": "t",
    "s": "a", "t": "y", "u": "i", "v": "b", "w": "e", "x": "c", "y": "u", "z": "x",
}  # fmt: skip


class Line(NamedTuple):
    label: str
    text: str


def corpus() -> list[Line]:
    """Every line as it was written."""
    rows = _FILE.read_text(encoding="utf-8").splitlines()
    return [Line(*row.split("\t")) for row in rows if not row.startswith("#")]


def restyled(text: str) -> Iterator[str]:
    """The same words in other dress: case, punctuation, emoji, typographic signs, width."""
    yield text.upper()
    yield text.lower()
    yield f"  {text}  "
    yield f"{text} 😡"
    yield f"🙏 {text}"
    yield text.replace("'", "’")
    yield text.replace("'", "")
    yield "\u200b".join(text.split(" ")).replace("\u200b", " \u200b")
    yield "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    if not text.rstrip().endswith(("?", ".", "!")):
        yield f"{text}!!!"
        yield f"{text}."
        yield f"{text}..."


def mistyped(text: str, word: str) -> Iterator[str]:
    """`text` with one slip in `word`: swapped, doubled, left out, or a neighbouring key."""
    for at in range(1, len(word)):
        for slip in (
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + _NEIGHBOURS.get(word[at], word[at]) + word[at + 1 :],
        ):
            if slip != word:
                yield text.lower().replace(word, slip, 1)


def all_variations() -> list[Line]:
    """The corpus, each line also in four dresses, all in turn; far more than a thousand texts."""
    return [
        Line(label, variation)
        for at, (label, text) in enumerate(corpus())
        for variation in (text, *islice(cycle(restyled(text)), at % 9, at % 9 + 4))
    ]
