"""The heartbeat of a background loop, which the watchdog checks."""

import time

IDLE_SECONDS = 10.0
"""How long a loop waits that nobody wakes; then it looks for itself, whatever woke it so far."""


class Heartbeat:
    """The loop beats; `silent_for` says how many seconds ago it last did, by the steady clock."""

    def __init__(self, name: str, *, silent_after: float) -> None:
        self.name = name
        self.silent_after = silent_after
        self._last = time.monotonic()

    def beat(self) -> None:
        self._last = time.monotonic()

    @property
    def silent_for(self) -> float:
        return time.monotonic() - self._last

    @property
    def silent(self) -> bool:
        """True when the loop has not given a sign of life for too long."""
        return self.silent_for > self.silent_after
