"""What a library says again and again is said once a minute, with how often it was."""

import logging

import pytest
import structlog
from structlog.testing import capture_logs

from shared import logs


class Steady:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def steady() -> Steady:
    return Steady()


@pytest.fixture
def library(steady: Steady) -> logging.Logger:
    logger = logging.Logger("aiokafka", logging.WARNING)
    logger.addHandler(logs._Library(logs.Repeats(steady)))
    return logger


def test_two_minutes_without_a_broker_are_a_few_lines(
    library: logging.Logger, steady: Steady
) -> None:
    with capture_logs() as said:
        for number in range(12_000):
            steady.seconds = number / 100
            library.error("Unable connect to node with id 1")
            library.warning("Heartbeat failed: coordinator dead")
    assert [(line["log_level"], line["count"]) for line in said] == [
        ("error", 1),
        ("warning", 1),
        ("error", 6000),
        ("warning", 6000),
    ]


def test_what_has_not_been_said_before_is_heard_at_once(
    library: logging.Logger, steady: Steady
) -> None:
    with capture_logs() as said:
        library.error("one")
        library.error("another")
        steady.seconds += 61
        library.error("one")
    assert [line["count"] for line in said] == [1, 1, 1]


def test_our_own_lines_about_an_outage_are_not_repeated_and_all_others_are(steady: Steady) -> None:
    repeats = logs.Repeats(steady)
    away = {"event": "broker_not_reached", "error": "KafkaConnectionError"}
    assert repeats(None, "warning", dict(away)) == {**away, "count": 1}
    for _ in range(58):
        steady.seconds += 1
        with pytest.raises(structlog.DropEvent):
            repeats(None, "warning", dict(away))
    another = {"event": "broker_not_reached", "error": "TimeoutError"}
    assert repeats(None, "warning", dict(another))["count"] == 1
    for _ in range(3):
        assert repeats(None, "error", {"event": "record_parked"}) == {"event": "record_parked"}
    steady.seconds += 2
    assert repeats(None, "warning", dict(away))["count"] == 59
