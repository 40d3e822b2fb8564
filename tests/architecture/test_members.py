"""Every member of an enum is named by some code, or comes from outside as a value."""

from collections.abc import Mapping

from tests.architecture.members import unnamed
from tests.architecture.not_here_yet import moves

VERDICTS_OF_SCREENING: Mapping[str, tuple[str, ...]] = {
    "services/intake/rules/states.py: Trigger": (
        "SCREENING_FINDS_GAPS",
        "SCREENING_FINDS_NOTHING_WRONG",
        "SCREENING_FINDS_NO_CONSENT",
        "SCREENING_REFUSES",
    ),
}
"""Moves of the first screening, whose verdict is the state itself."""

LISTED = {
    f"{enum}.{member}"
    for reason in (VERDICTS_OF_SCREENING, moves())
    for enum, members in reason.items()
    for member in members
}


def test_every_member_is_named_by_some_code_or_comes_as_a_value() -> None:
    """A move, by code that the wiring leads to; those of `not_here_yet` stand in README too."""
    assert set(unnamed()) - LISTED == set()


def test_no_member_is_listed_that_is_named_by_now() -> None:
    assert LISTED - set(unnamed()) == set()
