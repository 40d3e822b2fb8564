import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.rules.follows import Who
from services.notifications.rules.inbound import Open, read
from services.notifications.rules.spelling import Speller, one_slip, read_words
from services.notifications.rules.tongue import understand

SPELLER = Speller.of(
    frozenset({"stop", "number", "texting"}),
    aliases={"txt": "text", "nomas": "no mas"},
    known=["step"],
)


def text_of(body: str) -> str:
    return read_words(body, speller=SPELLER, signs={"🛑": "stop"}).text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("STOP", "stop"),
        ("Stópp", "stop"),
        ("stoooooop", "stop"),
        ("s.t.o.p", "stop"),
        ("S T O P now", "stop now"),
        ("st\u200bop", "stop"),
        ("ｓｔｏｐ", "stop"),
        ("🛑", "stop"),
        ("step", "step"),
        ("txt", "text"),
        ("nomas", "no mas"),
        ("don't", "dont"),
        ("don´t", "dont"),
        ("don t", "dont"),
        ("numbre", "number"),
        ("opt-out", "opt out"),
        ("988", "988"),
        ("i a 1", "i a 1"),
        ("no más", "no mas"),
        ("niño", "nino"),
    ],
)
def test_a_text_is_read_as_plain_mended_words(typed: str, read: str) -> None:
    assert text_of(typed) == read


def test_clauses_are_cut_at_sentence_marks_and_emoji() -> None:
    words = read_words("Enough. Stop 😡 who is this?", speller=SPELLER, signs={})
    assert words.clauses == ("enough", "stop", "who is this")
    assert words.asks


@pytest.mark.parametrize("body", ["ok stop?", "ok stop? 😡", "stop ? ", "stop？"])
def test_a_question_mark_at_the_end_is_seen_through_what_follows_it(body: str) -> None:
    assert understand(body).asks


def test_a_question_mark_in_the_middle_does_not_make_a_question() -> None:
    assert not understand("who is this? stop").asks


@pytest.mark.parametrize("slip", ["sop", "sto", "top", "sttop", "stoop", "tsop", "stpo", "stip"])
def test_one_slip_is_an_added_missing_changed_or_swapped_letter(slip: str) -> None:
    assert one_slip(slip, "stop")
    assert one_slip("stop", slip)


@pytest.mark.parametrize("other", ["stop", "so", "spot", "tops", "stopper", "tpos"])
def test_more_than_one_slip_or_none_is_not_one(other: str) -> None:
    assert not one_slip(other, "stop")


@given(st.text(max_size=200))
def test_any_text_at_all_can_be_read(body: str) -> None:
    assert read(body, Who.PERSON, Open()).says
    assert understand(body).text == " ".join(understand(body).clauses)


@given(st.text(alphabet="stop ?!.🛑'", max_size=30))
def test_reading_does_not_depend_on_space_around_a_text(body: str) -> None:
    padded = read(f"  {body}\n", Who.PERSON, Open())
    assert padded == read(body, Who.PERSON, Open())
