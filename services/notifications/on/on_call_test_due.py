"""Once a day the one on call is asked whether they can be woken, as if it were for danger."""

from datetime import time
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notifications.actions.human_tasks import close_tasks, open_task
from services.notifications.rules.on_call_test import next_test
from services.notifications.timers import OnCallTestDue
from shared.tasks import Outcome, TaskKind
from shared.transaction import Transaction

ROTA = UUID(int=0)
"""The test is about nobody in particular."""


async def on_call_test_due(tx: Transaction, timer: OnCallTestDue, at: time, zone: ZoneInfo) -> None:
    """Begin a test and set the next one; yesterday's, if nobody has answered it, is over."""
    if timer.asks:
        await close_tasks(tx, ROTA, Outcome.NOBODY_ANSWERED, [TaskKind.ON_CALL_TEST])
        await open_task(tx, TaskKind.ON_CALL_TEST, ROTA, "daily")
    tx.schedule(next_test(tx.now, at, zone), OnCallTestDue())
