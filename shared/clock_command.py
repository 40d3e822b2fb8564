"""The verb `clock`: what is wrong with the time, and a person's word that it is right."""

import argparse
import os
import sys
from uuid import UUID

from shared import clock_guard
from shared.clock_guard import ClockGuard, ClockState
from shared.transaction import Database

SUBJECT = UUID(int=0)
"""The clock is about nobody."""


def add_clock(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb and its acts to a service's command line."""
    clock = verbs.add_parser("clock", help="show why the clock is not trusted, or confirm it")
    acts = clock.add_subparsers(dest="act", required=True)
    acts.add_parser("show", help="the clocks, the last moment seen, and the verdict")
    confirm = acts.add_parser("confirm", help="the time shown is right: timers and texts go on")
    confirm.add_argument("--reason", required=True, help="in words, for the audit; no names")
    confirm.add_argument("--actor", default=f"operator:{os.environ.get('USER', 'unknown')}")


async def run_clock(database: Database, guard: ClockGuard, verb: argparse.Namespace) -> int:
    """Do what the command line says. Returns the exit code: 1 while the clock is not trusted."""
    actor = getattr(verb, "actor", None)
    async with database.transaction(actor=actor) as tx:
        reading = await guard.compare(tx.connection)
        _print(
            f"this machine  {reading.after:%Y-%m-%d %H:%M:%S} UTC",
            f"the database  {reading.database:%Y-%m-%d %H:%M:%S} UTC",
            f"last seen     {reading.last_seen:%Y-%m-%d %H:%M:%S} UTC"
            if reading.last_seen
            else "last seen     never",
            f"verdict       {guard.state.value}",
        )
        if verb.act == "show":
            return 0 if guard.state is ClockState.TRUSTED else 1
        if guard.state is ClockState.APART:
            _print("the two are more than 5 s apart: set the wrong one; nothing confirmed")
            return 1
        await clock_guard.confirm(tx.connection, reading.database)
        tx.audit("clock.confirmed", "clock", SUBJECT, reason=verb.reason[:200])
    _print("confirmed: what is due fires and goes out within a second or two")
    return 0


def _print(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
