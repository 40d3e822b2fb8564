"""The verb `parked`: a human decides what becomes of messages that no machine may decide."""

import argparse
import os
from dataclasses import fields
from uuid import UUID

from services.notifications.on.parked_message_decided import (
    Decision,
    NotDecidedError,
    parked_message_decided,
)
from services.notifications.rules.states import IllegalTransitionError
from services.notifications.settings import Settings
from services.notifications.store import parked
from services.notifications.store.parked import ParkedMessage
from shared.command import Verb, print_line
from shared.service import Core

MAX_LISTED = 500
MAX_REASON = 200

_MEANINGS = {
    Decision.SENT: "the recipient has it, or was told in another way",
    Decision.AGAIN: "the provider surely does not have it: ask every rule anew and send it",
    Decision.DROP: "nobody needs it any more",
}


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("list", help="what waits, the longest due first")
    show = acts.add_parser("show", help="what is known of one message; never its address or words")
    show.add_argument("message_id", type=UUID)
    for decision, meaning in _MEANINGS.items():
        act = acts.add_parser(decision.value, help=meaning)
        act.add_argument("message_id", type=UUID)
        act.add_argument("--reason", required=True, help="in words, for the audit; no names")
        act.add_argument("--actor", default=f"operator:{os.environ.get('USER', 'unknown')}")


async def _run(core: Core[Settings], asked: argparse.Namespace) -> int:
    match asked.act:
        case "list":
            async with core.database.read_connection() as connection:
                waiting = await parked.waiting(connection, limit=MAX_LISTED)
            for line in (*map(_line, waiting), f"{len(waiting)} messages wait"):
                print_line(line)
            return 0
        case "show":
            async with core.database.read_connection() as connection:
                message = await parked.find(connection, asked.message_id)
            print_line(_all_of(message) if message else "there is no such message")
            return 0 if message else 1
        case _:
            return await _decide(core, asked)


async def _decide(core: Core[Settings], asked: argparse.Namespace) -> int:
    decision, reason = Decision(asked.act), asked.reason[:MAX_REASON]
    try:
        async with core.database.transaction(actor=asked.actor) as tx:
            await parked_message_decided(tx, asked.message_id, decision, reason)
    except (NotDecidedError, IllegalTransitionError) as error:
        print_line(f"{error}; nothing was changed")
        return 1
    print_line(f"{asked.message_id}: {_MEANINGS[decision]}")
    return 0


def _line(message: ParkedMessage) -> str:
    to = f"{message.recipient_kind} {message.recipient_id}"
    due = f"due {message.due_at:%Y-%m-%d %H:%M} UTC"
    return f"{message.message_id}  {message.reason or '-':<20} {message.step:<26} {to}  {due}"


def _all_of(message: ParkedMessage) -> str:
    each = ((field.name, getattr(message, field.name)) for field in fields(message))
    return "\n".join(f"{name:<16} {_words(value)}" for name, value in each)


def _words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None else str(value)


PARKED = Verb("parked", "list, show or decide messages that wait for a human", _arguments, _run)
