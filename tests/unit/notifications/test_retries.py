"""A try in vain is followed by a growing, spread wait, and a provider's own wish is kept."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.rules.retries import (
    FIRST_WAIT,
    MAX_RETRY_AFTER,
    MAX_WAIT,
    read_retry_after,
    wait_before_retry,
)

NOW = "Fri, 27 Nov 2026 03:00:00 GMT"
chances = st.floats(0, 1, exclude_max=True)


def seconds(wait: timedelta | None) -> float | None:
    return None if wait is None else wait.total_seconds()


def test_the_wait_doubles_up_to_its_limit() -> None:
    waits = [seconds(wait_before_retry(tried, 1.0)) for tried in range(8)]
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]


@given(st.integers(0, 40_000), chances)
def test_chance_spreads_the_wait_over_its_upper_half(tried: int, chance: float) -> None:
    shortest, longest = wait_before_retry(tried, 0.0), wait_before_retry(tried, 1.0)
    assert FIRST_WAIT / 2 <= shortest == longest / 2
    assert shortest <= wait_before_retry(tried, chance) <= longest <= MAX_WAIT


def test_two_messages_that_failed_together_do_not_come_back_together() -> None:
    assert wait_before_retry(3, 0.1) != wait_before_retry(3, 0.9)
    asked = timedelta(seconds=60)
    assert wait_before_retry(0, 0.1, asked=asked) != wait_before_retry(0, 0.9, asked=asked)


@given(st.integers(0, 300), chances, st.integers(0, 3600))
def test_nobody_comes_back_before_the_provider_wants_it(
    tried: int, chance: float, asked: int
) -> None:
    wish = timedelta(seconds=asked)
    assert wait_before_retry(tried, chance, asked=wish) >= wish
    assert wait_before_retry(tried, chance, asked=wish) <= max(wish + FIRST_WAIT, MAX_WAIT)


@pytest.mark.parametrize(
    ("header", "date", "wait"),
    [
        ("120", None, 120),
        (" 0 ", None, 0),
        ("999999999999999", None, MAX_RETRY_AFTER.total_seconds()),
        ("Fri, 27 Nov 2026 03:00:30 GMT", NOW, 30),
        ("Fri, 27 Nov 2026 02:00:00 GMT", NOW, 0),
        ("Sat, 28 Nov 2026 03:00:00 GMT", NOW, MAX_RETRY_AFTER.total_seconds()),
        ("Fri, 27 Nov 2026 03:00:30 -0000", NOW, 30),
        ("Fri, 27 Nov 2026 03:00:30 GMT", None, None),
        ("Fri, 27 Nov 2026 03:00:30 GMT", "noon", None),
        (None, NOW, None),
        ("soon", NOW, None),
        ("-5", NOW, None),
        ("1.5", NOW, None),
        ("٣", NOW, None),
    ],
)
def test_a_retry_after_is_seconds_or_a_date_and_never_longer_than_an_hour(
    header: str | None, date: str | None, wait: float | None
) -> None:
    assert seconds(read_retry_after(header, date)) == wait
