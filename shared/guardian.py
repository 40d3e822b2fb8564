"""Watches one service from outside: `python -m shared.guardian <module> serve`.

A frozen process cannot notice that it is frozen, and a container's health check restarts nothing.
So the container runs this: it starts the service, asks its `/livez`, kills it when it gives no sign
of life, and ends when it ends, so that the container's supervisor starts both again.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

LOOK_SECONDS = 3.0
START_SECONDS = 60.0
"""How long the service may take until its first sign of life."""
FROZEN_SECONDS = 15.0
"""A service without a sign of life for this long is killed. The pauses of a healthy process are far
shorter; the service's own watchdog, which sees single loops, speaks through `/livez`."""
EXIT_FROZEN = 70


@dataclass(slots=True)
class Guardian:
    """Runs a command until it ends by itself, is told to end, or stops giving signs of life."""

    command: list[str]
    is_live: Callable[[], bool]
    clock: Callable[[], float] = time.monotonic

    def run(self) -> int:
        """The exit code of the command, or EXIT_FROZEN."""
        child = subprocess.Popen(self.command)  # noqa: S603 (our own module)

        def pass_on(number: int, _: FrameType | None) -> None:
            child.send_signal(number)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, pass_on)
        live_until = self.clock() + START_SECONDS
        while True:
            try:
                return child.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                if self.is_live():
                    live_until = self.clock() + FROZEN_SECONDS
                elif self.clock() > live_until:
                    return self._end(child)

    def _end(self, child: "subprocess.Popen[bytes]") -> int:
        sys.stderr.write(f"no sign of life for {FROZEN_SECONDS:.0f} s: {self.command} is killed\n")
        child.kill()
        child.wait()
        return EXIT_FROZEN


def answers(url: str) -> bool:
    """Whether the URL answers 200 within two seconds."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 (our own port)
            return bool(answer.status == 200)
    except OSError:
        return False


def main() -> int:
    """Guard `serve`; any other verb runs as it is."""
    module, *verb = sys.argv[1:]
    command = [sys.executable, "-m", module, *verb]
    if verb != ["serve"]:
        os.execv(sys.executable, command)  # noqa: S606 (our own module)
    port = os.environ[f"{module.rpartition('.')[2].upper()}_PORT"]
    return Guardian(command, lambda: answers(f"http://127.0.0.1:{port}/livez")).run()


if __name__ == "__main__":
    sys.exit(main())
