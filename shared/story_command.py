"""The verb `story`: what a service knows of one referral, in order; codes and ids only."""

import argparse
import json
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from shared.command import Verb, print_line
from shared.db import Connection
from shared.service import Core
from shared.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened at a moment, or is to come then."""

    at: datetime
    what: str
    detail: str = ""
    is_to_come: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """A service's part: how the referral stands there, and what only this service can tell.

    `subjects` are the ids by which audit, timers, tasks and waiting records know it.
    """

    standing: Mapping[str, object]
    subjects: Sequence[UUID]
    lines: Sequence[Line] = ()


Find = Callable[[Core[S], Connection, str], Awaitable[Sequence[UUID]]]
"""What somebody types → the referrals that it may mean here."""
Tell = Callable[[Connection, UUID], Awaitable[Story | None]]


def story_verb(find: Find[S], tell: Tell) -> Verb[S]:
    """The verb of a service; `alongside story` puts the parts of all services together."""

    async def run(core: Core[S], asked: argparse.Namespace) -> int:
        async with core.database.transaction(actor=asked.actor) as tx:
            if asked.act == "find":
                found = await find(core, tx.connection, asked.text.strip())
                for referral_id in found:
                    print_line(json.dumps({"referral_id": str(referral_id)}))
                return 0 if found else 1
            story = await tell(tx.connection, asked.referral_id)
            if story is None:
                return 1
            lines = [*story.lines, *await _of_all(tx.connection, story.subjects)]
            tx.audit("story.told", "referral", asked.referral_id)
        print_line(_as_json({"standing": story.standing}))
        for line in sorted(lines, key=lambda line: line.at):
            print_line(_as_json(asdict(line)))
        return 0

    return Verb("story", "what is known of one referral, as lines of JSON", _arguments, run)


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    find = acts.add_parser("find", help="the referrals that a reference, id, number or coach means")
    find.add_argument("text")
    tell = acts.add_parser("tell", help="the story of one referral")
    tell.add_argument("referral_id", type=UUID)
    for act in (find, tell):
        act.add_argument("--actor", default=f"operator:{os.environ.get('USER', 'unknown')}")


def id_in(text: str) -> UUID | None:
    """The id that somebody typed, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


_AUDIT = """
    SELECT at, action AS what, actor || ' ' || detail AS detail
      FROM audit WHERE subject_id = ANY($1::uuid[]) AND action <> 'story.told'
     ORDER BY audit_id
"""
_TASKS = """
    SELECT opened_at, due_at, closed_at, kind, reason, outcome, closed_by
      FROM tasks WHERE subject_id = ANY($1::uuid[])
"""
_WAITING = """
    SELECT parked_at AS at, 'record.' || reason AS what,
           concat_ws(' ', topic, type, 'number', seq, error) AS detail
      FROM parked_records WHERE key = ANY($1::uuid[])
"""
_TIMERS = """
    SELECT due_at AS at, 'timer.' || kind AS what, concat_ws(' ', error) AS detail,
           true AS is_to_come
      FROM timers WHERE subject_id = ANY($1::uuid[])
"""


async def _of_all(connection: Connection, subjects: Sequence[UUID]) -> list[Line]:
    """What every service keeps in the same way."""
    asked = list(subjects)
    rows = [
        *await connection.fetch(_AUDIT, asked),
        *await connection.fetch(_WAITING, asked),
        *await connection.fetch(_TIMERS, asked),
    ]
    lines = [Line(**row) for row in rows]
    for task in await connection.fetch(_TASKS, asked):
        about = f"{task['kind']} {task['reason']}"
        lines.append(Line(task["opened_at"], "task.opened", about))
        if task["closed_at"] is None:
            lines.append(Line(task["due_at"], "task.due", about, is_to_come=True))
        else:
            end = f"{about} {task['outcome']} by {task['closed_by']}"
            lines.append(Line(task["closed_at"], "task.closed", end))
    return lines


def _as_json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, default=_text)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
