"""Text is kept as people wrote it, on one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.text import one_line, staff_name


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  José   María ", "José María"),
        ("sAM", "sAM"),
        ("Sam\r\nReply STOP", "Sam Reply STOP"),
        ("Sam\u202egro.elpmaxe", "Sam gro.elpmaxe"),
        (" \t\u2028 ", None),
        (None, None),
    ],
)
def test_a_name_keeps_its_letters_and_loses_what_breaks_a_line(
    written: str | None, kept: str | None
) -> None:
    assert one_line(written) == kept


@given(st.text())
def test_what_is_on_one_line_stays_so(written: str) -> None:
    line = one_line(written)
    assert one_line(line) == line
    assert line is None or (len(line.splitlines()) == 1 and line == line.strip())


@pytest.mark.parametrize("written", ["", "  ", "\u202e", "-", "42", None])
def test_whoever_answers_for_something_has_a_name_with_letters(written: str | None) -> None:
    assert staff_name(written) is None
    assert staff_name(f"Dana {written or ''}") is not None
