"""A sign of life of a background loop, for the watchdog."""

import time


class Heartbeat:
    """The loop beats; `silent_for` tells how long it has not, in seconds of the steady clock."""

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
