"""Wrong guesses are slowed per address; nobody pays for somebody else's."""

from dataclasses import dataclass

import pytest
from fastapi import Request

from shared.webui.guess_limit import (
    MAX_ADDRESSES,
    MAX_FAILURES,
    WINDOW_SECONDS,
    GuessedAt,
    GuessLimit,
    TooManyGuessesError,
)


@dataclass(slots=True)
class Watch:
    """A clock that stands until a test moves it."""

    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


def request_from(address: str | None) -> Request:
    client = None if address is None else (address, 50_000)
    return Request({"type": "http", "client": client, "headers": []})


def guess(limit: GuessLimit, address: str | None, times: int) -> None:
    for _ in range(times):
        limit.was_wrong(request_from(address))


def is_refused(limit: GuessLimit, address: str | None) -> bool:
    try:
        limit.refuse_guessers(request_from(address))
    except TooManyGuessesError:
        return True
    return False


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def limit(watch: Watch) -> GuessLimit:
    return GuessLimit(GuessedAt.API_KEY, watch)


def test_the_last_allowed_guess_is_still_looked_up_and_the_next_is_not(limit: GuessLimit) -> None:
    guess(limit, "192.0.2.1", MAX_FAILURES - 1)
    assert not is_refused(limit, "192.0.2.1")
    guess(limit, "192.0.2.1", 1)
    assert is_refused(limit, "192.0.2.1")


def test_nobody_pays_for_the_guesses_of_another_address(limit: GuessLimit) -> None:
    guess(limit, "192.0.2.1", MAX_FAILURES)
    assert not is_refused(limit, "192.0.2.2")


def test_the_answer_says_when_to_come_back_and_then_it_is_open_again(
    limit: GuessLimit, watch: Watch
) -> None:
    guess(limit, "192.0.2.1", MAX_FAILURES)
    watch.seconds += WINDOW_SECONDS - 0.5
    with pytest.raises(TooManyGuessesError) as refused:
        limit.refuse_guessers(request_from("192.0.2.1"))
    assert refused.value.retry_seconds == 1
    watch.seconds += 0.5
    assert not is_refused(limit, "192.0.2.1")


def test_a_new_window_counts_from_zero(limit: GuessLimit, watch: Watch) -> None:
    guess(limit, "192.0.2.1", MAX_FAILURES)
    watch.seconds += WINDOW_SECONDS
    guess(limit, "192.0.2.1", MAX_FAILURES - 1)
    assert not is_refused(limit, "192.0.2.1")


def test_an_ipv6_network_is_one_guesser(limit: GuessLimit) -> None:
    for host in range(MAX_FAILURES):
        guess(limit, f"2001:db8:0:1::{host:x}", 1)
    assert is_refused(limit, "2001:db8:0:1:ffff::1")
    assert not is_refused(limit, "2001:db8:0:2::1")


def test_ipv4_addresses_written_as_ipv6_are_not_one_guesser(limit: GuessLimit) -> None:
    guess(limit, "::ffff:192.0.2.1", MAX_FAILURES)
    assert not is_refused(limit, "::ffff:192.0.2.2")


def test_a_client_without_an_address_is_counted_too(limit: GuessLimit) -> None:
    guess(limit, None, MAX_FAILURES)
    assert is_refused(limit, None)


def test_the_addresses_kept_in_mind_are_bounded(limit: GuessLimit) -> None:
    guess(limit, "192.0.2.1", MAX_FAILURES)
    for number in range(MAX_ADDRESSES - 1):
        guess(limit, f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 1)
    assert is_refused(limit, "192.0.2.1")
    guess(limit, "198.51.100.1", 1)
    assert not is_refused(limit, "192.0.2.1")
