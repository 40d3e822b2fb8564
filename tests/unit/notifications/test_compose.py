from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.rules.compose import (
    TextTooLongError,
    UnsayableValueError,
    Values,
    compose,
)
from services.notifications.rules.formats import (
    LONGEST_NAME,
    Language,
    format_name,
    format_time,
    language_of,
)
from services.notifications.rules.kinds import CHANNELS, SLOTS, WRITTEN_BY_HAND, Kind, Slot
from services.notifications.rules.wording import Wording, WordingError, load_wording
from shared.events.base import Channel

NEW_YORK, DENVER = ZoneInfo("America/New_York"), ZoneInfo("America/Denver")
TUESDAY = datetime(2026, 11, 24, 22, tzinfo=UTC)


def bare_files() -> dict[str, str]:
    """The least that is a complete wording: every kind says its own name."""
    texts = {"en/someone.txt": "Someone"}
    for kind in CHANNELS.keys() - WRITTEN_BY_HAND:
        for channel in CHANNELS[kind]:
            if channel is Channel.SMS:
                texts[f"en/{kind}.txt"] = f"{kind}\n"
            else:
                texts[f"en/{kind}.email"] = f"Subject: {kind}\n\n{kind}\n"
    return texts


def wording(**changed: str) -> Wording:
    renamed = {name.replace("__", "/").replace("_dot_", "."): t for name, t in changed.items()}
    return load_wording({**bare_files(), **renamed})


def text_of(kind: Kind, values: Values, language: str = "en", **changed: str) -> str:
    return compose(wording(**changed), kind, Channel.SMS, language, values).body


def test_a_text_uses_the_name_only_where_it_still_fits_one_part() -> None:
    texts = {
        "en__check_in_dot_txt": "Hi {name}" + "x" * 150,
        "en__check_in_dot_unnamed_dot_txt": "Hi" + "x" * 150,
    }
    assert text_of(Kind.CHECK_IN, Values(name="Sam"), **texts).startswith("Hi Sam")
    assert text_of(Kind.CHECK_IN, Values(name="Maximilian"), **texts).startswith("Hix")
    assert text_of(Kind.CHECK_IN, Values(name="María"), **texts).startswith("Hix")
    assert text_of(Kind.CHECK_IN, Values(), **texts).startswith("Hix")


def test_a_name_stays_when_leaving_it_out_saves_nothing() -> None:
    texts = {
        "en__check_in_dot_txt": "Hi {name}, {coach}",
        "en__check_in_dot_unnamed_dot_txt": "Hi, {coach}",
    }
    values = Values(name="María", coach="Sofía")
    assert text_of(Kind.CHECK_IN, values, **texts) == "Hi María, Sofía"


def test_a_code_chooses_the_wording_with_the_code() -> None:
    texts = {"en__offer_made_dot_txt": "1 or 2", "en__offer_made_dot_coded_dot_txt": "1 {code}"}
    assert text_of(Kind.OFFER_MADE, Values(code="27"), **texts) == "1 27"
    assert text_of(Kind.OFFER_MADE, Values(), **texts) == "1 or 2"


def test_a_coach_whose_name_cannot_be_said_is_someone() -> None:
    assert text_of(Kind.CHECK_IN, Values(), en__check_in_dot_txt="{coach} reads it") == (
        "Someone reads it"
    )


@pytest.mark.parametrize(
    ("slot", "values"),
    [
        (Slot.LINK, Values()),
        (Slot.LINK, Values(link="https://evil.example/o/x?to=sam")),
        (Slot.LINK, Values(link="https://user:pass@evil.example/")),
        (Slot.LINK, Values(link="javascript:alert(1)")),
        (Slot.LINK, Values(link="http://evil.example/o/x")),
        (Slot.LINK, Values(link="https://a.example/o/x y")),
        (Slot.LINK, Values(link="https://a.example/" + "x" * 90)),
    ],
)
def test_a_missing_or_misshapen_value_is_refused_and_never_shown(
    slot: Slot, values: Values
) -> None:
    with pytest.raises(UnsayableValueError) as refusal:
        text_of(Kind.OFFER_REPLY_UNCLEAR, values, en__offer_reply_unclear_dot_txt="Choose: {link}")
    assert str(refusal.value) == (
        f"offer_reply_unclear needs {slot}, and what was given is missing or misshapen"
    )


@pytest.mark.parametrize("reference", ["k7qf-2mxp", "Sam Smith", "K7QF2MXP", "K7QF-2MXP1"])
def test_a_reference_has_the_shape_of_a_reference(reference: str) -> None:
    with pytest.raises(UnsayableValueError, match="clinic_closed needs reference"):
        compose(
            wording(en__clinic_closed_dot_email="Subject: x\n\n{reference}"),
            Kind.CLINIC_CLOSED,
            Channel.EMAIL,
            "en",
            Values(reference=reference),
        )


@pytest.mark.parametrize("link", ["http://127.0.0.1:8003/o/Kx3v", "http://localhost:8003/o/K-_v"])
def test_a_link_may_point_to_this_machine_for_a_demo(link: str) -> None:
    assert link in text_of(
        Kind.OFFER_REPLY_UNCLEAR, Values(link=link), en__offer_reply_unclear_dot_txt="{link}"
    )


def test_a_time_is_said_in_the_recipients_zone() -> None:
    values = Values(by=TUESDAY, zone=DENVER)
    assert text_of(Kind.OFFER_MADE, values, en__offer_made_dot_txt="By {by}") == "By Tue 3 PM"


@pytest.mark.parametrize(("language", "end"), [("en", " 3 PM. Bye"), ("es", " 3 p.m. Bye")])
def test_a_sentence_that_ends_in_an_abbreviation_has_one_full_stop(language: str, end: str) -> None:
    texts = {f"{language}__welcome_dot_txt": "By {by}. Bye" for language in ("en", "es")}
    values = Values(by=TUESDAY, zone=DENVER)
    assert text_of(Kind.WELCOME, values, language, **texts).endswith(end)


def test_a_text_of_more_than_two_parts_is_refused() -> None:
    with pytest.raises(TextTooLongError, match="menu needs 3 parts, and 2 is the most"):
        text_of(Kind.MENU, Values(), en__menu_dot_txt="x" * 307)


def test_a_language_without_wording_falls_back_to_english_and_says_so() -> None:
    words = wording(es__menu_dot_txt="hola")
    for tag, used, body in (
        ("es-US", Language.SPANISH, "hola"),
        ("ES", Language.SPANISH, "hola"),
        ("fr", Language.ENGLISH, "menu"),
    ):
        text = compose(words, Kind.MENU, Channel.SMS, tag, Values())
        assert (text.language_used, text.body) == (used, body)
    assert compose(words, Kind.HELP, Channel.SMS, "es", Values()).language_used is Language.ENGLISH


def test_a_kind_is_not_sent_by_a_channel_that_it_is_not_written_for() -> None:
    with pytest.raises(KeyError):
        compose(wording(), Kind.CLINIC_CLOSED, Channel.SMS, "en", Values())


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("en/unheard_of.txt", "x", "is not the name of a wording file"),
        ("fr/menu.txt", "x", "is not the name of a wording file"),
        ("en/menu.shouted.txt", "x", "is not the name of a wording file"),
        ("en/menu.txt", "{name}", "names a value that menu may not hold"),
        ("en/menu.txt", "{}", "names a value that menu may not hold"),
        ("en/clinic_closed.email", "Hello", "must begin with 'Subject: ...'"),
        ("en/clinic_closed.email", "Subject: x\nHello", "must begin with 'Subject: ...'"),
    ],
)
def test_a_wrong_wording_file_is_named_with_its_rule(name: str, text: str, rule: str) -> None:
    with pytest.raises(WordingError) as refusal:
        load_wording({**bare_files(), name: text})
    assert name in str(refusal.value)
    assert rule in str(refusal.value)


@pytest.mark.parametrize("name", sorted(bare_files()))
def test_no_kind_may_lack_its_english_wording(name: str) -> None:
    texts = bare_files()
    del texts[name]
    with pytest.raises(WordingError):
        load_wording(texts)


def test_no_value_beyond_the_list_of_its_kind_is_ever_put_into_a_text() -> None:
    assert {kind for kind in Kind if Slot.NAME in SLOTS[kind]} == {
        Kind.WELCOME,
        Kind.CHECK_IN,
        Kind.CHECK_IN_WITH_RIGHTS,
    }
    with pytest.raises(WordingError, match="may not hold"):
        wording(en__crisis_dot_txt="{name}, call 911")


def test_values_and_texts_do_not_show_a_person_in_their_repr() -> None:
    values = Values(name="Sam", coach="Dana", link="https://a.example/o/x")
    words = wording(en__check_in_dot_txt="Hi {name}")
    shown = repr(values) + repr(compose(words, Kind.CHECK_IN, Channel.SMS, "en", values))
    assert not any(value in shown for value in ("Sam", "Dana", "a.example"))


@pytest.mark.parametrize(
    ("at", "zone", "language", "said"),
    [
        (TUESDAY, NEW_YORK, Language.ENGLISH, "Tue 5 PM"),
        (TUESDAY.replace(minute=35), NEW_YORK, Language.ENGLISH, "Tue 5:35 PM"),
        (TUESDAY.replace(hour=5), NEW_YORK, Language.ENGLISH, "Tue 12 AM"),
        (TUESDAY.replace(hour=17), NEW_YORK, Language.ENGLISH, "Tue 12 PM"),
        (TUESDAY, DENVER, Language.ENGLISH, "Tue 3 PM"),
        (TUESDAY, NEW_YORK, Language.SPANISH, "24 nov 5 p.m."),
        (TUESDAY.replace(minute=5), NEW_YORK, Language.SPANISH, "24 nov 5:05 p.m."),
        (TUESDAY.replace(hour=14), NEW_YORK, Language.SPANISH, "24 nov 9 a.m."),
    ],
)
def test_a_clock_time_is_said_as_people_say_it(
    at: datetime, zone: ZoneInfo, language: Language, said: str
) -> None:
    assert format_time(at, zone, language) == said


def test_a_time_without_zone_cannot_be_said() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        format_time(TUESDAY.replace(tzinfo=None), NEW_YORK, Language.ENGLISH)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Sam", "Sam"),
        ("  Sam  ", "Sam"),
        ("María José", "María José"),
        ("Jean-Luc O’Neil", "Jean-Luc O'Neil"),
        ("J.R.", "J.R."),
        ("李小龙", "李小龙"),
        ("Sam (call after 5)", "Sam"),
        ("Bartholomew-James of York Town", "Bartholomew-James"),
        ("", None),
        ("x9", None),
        ("https://evil.example", None),
        ("STOP", None),
        ("{link}", None),
        ("Sam\nReply", "Sam"),
        ("a" * 20, "a" * 20),
        ("a" * 21, None),
    ],
)
def test_only_a_name_is_said_as_a_name(name: str, said: str | None) -> None:
    assert format_name(name) == said


@given(st.text(max_size=60))
def test_no_typed_name_can_smuggle_digits_links_or_keywords(name: str) -> None:
    said = format_name(name)
    if said is not None:
        assert len(said) <= LONGEST_NAME
        assert not any(c.isdigit() or c in "/:@{}<>\n,!?" for c in said)
        assert "stop" not in said.casefold().split()


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en", "en"), ("en-US", "en"), ("es", "es"), ("es-419", "es"), ("es_MX", "es"), ("fr", None)],
)
def test_a_language_tag_finds_its_wording_language(tag: str, language: str | None) -> None:
    assert language_of(tag) == language
