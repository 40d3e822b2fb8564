"""Dates as FHIR writes them, in full or in part, and elements that are not what they should be."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.fhir.node import Node, covers, day_of, moment_of, started
from services.intake.rules.json_tree import Json

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-03-02", DAY),
        ("2026-03-02T23:30:00-08:00", DAY),
        ("2026-03", None),
        ("2026", None),
        ("2026-02-30", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_a_day_is_named_in_full_or_not_at_all(written: str | None, day: date | None) -> None:
    assert day_of(written) == day


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-03-02T10:00:00Z", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        (
            "2026-03-02T10:00:00.5-06:00",
            datetime(2026, 3, 2, 10, 0, 0, 500_000, timezone(timedelta(hours=-6))),
        ),
        ("2026-03-02T10:00:00", datetime(2026, 3, 2, 10, tzinfo=UTC)),
        ("2026-03-02T25:00:00Z", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-03", None),
        ("2026-02-30T10:00:00Z", None),
    ],
)
def test_a_moment_always_has_a_zone(written: str, moment: datetime | None) -> None:
    assert moment_of(written) == moment


def period(start: str | None = None, end: str | None = None) -> Node:
    tree: dict[str, Json] = {}
    if start is not None:
        tree["start"] = start
    if end is not None:
        tree["end"] = end
    return Node(tree)


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        (period(), True),
        (period("2026-03-02"), True),
        (period("2026-03-03"), False),
        (period(end="2026-03-02"), True),
        (period(end="2026-03-01"), False),
        (period("2026", "2026"), True),
        (period("2026-03", "2026-03"), True),
        (period("2026-04"), False),
        (period(end="2026-02"), False),
        (period("2026-13", "0000"), True),
        (period("2026-02-30"), True),
    ],
)
def test_a_period_covers_a_day_to_the_end_of_what_it_names(found: Node, holds: bool) -> None:
    assert covers(found, DAY) is holds


@given(st.dates(), st.dates(), st.dates())
def test_a_period_of_full_days_covers_what_lies_between(
    start: date, end: date, today: date
) -> None:
    found = period(start.isoformat(), end.isoformat())
    assert covers(found, today) == (start <= today <= end)
    assert started(found) == start


def test_a_period_without_a_start_began_before_all_others() -> None:
    assert started(period(end="2026")) == date.min
    assert started(period("2026")) == date(2026, 1, 1)
    assert started(period("2026-02")) == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("value", "whole"),
    [(12, 12), (12.0, 12), (12.5, None), (True, None), ("12", None), (None, None)],
)
def test_a_total_is_a_whole_number(value: Json, whole: int | None) -> None:
    assert Node({"value": value}).whole("value") == whole


def test_what_is_of_another_kind_reads_as_nothing() -> None:
    node = Node({"a": "  ", "b": 3, "c": ["x", "", 4, None], "d": [{}, 1]})
    assert [node.text(name) for name in "abx"] == [None, None, None]
    assert node.flag("b") is None
    assert (node.texts("b"), node.texts("c"), node.nodes("b")) == ([], ["x"], [])
    assert [found.tree for found in node.nodes("d")] == [{}]
    assert not node.node("c")
    assert node
