"""What a human writes from the desk: when it may not go out, and what its writer is warned of."""

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.rules.by_hand import (
    Worry,
    telling_pattern,
    tidy,
    why_not,
    worries,
    written,
)
from services.notifications.rules.facts import Number
from services.notifications.rules.states import SuppressReason

LISTS = files("services.notifications").joinpath("rules", "lexicon")
TELLING = telling_pattern(
    LISTS.joinpath(f"telling_words_{language}.list").read_text() for language in ("en", "es")
)
GOOD = "Hi, this is Vera from Alongside. I am here. Can I call you now?"


def found(words: str) -> dict[Worry, str]:
    return dict(worries(words, TELLING))


def test_words_that_say_who_writes_and_nothing_else_worry_nobody() -> None:
    assert found(GOOD) == {}
    assert found("Hola, soy Vera, de Alongside. ¿Te puedo llamar ahora?") == {}


@pytest.mark.parametrize(
    ("words", "worry", "what"),
    [
        (f"{GOOD} Your treatment starts Monday.", Worry.GIVES_AWAY, "treatment"),
        ("Alongside: tu recuperación va bien", Worry.GIVES_AWAY, "recuperacion"),
        ("I am here. Can I call you now?", Worry.NAMES_NOBODY, ""),
        (f"{GOOD} https://example.org/x", Worry.HAS_A_LINK, "https:"),
        (f"{GOOD} See example.org", Worry.HAS_A_LINK, "example.org"),
        (f"Alongside {'word ' * 70}", Worry.IS_LONG, "3"),
    ],
)
def test_each_worry_names_what_it_is_about(words: str, worry: Worry, what: str) -> None:
    assert found(words) == {worry: what}


@given(st.text().filter(lambda words: "\u02bc" not in words))
def test_tidy_words_keep_every_letter_and_stay_as_they_are(words: str) -> None:
    once = tidy(words)
    assert tidy(once) == once
    assert "".join(filter(str.isalpha, once)) == "".join(filter(str.isalpha, words))
    assert written(once).body == once


def test_typographic_quotes_do_not_make_a_text_of_more_parts() -> None:
    assert written(tidy("I’m here — “always” …")).body == 'I\'m here - "always" ...'


@pytest.mark.parametrize("number", Number)
@pytest.mark.parametrize("has_phone", [True, False])
def test_stop_always_wins_and_nothing_else_than_its_own_facts_forbids_an_answer(
    number: Number, has_phone: bool
) -> None:
    def reason(*, opted_out: bool) -> SuppressReason | None:
        return why_not(
            has_phone=has_phone,
            opted_out=opted_out,
            number=number,
            deceased=False,
            erased=False,
        )

    assert reason(opted_out=True) is SuppressReason.OPTED_OUT
    reachable = has_phone and number is not Number.UNUSABLE
    expected = None if reachable else SuppressReason.WRONG_NUMBER
    assert reason(opted_out=False) is expected


@pytest.mark.parametrize("opted_out", [True, False])
def test_nobody_writes_to_somebody_who_died_or_was_erased(opted_out: bool) -> None:
    def reason(*, deceased: bool, erased: bool) -> SuppressReason | None:
        return why_not(
            has_phone=True,
            opted_out=opted_out,
            number=Number.VERIFIED,
            deceased=deceased,
            erased=erased,
        )

    assert reason(deceased=True, erased=False) is SuppressReason.DECEASED
    assert reason(deceased=True, erased=True) is SuppressReason.ERASED
