"""The verb `dead-letters`: list, show, replay or discard parked records, singly or by class."""

import argparse
import os
import sys
from collections.abc import Sequence
from uuid import UUID

from shared.db import Row
from shared.errors import PermanentError
from shared.messaging.dead_letters import MAX_LISTED, Act, DeadLetters
from shared.messaging.parked import Reason


def add_dead_letters(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb and its acts to a service's command line."""
    letters = verbs.add_parser("dead-letters", help="list, show, replay or discard what waits")
    acts = letters.add_subparsers(dest="act", required=True)
    _filters(acts.add_parser("list", help="what waits, oldest first, never its content"))
    show = acts.add_parser("show", help="headers and size of one record")
    show.add_argument("record_id", type=UUID)
    acts.add_parser("gaps", help="keys that miss an event, and which one")
    for name, meaning in (
        ("replay", "handle again"),
        ("discard", "give up: the key goes on behind it"),
        ("accept-gap", "what is missing before it will never come: the key goes on with it"),
    ):
        act = acts.add_parser(name, help=meaning)
        act.add_argument("record_id", type=UUID, nargs="?")
        act.add_argument("--all", action="store_true", help="every record that the filters let by")
        act.add_argument("--dry-run", action="store_true", help="say what would be done")
        act.add_argument("--reason", required=True, help="in words, for the audit; no names")
        act.add_argument("--actor", default=f"operator:{os.environ.get('USER', 'unknown')}")
        _filters(act)


def _filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--waits", choices=[one.value for one in Reason], help="only these")
    parser.add_argument("--error", help="only records with this error code")


async def run_dead_letters(letters: DeadLetters, verb: argparse.Namespace) -> int:
    """Do what the command line says. Returns the exit code: 1 when something was not done."""
    if verb.act == "list":
        rows = await letters.list(reason=verb.waits, error=verb.error)
        _print(*map(_line, rows), f"{len(rows)} records wait")
        return 0
    if verb.act == "gaps":
        gaps = await letters.gaps()
        _print(*map(_gap, gaps), f"{len(gaps)} keys miss an event")
        return 0
    if verb.act == "show":
        shown = await letters.show(verb.record_id)
        _print(*(f"{name:<16} {value}" for name, value in shown.items()))
        return 0
    if (verb.record_id is None) != verb.all:
        _print("name one record, or --all with --waits or --error")
        return 2
    ids = [verb.record_id] if verb.record_id is not None else await _selected(letters, verb)
    if ids is None:
        _print("--all needs --waits or --error, so that nothing is taken along by mistake")
        return 2
    if verb.dry_run:
        _print(f"would {verb.act} {len(ids)} records; nothing was changed")
        return 0
    return await _each(letters, ids, verb)


async def _selected(letters: DeadLetters, verb: argparse.Namespace) -> Sequence[UUID] | None:
    if verb.waits is None and verb.error is None:
        return None
    if verb.act == "accept-gap":
        return [row["record_id"] for row in await letters.gaps()]
    rows = await letters.list(MAX_LISTED, reason=verb.waits, error=verb.error)
    return [row["record_id"] for row in rows]


async def _each(letters: DeadLetters, ids: Sequence[UUID], verb: argparse.Namespace) -> int:
    act, refused = Act(verb.actor, verb.reason[:200]), 0
    for record_id in ids:
        outcome = await _one(letters, record_id, act, verb.act)
        refused += outcome not in _DONE
        _print(outcome if verb.record_id is not None else f"{record_id}  {outcome}")
    return 1 if refused else 0


_DONE = ("applied", "discarded", "accepted")


async def _one(letters: DeadLetters, record_id: UUID, act: Act, verb: str) -> str:
    if verb == "replay":
        return await letters.replay(record_id, act)
    try:
        if verb == "accept-gap":
            await letters.accept_gap(record_id, act)
            return "accepted"
        await letters.discard(record_id, act)
    except PermanentError as error:
        return error.code
    return "discarded"


def _gap(row: Row) -> str:
    missing = f"{row['last_seq'] + 1}"
    if row["seq"] - 1 > row["last_seq"] + 1:
        missing += f" to {row['seq'] - 1}"
    since = f"since {row['parked_at']:%Y-%m-%d %H:%M} UTC"
    return f"{row['record_id']}  {row['topic']} key {row['key']} misses {missing}, {since}"


def _line(row: Row) -> str:
    where = f"{row['topic']}[{row['partition']}]@{row['record_offset']}"
    head = f"key {row['key'] or '-'} number {row['seq'] or '-'}"
    why = f"{row['reason']:<13} {row['error'] or '-':<24} {row['type'] or '?':<24}"
    since = f"since {row['parked_at']:%Y-%m-%d %H:%M} UTC"
    return f"{row['record_id']}  {why} {head}  {where}  {since}"


def _print(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
