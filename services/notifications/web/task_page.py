"""The page of one task: what is needed to act on it, by what its viewer may see."""

import re
from dataclasses import dataclass
from typing import Any

from services.notifications.actions.address_book import AddressBook
from services.notifications.rules.by_hand import MAX_CHARACTERS
from services.notifications.store import alarms, parked
from services.notifications.web.task_words import (
    CALLS,
    LANGUAGES,
    NOBODY_KNOWN,
    OUTCOMES,
    WHY_NOT,
    WORDS,
    how_long_ago,
    how_soon,
)
from services.notifications.web.threads import Correspondent, correspondent_of, thread_with
from shared.events import StaffRole
from shared.signin.guard import SignedInStaff
from shared.task_store import Listed
from shared.tasks import ABOUT_SEARCHES, ABOUT_WORDS, RULES, Outcome, Role, TaskKind
from shared.transaction import Transaction

READ_CODES = (Outcome.ANSWERED, Outcome.CALLED, Outcome.PASSED_ON, Outcome.TEXT_READ)
"""What somebody who read a text has done about it."""


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """An answer as its writer left it, and what the page says of it."""

    words: str = ""
    problem: str = ""
    warnings: tuple[str, ...] = ()


EMPTY = Draft()


async def task_values(
    tx: Transaction,
    book: AddressBook,
    telling: re.Pattern[str],
    task: Listed,
    who: SignedInStaff,
) -> dict[str, Any]:
    """What the page shows of a task to its viewer."""
    reads = may_read(task, who)
    subject = tx.connection, book, task.subject_id
    them = await correspondent_of(*subject) if reads else None
    is_message = task.kind is TaskKind.MESSAGE_PARKED
    return {
        "task": task,
        "words": WORDS[task.kind],
        "closed": OUTCOMES[task.outcome] if task.outcome else None,
        "thread": await thread_with(*subject, telling) if reads else [],
        "them": them,
        "why_not": _why_not(them),
        "language": LANGUAGES.get(them.language.split("-")[0]) if them else None,
        "answer_id": tx.new_id(),
        "max_characters": MAX_CHARACTERS,
        "codes": [(code.value, OUTCOMES[code]) for code in READ_CODES],
        "message": await parked.find(tx.connection, task.subject_id) if is_message else None,
        "reads": reads,
        "acts": may_act(task, who),
        "rings": await alarms.rings(tx.connection, task.task_id),
        "log": await alarms.log_of(tx.connection, task.task_id),
        "calls": CALLS,
        "decided_elsewhere": task.kind in ABOUT_SEARCHES,
        "has_words": task.kind in ABOUT_WORDS,
        "who": who,
        "now": tx.now,
        "how_soon": how_soon,
        "how_long_ago": how_long_ago,
    }


def _why_not(them: Correspondent | None) -> str | None:
    if them is None:
        return NOBODY_KNOWN
    return WHY_NOT[them.why_not] if them.why_not else None


def may_act(task: Listed, who: SignedInStaff) -> bool:
    """Whether looking at the task's page is a look of somebody who can do something about it."""
    of_operation = RULES[task.kind].role is Role.OPERATOR
    return of_operation or StaffRole.SUPERVISOR in who.roles


def may_read(task: Listed, who: SignedInStaff) -> bool:
    """Whether this view may open what somebody wrote, and answer it."""
    return task.kind in ABOUT_WORDS and StaffRole.SUPERVISOR in who.roles
