"""Figures for people: whole numbers, and times in their two largest units."""

import pytest

from services.matching.rules.figures import FIGURES, Unit, words_of


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 min"),
        (59.9, "0 min"),
        (61, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h 0 min"),
        (86_399, "23 h 59 min"),
        (86_400, "1 d 0 h"),
        (1_000_000, "11 d 13 h"),
        (None, "–"),
    ],
)
def test_a_time_is_told_in_its_two_largest_units(seconds: float | None, words: str) -> None:
    assert words_of(seconds, Unit.SECONDS) == words


def test_who_counts_nobody_reads_a_zero() -> None:
    assert words_of(None, Unit.PEOPLE) == "0"
    assert words_of(12.0, Unit.PEOPLE) == "12"


def test_a_figure_in_seconds_says_so_in_its_name() -> None:
    assert all(one.name.endswith("_seconds") == (one.unit is Unit.SECONDS) for one in FIGURES)
