"""Clocks that a test sets, and a guard that believes them."""

from datetime import datetime, timedelta

from shared.clock import Clock
from shared.clock_guard import ClockGuard, ClockState
from shared.db import Connection


class TrustingGuard(ClockGuard):
    """For tests that play days in seconds: the database's clock does not follow theirs."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, timedelta(hours=1), state=ClockState.TRUSTED)

    async def trusts(self, connection: Connection, moment: datetime) -> bool:
        return True


class DoubtingGuard(ClockGuard):
    """For what has to stand still while nobody knows the time."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock, timedelta(hours=1), state=ClockState.APART)

    async def trusts(self, connection: Connection, moment: datetime) -> bool:
        return False
