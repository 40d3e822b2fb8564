"""The words of the coach's page, in English and in Spanish, each from its own original.

Native speakers and people with lived experience may change them; a sentence missing in one
language does not pass the type check.
"""

from services.matching.web.wording.english import ENGLISH
from services.matching.web.wording.spanish import SPANISH
from services.matching.web.wording.words import PageWording

BY_CODE = {say.code: say for say in (ENGLISH, SPANISH)}


def in_language(*wanted: str) -> PageWording:
    """The words of the first of these languages that we speak; English for all others."""
    for tag in wanted:
        found = BY_CODE.get(tag.partition("-")[0].casefold())
        if found is not None:
            return found
    return ENGLISH
