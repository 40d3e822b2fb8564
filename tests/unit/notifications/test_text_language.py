"""In which language a text is answered: its own where that is clear, else the record's."""

from itertools import islice

import pytest

from services.notifications.rules.formats import Language
from services.notifications.rules.keywords import KEYWORDS
from services.notifications.rules.lexicon.languages import ENGLISH, OF_NO_LANGUAGE, SPANISH
from services.notifications.rules.text_language import clear_language
from tests.unit.notifications.corpus import corpus, restyled

EN, ES = Language.ENGLISH, Language.SPANISH
TABLE = {
    EN: (
        "HELP", "Help!", "help me", "OTHER", "other please", "please stop", "STOP please",
        "stop texting me", "Quit", "unsubscribe", "who is this?", "i cant do this anymore",
        "I want to die", "he OD'd and he isn't breathing", "kill myself", "i relapsed", "accept",
        "pass", "not good", "hi", "u there?", "my number is 918-555-0100", "ok thanks",
        "can Maria from the clinic call me", "la la land is on tonight and we are watching it",
        "this is my mom, hola is all she says",
    ),
    ES: (
        "AYUDA", "ayúdenme", "OTRA", "otra persona", "ALTO", "ya no me escriban", "STOP por favor",
        "ya no quiero más texts", "¿quién es?", "no puedo más", "NO PUEDO MÁS", "me quiero morir",
        "kiero morirme", "suicidio", "no respira", "tomé muchas pastillas", "recaí anoche",
        "acepto", "paso", "muy mal", "hola", "sí", "sorry, ya no puedo hoy", "ok gracias",
        "yo no he tomado", "el chat de Brown está cerrado",
    ),
    None: (
        "", "1", "2 27", "OK", "ok 41", "okay", "yes", "y", "no", "STOP", "stop!!", "START",
        "unstop", "info", "911", "👍", "k", "Sam", "918-555-0100", "hola friend", "me",
        "mañana ok? tomorrow", "arrête", "bitte nicht",
        "Liked “Hi Sam, this is Alongside. Reply STOP to end texts, HELP for help.”",
        "Le gustó “Hola Sam, de Alongside. STOP termina los textos, AYUDA te ayuda.”",
    ),
}  # fmt: skip
OF_BOTH = {
    *("1", "2", "no", "ok", "okay", "info", "no sms", "y", "yes", "fatal", "horrible"),
    *("regular", "super", "terrible", "thumbsup", "thumbsdown", "simon"),
    *("start", "unstop", "optin", "stop", "stop stop", "stop stop stop", "stopall"),
    *("arret", "cease", "cease desist", "desist", "discontinue", "meh", "soso", "shitty"),
}
"""Phrases that say what is meant in either language, or in a third one, and rare ones."""


@pytest.mark.parametrize(
    ("body", "language"), [(body, language) for language, texts in TABLE.items() for body in texts]
)
def test_the_language_of_a_text_is_told_where_it_is_clear(
    body: str, language: Language | None
) -> None:
    assert clear_language(body) is language


def test_no_word_tells_of_both_languages() -> None:
    assert ENGLISH.isdisjoint(SPANISH)
    assert {"y"} == OF_NO_LANGUAGE & (SPANISH | ENGLISH)  # alone it is a yes


def test_every_phrase_of_a_keyword_is_in_one_language_or_known_to_be_in_none() -> None:
    phrases = {phrase for row in KEYWORDS for phrase in row.exact}
    assert {phrase for phrase in phrases if clear_language(phrase) is None} == OF_BOTH & phrases


def test_all_but_a_few_texts_of_the_corpus_are_in_a_language() -> None:
    said = [line for line in corpus() if line.label != "quote"]
    unclear = [line for line in said if clear_language(line.text) is None]
    assert len(unclear) <= 0.035 * len(said), unclear


def test_dress_changes_nothing_about_the_language_of_a_text() -> None:
    for line in corpus():
        for text in islice(restyled(line.text), 8):
            assert clear_language(text) is clear_language(line.text), text
