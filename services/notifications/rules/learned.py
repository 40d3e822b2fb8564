"""A second reader for words that no pattern knows: it may add a meaning, and never takes one away.

Logistic regression on parts of words (3 to 5 letters) and pairs of words, trained from the corpus
by `python -m tests.unit.notifications.train`, which also tells what it finds in lines that it has
not seen. It knows English and Spanish, and needs nothing but this module.
"""

import base64
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.notifications.rules.lexicon import danger_weights, hard_time_weights
from services.notifications.rules.spelling import Words

BUCKETS = 8_192
_LENGTHS = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class Model:
    """Weights as they are stored: whole numbers from -127 to 127, times `scale`."""

    weights: Sequence[int]
    scale: float
    bias: float

    def likeness(self, words: Words) -> float:
        """How much the text is like those of the corpus, from 0 to 1; 0 where it has no words."""
        found = features(words)
        if not found:
            return 0.0
        total = sum(self.weights[one] for one in found) * self.scale / math.sqrt(len(found))
        return 1 / (1 + math.exp(-self.bias - total))


def unpacked(weights: Sequence[str]) -> tuple[int, ...]:
    """The weights from the lines of their module."""
    stored = zlib.decompress(base64.b32decode("".join(weights)))
    return tuple(one - 256 if one > 127 else one for one in stored)


def features(words: Words) -> list[int]:
    """The buckets of what occurs in the text as typed, each once."""
    return sorted({zlib.crc32(part.encode()) % BUCKETS for part in _parts(words.typed.split())})


def _parts(words: list[str]) -> Iterator[str]:
    for word in words:
        padded = f" {word} "
        for length in _LENGTHS:
            for at in range(len(padded) - length + 1):
                yield padded[at : at + length]
    for first, second in pairwise(words):
        yield f"{first} {second}"


DANGER = Model(unpacked(danger_weights.WEIGHTS), danger_weights.SCALE, danger_weights.BIAS)
HARD_TIME = Model(
    unpacked(hard_time_weights.WEIGHTS), hard_time_weights.SCALE, hard_time_weights.BIAS
)
GRAVE_ENOUGH, HARD_ENOUGH = 0.8, 0.75
"""From here on a text is taken for one of danger, or of a hard time. A false alarm costs a human's
glance, and somebody a text that was not needed."""


def sounds_grave(words: Words) -> bool:
    """Whether the text sounds like those of danger."""
    return DANGER.likeness(words) >= GRAVE_ENOUGH


def sounds_hard(words: Words) -> bool:
    """Whether the text sounds like those of people who have a hard time."""
    return HARD_TIME.likeness(words) >= HARD_ENOUGH
