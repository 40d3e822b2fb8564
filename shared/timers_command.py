"""The verb `timers`: which ones fail again and again, and a person's word to try them anew."""

import argparse
import os
import sys
from uuid import UUID

from shared import timer_store
from shared.db import Row
from shared.transaction import Database


def add_timers(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb and its acts to a service's command line."""
    timers = verbs.add_parser("timers", help="list timers that fail, or try them anew")
    acts = timers.add_subparsers(dest="act", required=True)
    acts.add_parser("list", help="those that fail, the longest due first")
    again = acts.add_parser("again", help="the cause is mended: fire as soon as possible")
    again.add_argument("timer_id", type=int, nargs="?")
    again.add_argument("--all", action="store_true", help="every timer that fails")
    again.add_argument("--reason", required=True, help="in words, for the audit; no names")
    again.add_argument("--actor", default=f"operator:{os.environ.get('USER', 'unknown')}")


async def run_timers(database: Database, verb: argparse.Namespace) -> int:
    """Do what the command line says. Returns the exit code: 1 when there is no such timer."""
    if verb.act == "list":
        async with database.read_connection() as connection:
            rows = await timer_store.failing(connection)
        _print(*map(_line, rows), f"{len(rows)} timers fail")
        return 0
    if (verb.timer_id is None) != verb.all:
        _print("name one timer, or --all")
        return 2
    async with database.transaction(actor=verb.actor) as tx:
        ids = await timer_store.try_anew(tx.connection, verb.timer_id)
        for timer_id in ids:
            tx.audit("timer.tried_anew", "timer", UUID(int=timer_id), reason=verb.reason[:200])
    _print(f"{len(ids)} timers are tried anew within a second or two")
    return 0 if ids or verb.all else 1


def _line(row: Row) -> str:
    tries = f"{row['attempts'] + row['transient_tries']} tries"
    stuck = "stuck" if row["attempts"] >= timer_store.MAX_ATTEMPTS else "tried on"
    due = f"due {row['due_at']:%Y-%m-%d %H:%M} UTC"
    return f"{row['timer_id']:<10} {row['kind']:<26} {stuck:<9} {tries:<10} {row['error']}  {due}"


def _print(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
