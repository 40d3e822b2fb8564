"""How hard an English text is to read: the Flesch-Kincaid grade (Kincaid et al. 1975)."""

import re

_SENTENCE = re.compile(r"[.!?:]+(?:\s|$)")
_WORD = re.compile(r"[A-Za-z][A-Za-z']*")
_VOWELS = re.compile(r"[aeiouy]+")


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end; at least one."""
    plain = word.lower()
    groups = len(_VOWELS.findall(plain))
    if plain.endswith("e") and not plain.endswith(("le", "ee")) and groups > 1:
        groups -= 1
    if plain.endswith("ed") and not plain.endswith(("ted", "ded")) and groups > 1:
        groups -= 1
    return max(1, groups)


def grade(text: str) -> float:
    """The school grade in which `text` is understood; links and numbers do not count."""
    spoken = re.sub(r"https?://\S+", "", text)
    sentences = [part for part in _SENTENCE.split(spoken) if _WORD.search(part)]
    words = _WORD.findall(spoken)
    return (
        0.39 * len(words) / len(sentences)
        + 11.8 * sum(syllables(word) for word in words) / len(words)
        - 15.59
    )
