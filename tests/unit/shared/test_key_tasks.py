"""An event that cannot be read asks for a human; one that tells of danger, at any hour."""

from typing import cast
from uuid import UUID

import pytest

from shared.messaging.key_tasks import KeyTasks
from shared.messaging.parked import Reason
from shared.tasks import TaskKind
from shared.transaction import Transaction

KEY = UUID(int=7)


@pytest.mark.parametrize(
    ("event_type", "kind"),
    [
        ("safety.flagged", TaskKind.NEWS_OF_DANGER_UNREAD),
        ("referral.held", TaskKind.NEWS_OF_DANGER_UNREAD),
        ("referral.task_opened", TaskKind.NEWS_OF_DANGER_UNREAD),
        ("offer.made", TaskKind.NEWS_UNREAD),
        (None, TaskKind.NEWS_UNREAD),
    ],
)
async def test_a_key_that_stops_asks_for_a_human_as_urgently_as_its_event_may_be(
    event_type: str | None, kind: TaskKind
) -> None:
    opened = []

    async def open_task(_: Transaction, kind: TaskKind, subject: UUID, reason: str) -> None:
        opened.append((kind, subject, reason))

    async def close_tasks(*_: object) -> None:
        raise AssertionError("nothing is closed")

    tasks = KeyTasks(open_task, close_tasks)
    await tasks.stopped(cast(Transaction, None), KEY, event_type, Reason.FAILED)
    assert opened == [(kind, KEY, "failed")]
