"""The guardian of a container: it ends with its service, and with one that stands still."""

import os
import signal
import sys
import threading
import time

import pytest

from shared import guardian
from shared.guardian import EXIT_FROZEN, Guardian

FOR_EVER = [sys.executable, "-c", "import time; time.sleep(60)"]


class SetClock:
    """Each look takes a minute."""

    def __init__(self) -> None:
        self.moment = 0.0

    def __call__(self) -> float:
        self.moment += 60
        return self.moment


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guardian, "LOOK_SECONDS", 0.01)


@pytest.mark.parametrize("code", [0, 3])
def test_it_ends_as_its_service_ends(code: int) -> None:
    ends = [sys.executable, "-c", f"raise SystemExit({code})"]
    assert Guardian(ends, is_live=lambda: True).run() == code


def test_a_service_without_a_sign_of_life_is_killed() -> None:
    assert Guardian(FOR_EVER, is_live=lambda: False, clock=SetClock()).run() == EXIT_FROZEN


def test_a_slow_start_and_a_short_silence_are_waited_for() -> None:
    """Three looks without an answer in the time that a start may take, then one answer."""
    answers = iter([False, False, False, True])
    moments = iter([0.0, 5.0, 10.0, 59.0, 59.5])

    def live() -> bool:
        return next(answers, False)

    late = Guardian(FOR_EVER, is_live=live, clock=lambda: next(moments, 1_000.0))
    assert late.run() == EXIT_FROZEN
    assert next(answers, None) is None


def test_an_order_to_stop_reaches_the_service() -> None:
    def order() -> None:
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    threading.Thread(target=order).start()
    try:
        assert Guardian(FOR_EVER, is_live=lambda: True).run() == -signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, before)
