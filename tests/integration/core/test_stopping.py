"""Told to stop, a service finishes what it has in hand, commits it, and says goodbye."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.core.intake import Intake
from tests.integration.core.wire import Wire, contact

pytestmark = pytest.mark.timeout(60)


def said(intake: Intake) -> list[dict[str, Any]]:
    """What the process has logged, line by line."""
    lines = [line for line in intake.system.logs().splitlines() if line.startswith("{")]
    return [json.loads(line) for line in lines]


async def test_a_service_that_is_told_to_stop_commits_what_is_settled_and_ends_well(
    intake: Intake, wire: Wire
) -> None:
    coach = uuid4()
    process = intake.system.programs["intake"]
    [offset] = await wire.put([contact(coach, 1)])
    await intake.until_applied(coach)
    process.stop()
    assert process.exit_code == 0
    assert said(intake)[-1] | {"timestamp": ""} == {
        "event": "stopped", "code": 0, "level": "info", "service": "intake", "timestamp": "",
    }  # fmt: skip
    assert await wire.committed("intake") == offset + 1
    process.start()
    process.wait_ready(60)
