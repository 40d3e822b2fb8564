"""Trees from outside: places in them, and what takes a value out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.json_tree import DEPTH, Json, Place, check, last_first, parse, take
from services.intake.rules.problems import Code
from services.intake.rules.reading import UnreadableError


@pytest.mark.parametrize(
    ("place", "left"),
    [
        (("a", 1), {"a": [1, 3], "b": {"c": 4}}),
        (("b", "c"), {"a": [1, 2, 3], "b": {}}),
        (("a",), {"b": {"c": 4}}),
        ((), {}),
    ],
)
def test_a_value_is_taken_out_of_its_place(place: Place, left: Json) -> None:
    tree: Json = {"a": [1, 2, 3], "b": {"c": 4}}
    assert take(tree, place)
    assert tree == left


@pytest.mark.parametrize(
    "place", [("x",), ("a", 3), ("a", "b"), ("b", 0), ("a", 9, "x"), ("b", "c", "d"), ("b", 1, "d")]
)
def test_nothing_is_taken_from_where_nothing_is(place: Place) -> None:
    tree: Json = {"a": [1, 2, 3], "b": {"c": 4}}
    assert not take(tree, place)
    assert tree == {"a": [1, 2, 3], "b": {"c": 4}}


def test_a_plain_value_has_no_places() -> None:
    assert not take(3, ())
    assert not take("text", ("a", "b"))


@given(st.sets(st.integers(0, 30)))
def test_taking_the_last_first_takes_exactly_what_was_named(indices: set[int]) -> None:
    tree: Json = {"list": list(range(31))}
    for place in last_first(("list", index) for index in indices):
        assert take(tree, place)
    assert tree == {"list": [n for n in range(31) if n not in indices]}


def nested(levels: int) -> Json:
    tree: Json = "leaf"
    for _ in range(levels):
        tree = [tree]
    return tree


def test_depth_is_counted_to_the_last_leaf() -> None:
    check(nested(DEPTH))
    with pytest.raises(UnreadableError) as caught:
        check(nested(DEPTH + 1))
    assert caught.value.problem.code is Code.TOO_DEEP


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse(b'\xef\xbb\xbf{"a": "\xc3\xa9"}', most_bytes=99) == {"a": "é"}


def test_the_limit_is_said_in_kib() -> None:
    with pytest.raises(UnreadableError, match="larger than 64 KiB"):
        parse(b" " * 65_537, most_bytes=65_536)
