"""In which language is a text written? Only where its words leave no doubt.

Its answer is written in that language, whatever the record says.
"""

from services.notifications.rules.formats import Language
from services.notifications.rules.lexicon.languages import ENGLISH, OF_NO_LANGUAGE, SPANISH
from services.notifications.rules.stopping import quotes_us
from services.notifications.rules.tongue import understand

_TIMES_AS_MANY = 2
"""A text in one language borrows words of the other: "sorry, ya no puedo hoy"."""


def clear_language(body: str) -> Language | None:
    """The language that a text is clearly written in, or None.

    The words as typed count, because mending reaches into the other language: `k` is an English
    "ok" and a Spanish "que". Our own words quoted back, digits and the carriers' keywords are in
    no language.
    """
    words = understand(body)
    tokens = words.typed.split()
    if quotes_us(words) or OF_NO_LANGUAGE.issuperset(tokens):
        return None
    english = sum(token in ENGLISH for token in tokens)
    spanish = sum(token in SPANISH for token in tokens)
    if english and english >= _TIMES_AS_MANY * spanish:
        return Language.ENGLISH
    if spanish and spanish >= _TIMES_AS_MANY * english:
        return Language.SPANISH
    return None
