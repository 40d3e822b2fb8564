"""What must be understood, held against every labelled line in many dresses."""

from functools import cache
from math import sqrt

import pytest

from services.notifications.rules.follows import Who
from services.notifications.rules.inbound import Open, Reading, follow
from services.notifications.rules.inbound import read as read_as
from services.notifications.rules.keywords import ENDS_TEXTS, KEYWORDS, Meaning
from tests.unit.notifications.corpus import (
    CRISES,
    OPT_OUTS,
    Line,
    all_variations,
    corpus,
    mistyped,
)

VARIATIONS = all_variations()


@cache
def read(text: str) -> Reading:
    return read_as(text, Who.PERSON, Open())


def ends_texts(text: str) -> bool:
    return not ENDS_TEXTS.isdisjoint(read(text).says)


def is_read(text: str) -> bool:
    """A human is asked to read it."""
    return bool(follow(Who.PERSON, read(text)).tasks)


def lowest_credible(hits: int, of: int) -> float:
    """Lower end of the 95 % Wilson interval of `hits` in `of`."""
    z, share = 1.96, hits / of
    centre = share + z * z / (2 * of)
    spread = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (centre - spread) / (1 + z * z / of)


def missed(lines: list[Line], *, crisis: bool) -> list[Line]:
    return [
        line for line in lines if not (read(line.text).crisis if crisis else ends_texts(line.text))
    ]


def test_the_corpus_has_over_a_thousand_labelled_texts_in_two_languages() -> None:
    assert len(corpus()) >= 600
    assert len({line.text for line in VARIATIONS}) >= 1000


def test_opt_outs_are_found_in_at_least_995_of_1000() -> None:
    lines = [line for line in VARIATIONS if line.label in OPT_OUTS]
    misses = missed(lines, crisis=False)
    assert len(misses) <= 0.005 * len(lines), misses


def test_words_of_danger_are_found_in_at_least_99_of_100_even_at_the_low_end() -> None:
    lines = [line for line in VARIATIONS if line.label in CRISES]
    misses = missed(lines, crisis=True)
    assert lowest_credible(len(lines) - len(misses), len(lines)) >= 0.99, misses


def test_at_least_half_of_all_crisis_flags_are_right() -> None:
    flagged = [line for line in VARIATIONS if read(line.text).crisis]
    right = [line for line in flagged if line.label in CRISES]
    assert len(right) >= 0.5 * len(flagged)


def test_ordinary_texts_raise_no_crisis_flag() -> None:
    ordinary = [line for line in VARIATIONS if line.label in ("free", "help", "start", "friend")]
    assert [line for line in ordinary if read(line.text).crisis] == []


def test_a_false_friend_never_ends_texts_and_always_holds_them_for_a_human() -> None:
    for line in VARIATIONS:
        if line.label == "friend":
            assert not ends_texts(line.text), line
            assert follow(Who.PERSON, read(line.text)).holds, line
            assert is_read(line.text), line


def test_despair_that_holds_a_stop_word_is_a_crisis_and_no_opt_out() -> None:
    for line in VARIATIONS:
        if line.label == "despair":
            reading = read(line.text)
            assert not ends_texts(line.text), line
            assert reading.crisis is not None, line
            assert follow(Who.PERSON, reading).holds, line


def test_a_text_can_be_a_crisis_and_an_opt_out_at_once() -> None:
    for line in VARIATIONS:
        if line.label == "both":
            reading = read(line.text)
            assert ends_texts(line.text), line
            assert reading.crisis is not None, line


def test_an_uncertain_stop_ends_texts_and_tells_a_human() -> None:
    for line in VARIATIONS:
        if line.label == "unsure":
            reading = read(line.text)
            assert ends_texts(line.text), line
            assert Meaning.UNSURE in reading, line
            assert is_read(line.text), line


def test_ordinary_texts_and_our_own_words_quoted_back_end_nothing_and_reach_a_human() -> None:
    for line in VARIATIONS:
        if line.label in ("free", "quote"):
            reading = read(line.text)
            assert not ends_texts(line.text), line
            assert reading.crisis is None, line
            assert is_read(line.text), line


def test_somebody_elses_number_is_recognised_and_nobody_elses() -> None:
    wrong = [line for line in VARIATIONS if line.label == "wrong"]
    found = [line for line in wrong if Meaning.WRONG_NUMBER in read(line.text)]
    assert len(found) >= 0.995 * len(wrong)
    others = [line for line in VARIATIONS if line.label not in ("wrong", "both")]
    assert [line for line in others if Meaning.WRONG_NUMBER in read(line.text)] == []


@pytest.mark.parametrize("meaning", [row.meaning for row in KEYWORDS if row.within])
def test_what_patterns_look_for_is_found_and_ordinary_texts_are_not_taken_for_it(
    meaning: Meaning,
) -> None:
    said = [line for line in VARIATIONS if line.label == meaning]
    heard = {meaning, Meaning.SOUNDS_HARD} if meaning is Meaning.HARD_TIME else {meaning}
    missing = [line for line in said if heard.isdisjoint(read(line.text).says)]
    assert len(said) >= 300
    assert len(missing) <= 0.02 * len(said), missing
    ordinary = [line for line in VARIATIONS if line.label in ("free", "glance", "help", "start")]
    taken = [line for line in ordinary if meaning in read(line.text)]
    assert len(taken) <= 0.005 * len(ordinary), taken


@pytest.mark.parametrize("label", ["self-harm", "overdose", "violence", "withdrawal", "danger"])
def test_most_crises_get_the_class_that_a_human_gave_them(label: str) -> None:
    lines = [line for line in VARIATIONS if line.label == label]
    same = [line for line in lines if read(line.text).crisis == label]
    assert len(same) >= 0.95 * len(lines)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("stop", "stop"),
        ("please stop", "stop"),
        ("stop texting me", "stop"),
        ("stop texting me", "texting"),
        ("stop messaging me", "messaging"),
        ("unsubscribe", "unsubscribe"),
        ("cancel", "cancel"),
        ("remove me", "remove"),
        ("leave me alone", "alone"),
        ("wrong number", "wrong"),
        ("wrong number", "number"),
        ("cancelar", "cancelar"),
        ("basta", "basta"),
        ("no me escriban", "escriban"),
        ("no quiero mas mensajes", "mensajes"),
        ("numero equivocado", "equivocado"),
    ],
)
def test_one_slip_of_the_thumb_does_not_hide_an_opt_out(text: str, word: str) -> None:
    slips = list(mistyped(text, word))
    hidden = [slip for slip in slips if not ends_texts(slip)]
    assert hidden == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("i want to kill myself", "myself"),
        ("im suicidal", "suicidal"),
        ("thinking about suicide", "suicide"),
        ("i overdosed", "overdosed"),
        ("need an ambulance", "ambulance"),
        ("having seizures", "seizures"),
        ("in withdrawal", "withdrawal"),
        ("me quiero suicidar suicidio", "suicidio"),
        ("fue una sobredosis", "sobredosis"),
    ],
)
def test_one_slip_of_the_thumb_does_not_hide_danger(text: str, word: str) -> None:
    slips = list(mistyped(text, word))
    hidden = [slip for slip in slips if read(slip).crisis is None]
    assert len(hidden) <= 0.05 * len(slips), hidden
