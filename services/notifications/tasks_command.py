"""The verb `tasks`: what waits for a human, oldest due first, for people and for scripts."""

import argparse
import json
import sys

from services.notifications.settings import Settings
from services.notifications.web.task_words import WORDS, how_soon
from shared import task_store
from shared.command import Verb
from shared.service import Core
from shared.tasks import RULES

MAX_LISTED = 1_000


def add_tasks(parser: argparse.ArgumentParser) -> None:
    """The option of `tasks`."""
    parser.add_argument("--json", action="store_true", help="one object per task, for scripts")


async def run_tasks(core: Core[Settings], verb: argparse.Namespace) -> int:
    """Print the open tasks: kinds, clocks and ids, never what somebody wrote. Returns 0."""
    async with core.database.transaction() as tx:
        tasks = await task_store.board(tx.connection, limit=MAX_LISTED)
        now = tx.now
    for task in tasks:
        role = RULES[task.kind].role
        if verb.json:
            line = json.dumps(
                {
                    "task_id": str(task.task_id),
                    "kind": task.kind,
                    "subject_id": str(task.subject_id),
                    "reason": task.reason,
                    "role": role,
                    "opened_at": task.opened_at.isoformat(),
                    "due_at": task.due_at.isoformat(),
                    "taken": task.taken_by is not None,
                }
            )
        else:
            taken = "taken" if task.taken_by else "free"
            due = how_soon(task.due_at, now)
            line = f"{task.task_id}  {due:<20} {taken:<6} {role:<11} {WORDS[task.kind].title}"
        sys.stdout.write(line + "\n")
    if not verb.json:
        sys.stdout.write(f"{len(tasks)} tasks wait for a human\n")
    return 0


TASKS = Verb("tasks", "what waits for a human, oldest due first", add_tasks, run_tasks)
