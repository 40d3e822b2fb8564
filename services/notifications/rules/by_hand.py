"""What a human writes to somebody: whether it can go out, and what its writer is warned of."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum

from services.notifications.rules.compose import MAX_PARTS, Text
from services.notifications.rules.facts import Number
from services.notifications.rules.formats import Language
from services.notifications.rules.segments import count, transliterate
from services.notifications.rules.states import SuppressReason

MAX_CHARACTERS = 600
"""Four parts of plain letters; somebody with more to say calls."""


class Worry(StrEnum):
    """What may be wrong with words that are written by hand; their writer decides."""

    GIVES_AWAY = "gives_away"
    """A word that tells somebody who sees the phone what this is about."""
    NAMES_NOBODY = "names_nobody"
    """It does not say that Alongside writes."""
    HAS_A_LINK = "has_a_link"
    IS_LONG = "is_long"
    """More parts than any text that is sent by itself."""


_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|org|net|gov|info|ly|me)\b", re.IGNORECASE)


def telling_pattern(lists: Iterable[str]) -> re.Pattern[str]:
    """One pattern of all words in `lists`: one a line, `#` for remarks, a star for any ending."""
    lines = (line.strip() for text in lists for line in text.splitlines())
    words = sorted({line for line in lines if line and not line.startswith("#")})
    shapes = (re.escape(word).replace(re.escape("*"), r"\w*") for word in words)
    return re.compile("|".join(rf"\b{shape}(?!\w)" for shape in shapes))


def plain_letters(text: str) -> str:
    """Small letters without accents, as the lists of words are written."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(one for one in decomposed if unicodedata.category(one) != "Mn")


def worries(words: str, telling: re.Pattern[str]) -> Iterator[tuple[Worry, str]]:
    """What to warn of, each with the words that it is about."""
    text = tidy(words)
    found = dict.fromkeys(telling.findall(plain_letters(text)))
    if found:
        yield Worry.GIVES_AWAY, ", ".join(found)
    if "alongside" not in text.casefold():
        yield Worry.NAMES_NOBODY, ""
    link = _LINK.search(text)
    if link is not None:
        yield Worry.HAS_A_LINK, link[0]
    parts = count(text).parts
    if parts > MAX_PARTS:
        yield Worry.IS_LONG, str(parts)


def tidy(words: str) -> str:
    """The words as they go out: plain quotes and dashes, no spaces around, no other change."""
    lines = (" ".join(line.split()) for line in transliterate(words).splitlines())
    return "\n".join(lines).strip()


def written(words: str) -> Text:
    """The text that carries a human's words, which are in whatever language they wrote."""
    return Text("", words, count(words), Language.ENGLISH)


def why_not(
    *, has_phone: bool, opted_out: bool, number: Number, deceased: bool, erased: bool
) -> SuppressReason | None:
    """Why no answer may be sent to somebody now; None when one may. STOP always wins."""
    if erased:
        return SuppressReason.ERASED
    if deceased:
        return SuppressReason.DECEASED
    if opted_out:
        return SuppressReason.OPTED_OUT
    if number is Number.UNUSABLE or not has_phone:
        return SuppressReason.WRONG_NUMBER
    return None
