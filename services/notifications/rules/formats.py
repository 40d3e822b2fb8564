"""How a time and a name are said in a text."""

import re
import unicodedata
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from services.notifications.rules.segments import transliterate


class Language(StrEnum):
    """The languages in which wording is written."""

    ENGLISH = "en"
    SPANISH = "es"


_LOCALES = {Language.ENGLISH: "en_US", Language.SPANISH: "es_US"}
_DAYS = {Language.ENGLISH: "EEE", Language.SPANISH: "d MMM"}
LONGEST_NAME = 20
_NAME = re.compile(rf"(?=.{{1,{LONGEST_NAME}}}$)[^\W\d_]+(?:['. -]{{1,2}}[^\W\d_]+)*\.?")
_KEYWORDS = frozenset({"stop", "start", "help", "reply", "alto", "ayuda", "responde"})


def format_time(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """A clock time with its day as people say it: "Tue 5 PM", "24 nov 5:30 p.m.".

    Spanish says the date: "mar" is Tuesday and March, and the accent of "sáb" would double what
    a text costs. Minutes are left out on the hour. Raises ValueError when `at` has no zone.
    """
    if at.tzinfo is None:
        raise ValueError("the time to say needs a time zone")
    local = at.astimezone(zone)
    pattern = f"{_DAYS[language]} {'h:mm' if local.minute else 'h'} a"
    return transliterate(format_datetime(local, pattern, locale=_LOCALES[language]))


def format_name(name: str) -> str | None:
    """A name as it may stand in a text, or None when it is not one.

    Only letters joined by spaces, hyphens, apostrophes and points, at most 20 characters; of
    something longer or stranger only its first word, if that is a name. So no digit, link or
    keyword typed into a name field reaches a phone.
    """
    words = transliterate(unicodedata.normalize("NFC", name)).split()
    candidates = (" ".join(words), *words[:1])
    return next((candidate for candidate in candidates if _is_a_name(candidate)), None)


def _is_a_name(candidate: str) -> bool:
    return (
        _NAME.fullmatch(candidate) is not None
        and not any(character.isnumeric() for character in candidate)
        and _KEYWORDS.isdisjoint(candidate.casefold().split())
    )


def language_of(tag: str) -> Language | None:
    """The wording language of a BCP 47 tag ("es-MX" is Spanish), or None if unwritten."""
    primary = tag.replace("_", "-").split("-")[0].casefold()
    return next((language for language in Language if language == primary), None)
