from datetime import UTC, datetime, timedelta

import pytest

from services.matching.rules.pausing import PAUSE_DAYS, PAUSE_GRACE, paused_until
from services.notifications.web.task_words import WORDS
from shared.tasks import TaskKind

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
IN_WORDS = {2: "two days", 3: "three days", 4: "four days"}


@pytest.mark.parametrize("days", PAUSE_DAYS)
def test_a_pause_ends_so_many_days_later(days: int) -> None:
    assert paused_until(days, now=NOW) == NOW + timedelta(days=days)


@pytest.mark.parametrize("days", [-7, 0, 1, 8, 29, 10**9])
def test_a_length_that_the_page_does_not_offer_is_none(days: int) -> None:
    assert paused_until(days, now=NOW) is None


def test_a_supervisor_reads_for_how_long_the_coach_was_waited_for() -> None:
    said = WORDS[TaskKind.PAUSE_TO_REVIEW].act
    assert IN_WORDS[PAUSE_GRACE.days] in said
