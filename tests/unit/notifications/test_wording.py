"""The lint of every wording: what it says, how long it is, how hard it is to read."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import product
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.notifications.rules.by_hand import plain_letters, telling_pattern
from services.notifications.rules.compose import (
    MAX_PARTS,
    RECORD_LABEL,
    Text,
    Values,
    compose,
)
from services.notifications.rules.follows import Who
from services.notifications.rules.formats import Language
from services.notifications.rules.inbound import Open, read
from services.notifications.rules.keywords import ENDS_TEXTS, KEYWORDS, Meaning
from services.notifications.rules.kinds import CHANNELS, SLOTS, WRITTEN_BY_HAND, Kind, Slot
from services.notifications.rules.segments import Encoding, transliterate
from services.notifications.rules.text_language import clear_language
from services.notifications.rules.wording import load_wording
from shared.events.base import Channel
from shared.tasks import TaskKind
from tests.unit.notifications.readability import grade, syllables

MESSAGES = files("services.notifications").joinpath("messages")
FILES = {
    f"{folder.name}/{entry.name}": entry.read_text(encoding="utf-8")
    for folder in MESSAGES.iterdir()
    for entry in folder.iterdir()
}
WORDING = load_wording(FILES)
TEMPLATES = sorted(WORDING.templates.items())
KINDS = [kind for kind in Kind if kind not in WRITTEN_BY_HAND]
TO_PERSONS = frozenset(KINDS) - {
    kind for kind in Kind if kind.startswith(("offer_", "coach_", "clinic_", "staff_"))
}

NEW_YORK = ZoneInfo("America/New_York")
WINTER = datetime(2026, 1, 1, 17, 35, tzinfo=UTC)
LONGEST_LINK = f"https://go.alongside.example/o/{'x' * 29}"
ORDINARY = Values(
    name="Sam",
    coach="Dana",
    by=datetime(2026, 9, 30, 16, 35, tzinfo=UTC),
    zone=NEW_YORK,
    link=f"https://go.alongside.example/o/{'x' * 22}",
    reference="K7QF-2MXP",
    code="27",
    phone="800-555-0100",
    task=TaskKind.TEXT_TO_READ,
)


NAMES_AT_THE_ENDS = (None, "Al", "Wilhelmina Alexandra", "María de los Ángeles", "李小龙", "x9!")
COACHES_AT_THE_ENDS = (None, "Jo", "Sofía", "Wilhelmina-Alexandra", "María de los Ángeles")
TIMES_AT_THE_ENDS = (WINTER, WINTER + timedelta(days=2), datetime(2026, 9, 30, 16, 35, tzinfo=UTC))


CODES = (None, "99")


def extremes(kind: Kind) -> Iterator[Values]:
    """Names, coaches and times at the ends of what can be said, where `kind` says them."""
    slots = SLOTS[kind]
    for name, coach, by, code, task in product(
        NAMES_AT_THE_ENDS if Slot.NAME in slots else (None,),
        COACHES_AT_THE_ENDS if Slot.COACH in slots else (None,),
        TIMES_AT_THE_ENDS if Slot.BY in slots else (WINTER,),
        CODES if Slot.CODE in slots and not kind.startswith("staff_") else ("99",),
        TaskKind if Slot.TASK in slots else (None,),
    ):
        yield Values(
            name=name,
            coach=coach,
            by=by,
            zone=NEW_YORK,
            link=LONGEST_LINK,
            reference="WWWW-WWWW",
            code=code,
            phone="800-555-0100",
            task=task,
        )


def every_text(kind: Kind, channel: Channel) -> Iterator[tuple[Values, Text]]:
    for language, values in product(Language, extremes(kind)):
        yield values, compose(WORDING, kind, channel, language, values)


LEXICON = files("services.notifications").joinpath("rules", "lexicon")


def banned(language: str) -> re.Pattern[str]:
    listed = LEXICON.joinpath(f"telling_words_{language}.list").read_text(encoding="utf-8")
    words = [line for line in listed.splitlines() if line and not line.startswith("#")]
    assert len(words) >= 100
    assert len(words) == len(set(words))
    return telling_pattern([listed])


BANNED = {Language(language): banned(language) for language in ("en", "es")}


def test_no_wording_holds_a_word_that_gives_away_or_blames() -> None:
    for key, template in TEMPLATES:
        for language in Language:
            whole = plain_letters(f"{template.subject}\n{template.body}")
            assert BANNED[language].findall(whole) == [], key


def test_the_lint_sees_a_banned_word_in_any_dress() -> None:
    assert BANNED[Language.ENGLISH].search(plain_letters("Your TREATMENT plan"))
    assert BANNED[Language.SPANISH].search(plain_letters("Tu recuperación"))
    assert not BANNED[Language.ENGLISH].search(plain_letters("You will get no more texts"))


def test_every_wording_is_written_in_both_languages_with_the_same_slots() -> None:
    english = {key[1:]: t.slots for key, t in TEMPLATES if key[0] is Language.ENGLISH}
    spanish = {key[1:]: t.slots for key, t in TEMPLATES if key[0] is Language.SPANISH}
    assert english == spanish


def test_an_ordinary_text_is_one_part_of_plain_characters() -> None:
    for key, template in TEMPLATES:
        language, kind, variant, channel = key
        if channel is Channel.EMAIL:
            continue
        for code in CODES[1:] if Slot.CODE in template.slots else CODES:
            values = Values(
                name=None if variant == "unnamed" else ORDINARY.name,
                coach=ORDINARY.coach,
                by=ORDINARY.by,
                zone=ORDINARY.zone,
                link=LONGEST_LINK,
                code=code,
                phone=ORDINARY.phone,
                task=ORDINARY.task,
            )
            text = compose(WORDING, kind, channel, language, values)
            assert text.segments.encoding is Encoding.GSM_7, text.body
            assert text.segments.parts == 1, text.body
            assert text.language_used is language


@pytest.mark.parametrize("kind", [kind for kind in KINDS if Channel.SMS in CHANNELS[kind]])
def test_no_value_makes_a_text_longer_than_two_parts_and_none_of_letters_we_have_than_one(
    kind: Kind,
) -> None:
    for values, text in every_text(kind, Channel.SMS):
        assert text.segments.parts <= MAX_PARTS, text.body
        if text.segments.encoding is Encoding.GSM_7:
            assert text.segments.parts == 1, (values, text.body)


def test_a_wording_is_typed_plainly_in_one_paragraph_per_thought() -> None:
    for key, template in TEMPLATES:
        whole = template.subject + template.body
        assert transliterate(whole) == whole, key
        assert "  " not in whole, key
        assert template.body == template.body.strip(), key
        assert re.search(r"[*_#<>`]", whole) is None, key
        if key[3] is Channel.SMS:
            assert "\n" not in template.body, key
            assert template.subject == "", key
        else:
            assert len(template.subject) <= 60, key
            assert len(template.body) <= 600, key


def test_the_only_link_is_the_one_slot_for_our_own() -> None:
    for key, template in TEMPLATES:
        whole = template.subject + template.body
        assert re.search(r"https?:|www\.|\.(?:com|org|net|ly)\b", whole) is None, key
        assert whole.count("{link}") <= 1, key
        assert "{link}" not in template.subject, key


def test_only_keywords_and_emergency_numbers_stand_out() -> None:
    for key, template in TEMPLATES:
        shouted = set(re.findall(r"\b[A-ZÁÉÍÓÚÑ]{3,}\b", template.body))
        assert shouted <= {"STOP", "HELP", "START", "OTHER", "OTRA", "AYUDA"}, key
        digits = set(re.findall(r"\b\d{3,}\b", template.body))
        assert digits <= {"911", "988", "800", "662", "4357"}, key


@pytest.mark.parametrize("kind", sorted(TO_PERSONS))
def test_every_text_to_a_person_says_who_writes(kind: Kind) -> None:
    for key, template in TEMPLATES:
        if key[1] is kind and kind is not Kind.CRISIS:
            assert "Alongside" in template.body


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "kind", [Kind.NUMBER_CHECK, Kind.WELCOME, Kind.CHECK_IN_WITH_RIGHTS, Kind.START_CONFIRMED]
)
def test_the_first_texts_and_every_30_days_say_how_to_stop_and_where_help_is(
    kind: Kind, language: Language
) -> None:
    for key, template in TEMPLATES:
        if key[0] is language and key[1] is kind:
            assert "STOP" in template.body
            assert ("HELP" if language is Language.ENGLISH else "AYUDA") in template.body


@pytest.mark.parametrize("language", Language)
def test_the_crisis_text_names_988_911_the_helpline_and_a_person(language: Language) -> None:
    body = compose(WORDING, Kind.CRISIS, Channel.SMS, language, Values()).body
    assert all(number in body for number in ("911", "988", "1-800-662-4357"))
    assert re.search(r"person|persona", body)


@pytest.mark.parametrize("language", Language)
def test_the_first_text_and_help_name_911_and_988_and_that_nobody_watches_at_all_hours(
    language: Language,
) -> None:
    first = compose(WORDING, Kind.NUMBER_CHECK, Channel.SMS, language, Values()).body
    assistance = compose(WORDING, Kind.HELP, Channel.SMS, language, ORDINARY).body
    for body in (first, assistance):
        assert "911" in body
        assert "988" in body
    assert re.search(r"at all hours|a toda hora", first)


def test_what_a_text_offers_is_a_word_of_the_table_that_its_reader_may_say() -> None:
    offered = {word: row for row in KEYWORDS for word in row.offered}
    for key, template in TEMPLATES:
        reader = Who.COACH if key[1].startswith(("coach_", "offer_")) else Who.PERSON
        for word in re.findall(r"\b[A-ZÁÉÍÓÚÑ]{3,}\b", template.body):
            row = offered[word]
            assert reader in row.follows, key
            what_is_open = Open(opted_out=row.meaning is Meaning.START, coached=(UUID(int=1),))
            assert read(word, reader, what_is_open).says == (row.meaning,), key


@pytest.mark.parametrize("language", Language)
def test_the_menu_offers_every_word_that_ends_texts_asks_for_help_or_for_somebody_else(
    language: Language,
) -> None:
    menu = compose(WORDING, Kind.MENU, Channel.SMS, language, Values()).body
    for row in KEYWORDS:
        if row.offered and row.meaning is not Meaning.START:
            assert any(word in menu for word in row.offered), row.meaning


def test_our_own_texts_sent_back_by_a_phone_are_neither_stop_nor_crisis() -> None:
    for kind, language in product(TO_PERSONS - {Kind.CRISIS}, Language):
        body = compose(WORDING, kind, Channel.SMS, language, ORDINARY).body
        reading = read(f"Liked “{body}”", Who.PERSON, Open())
        assert ENDS_TEXTS.isdisjoint(reading.says), body
        assert reading.crisis is None, body


def test_english_is_readable_at_grade_six_for_persons_and_eight_for_staff() -> None:
    for key, _ in TEMPLATES:
        language, kind, _, channel = key
        if language is not Language.ENGLISH:
            continue
        text = compose(WORDING, kind, channel, language, ORDINARY)
        said = text.body.replace(RECORD_LABEL, "").replace("1-800-662-4357", "")
        assert grade(said) <= (6 if kind in TO_PERSONS else 8), (key, round(grade(said), 1))


def test_the_grade_tells_easy_from_hard() -> None:
    assert grade("The cat sat on the mat. It was a good day.") < 2
    assert grade("Institutional considerations necessitate interdisciplinary deliberation.") > 15
    assert [syllables(w) for w in ("one", "texts", "team", "asked", "people")] == [1, 1, 1, 1, 2]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if Channel.EMAIL in CHANNELS[kind]])
def test_an_e_mail_to_staff_holds_no_name_and_ends_with_the_label(kind: Kind) -> None:
    for language in Language:
        text = compose(WORDING, kind, Channel.EMAIL, language, ORDINARY)
        assert text.body.endswith(f"\n\n{RECORD_LABEL}\n")
        assert "Sam" not in text.body + text.subject
        assert "Dana" not in text.body + text.subject
        assert "{" not in text.body + text.subject


def test_the_label_is_the_exact_text_of_the_regulation() -> None:
    assert RECORD_LABEL == (
        "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
    )


@pytest.mark.parametrize(
    ("kind", "language", "values", "text"),
    [
        (
            Kind.WELCOME,
            "en",
            Values(
                name="Sam",
                coach="Dana",
                by=datetime(2026, 11, 24, 22, tzinfo=UTC),
                zone=NEW_YORK,
            ),
            "Hi Sam, this is Alongside. Dana will call or text you by Tue 5 PM. Want someone "
            "else? Reply OTHER. Reply STOP to end texts, HELP for help.",
        ),
        (
            Kind.CHECK_IN,
            "es-MX",
            Values(name="Sam", coach="Dana"),
            "Hola Sam, de Alongside. ¿Qué tal te va? Responde 1 bien, 2 regular, 3 mal. O "
            "escribe lo que quieras: nuestro equipo lo va a leer.",
        ),
        (
            Kind.OPT_OUT_CONFIRMED,
            "fr",
            Values(),
            "You will get no more texts from Alongside. To start again, reply START.",
        ),
    ],
)
def test_the_samples_of_the_domain_come_out_word_for_word(
    kind: Kind, language: str, values: Values, text: str
) -> None:
    assert compose(WORDING, kind, Channel.SMS, language, values).body == text


def test_every_wording_of_ours_is_in_the_language_of_its_folder() -> None:
    """Words of ours that nobody had in mind who wrote the lists."""
    for (language, kind, variant, channel), template in TEMPLATES:
        assert clear_language(template.body) is language, (kind, variant, channel)
