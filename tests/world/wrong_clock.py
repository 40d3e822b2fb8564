"""A service whose clock is wrong: `python -m tests.world.wrong_clock <service> <seconds ahead>`."""

import asyncio
import importlib
import sys
from datetime import datetime, timedelta

from shared.clock import SystemClock
from shared.service import serve


class WrongClock(SystemClock):
    """The machine's clock, and a constant error."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return super().now() + self._ahead


if __name__ == "__main__":
    name, seconds = sys.argv[1:]
    service = importlib.import_module(f"services.{name}.wiring").SERVICE
    clock = WrongClock(timedelta(seconds=float(seconds)))
    sys.exit(asyncio.run(serve(service, service.settings.read(), clock)))
