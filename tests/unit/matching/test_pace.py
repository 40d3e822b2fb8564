"""One clinic's referrals go to coaches at a pace, however many it sends at once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.matching.rules.pace import Pace, starts

NOW = datetime(2026, 3, 6, 15, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
paces = st.builds(
    Pace, at_once=st.integers(1, 6), every=st.integers(1, 30).map(lambda minutes: minutes * MINUTE)
)


def line(pace: Pace, gaps: list[int]) -> list[tuple[datetime, datetime]]:
    """Arrivals after these minutes, each with when its search begins."""
    found, now, free_at = [], NOW, NOW - 999 * MINUTE
    for gap in gaps:
        now += gap * MINUTE
        found.append((now, starts(pace, free_at=free_at, place=0, now=now)))
        free_at = max(free_at, now) + pace.every
    return found


@given(paces, st.lists(st.integers(0, 90), max_size=30))
def test_no_time_sees_more_searches_begin_than_the_pace_allows(pace: Pace, gaps: list[int]) -> None:
    begun = [start for _, start in line(pace, gaps)]
    for first, start in enumerate(begun):
        for last in range(first, len(begun)):
            number = last - first + 1
            assert number <= pace.at_once + (begun[last] - start) / pace.every


@given(paces, st.lists(st.integers(0, 90), max_size=30))
def test_a_search_begins_no_later_than_the_pace_demands_and_in_the_order_of_arrival(
    pace: Pace, gaps: list[int]
) -> None:
    found = line(pace, gaps)
    assert [start for _, start in found] == sorted(start for _, start in found)
    for place, (arrived, start) in enumerate(found):
        assert start >= arrived
        if start > arrived:
            assert place >= pace.at_once
            assert start == found[place - pace.at_once][1] + pace.every * pace.at_once or (
                start - pace.every <= found[place - 1][1]
            )


@given(paces, st.integers(0, 40), st.integers(-60, 600))
def test_those_that_come_together_are_spaced_like_those_that_come_one_by_one(
    pace: Pace, number: int, busy_for: int
) -> None:
    free_at = NOW + busy_for * MINUTE
    together = [starts(pace, free_at=free_at, place=place, now=NOW) for place in range(number)]
    alone = []
    for _ in range(number):
        alone.append(starts(pace, free_at=free_at, place=0, now=NOW))
        free_at = max(free_at, NOW) + pace.every
    assert together == alone
