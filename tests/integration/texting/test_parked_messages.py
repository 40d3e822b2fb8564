"""A message that waits for a human is listed, shown and decided by a command, never by SQL."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.integration.texting.scenes import NEVER_MET, faults
from tests.world.conversation import Conversation
from tests.world.system import System, until

pytestmark = pytest.mark.timeout(120)

REASON = "called instead"


def parked(world: System, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "services.notifications", "parked", *words],
        env=world.site.service("notifications"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


async def one_parked(world: System, talk: Conversation, number: int) -> str:
    """A text to a person whom the provider refuses for a reason that nobody has met before."""
    await faults(talk, {"fault": "refuse", "code": NEVER_MET, "to": f"+1539{2010000 + number:07d}"})
    referral = await talk.submit(number)

    async def found() -> str | None:
        async with world.database("notifications") as connection:
            message_id = await connection.fetchval(
                "SELECT message_id FROM messages WHERE referral_id = $1::uuid "
                "AND step = 'number_check' AND state = 'parked' AND reason = 'unknown-code'",
                referral,
            )
        return str(message_id) if message_id else None

    message_id: str = await until(found, what="the text to be parked")
    await faults(talk)
    return message_id


async def state_of(world: System, message_id: str) -> str:
    async with world.database("notifications") as connection:
        state = await connection.fetchval(
            "SELECT state FROM messages WHERE message_id = $1::uuid", message_id
        )
    return str(state)


async def noted(world: System, message_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Who did what with it, as the audit log says."""
    async with world.database("notifications") as connection:
        rows = await connection.fetch(
            "SELECT actor, action, detail FROM audit "
            "WHERE action LIKE 'message.parked_%' AND position($1 in detail) > 0",
            message_id,
        )
    return [(f"{actor} {action}", json.loads(detail)) for actor, action, detail in rows]


async def test_it_is_listed_and_shown_without_address_or_words(
    world: System, talk: Conversation
) -> None:
    message_id = await one_parked(world, talk, 310)
    listed = parked(world, "list")
    assert listed.returncode == 0, listed.stderr
    (line,) = [one for one in listed.stdout.splitlines() if one.startswith(message_id)]
    assert "unknown-code" in line
    assert "number_check" in line
    shown = parked(world, "show", message_id)
    assert shown.returncode == 0, shown.stderr
    known = dict(line.split(maxsplit=1) for line in shown.stdout.splitlines())
    assert (known["state"], known["reason"], known["channel"]) == ("parked", "unknown-code", "sms")
    assert "539" not in (listed.stdout + shown.stdout).replace(message_id, "")


@pytest.mark.parametrize(
    ("number", "act", "state"),
    [(311, "sent", "sent"), (312, "again", "delivered"), (313, "drop", "suppressed")],
)
async def test_a_human_decides_once_and_the_audit_log_says_who_and_why(
    world: System, talk: Conversation, number: int, act: str, state: str
) -> None:
    message_id = await one_parked(world, talk, number)
    words = (act, message_id, "--reason", REASON, "--actor", "operator:ana")
    done = parked(world, *words)
    assert done.returncode == 0, done.stderr

    async def reached() -> bool:
        return await state_of(world, message_id) == state

    await until(reached, what=f"state {state}")
    ((who_and_what, detail),) = await noted(world, message_id)
    assert who_and_what == f"operator:ana message.parked_{act}"
    assert detail["reason"] == REASON
    again = parked(world, *words)
    assert again.returncode == 1
    assert f"a message that is {state} cannot take" in again.stdout
    assert len(await noted(world, message_id)) == 1


async def test_what_cannot_be_decided_so_is_refused_and_stays(
    world: System, talk: Conversation
) -> None:
    message_id = await one_parked(world, talk, 314)
    assert parked(world, "drop", message_id).returncode == 2, "a reason is owed"
    unknown = parked(world, "drop", "00000000-0000-0000-0000-000000000000", "--reason", REASON)
    assert (unknown.returncode, "no such message" in unknown.stdout) == (1, True)
    async with world.database("notifications") as connection:
        await connection.execute(
            "UPDATE messages SET step = 'person_opt_out_confirmed' WHERE message_id = $1::uuid",
            message_id,
        )
    late = parked(world, "again", message_id, "--reason", REASON)
    assert (late.returncode, "within five minutes or never" in late.stdout) == (1, True)
    assert await state_of(world, message_id) == "parked"
