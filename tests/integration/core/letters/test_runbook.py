"""The runbook's entries on gaps and on clocks, typed as they stand there."""

import shlex
from uuid import uuid4

import pytest

from tests.architecture.tree import ROOT
from tests.integration.core.intake import Intake
from tests.integration.core.letters.waiting import in_order, letters_of
from tests.integration.core.wire import Wire, contact
from tests.world.system import until

pytestmark = pytest.mark.timeout(120)

OF_A_SERVICE = ".venv/bin/alongside run <service> "
VERBS = ("dead-letters", "clock")


def commands_of(title: str) -> list[str]:
    """What is to be typed, in its order, without what it answers."""
    text = (ROOT / "docs" / "runbook.md").read_text()
    entry = text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line.strip().removeprefix(OF_A_SERVICE) for line in entry.splitlines()]
    return [line for line in lines if line.startswith(VERBS)]


async def test_a_gap_is_found_and_accepted_as_the_runbook_says(intake: Intake, wire: Wire) -> None:
    coach, other = uuid4(), uuid4()
    await wire.put([contact(coach, 1), contact(coach, 3, language="fr"), contact(other, 1)])
    await intake.until_applied(other)
    letter = (await letters_of(intake, coach))[3]
    look, accept = commands_of("A gap does not heal")
    found = intake.command(*shlex.split(look))
    assert (found.returncode, letter in found.stdout) == (0, True)
    done = intake.command(*shlex.split(accept.replace("<record id>", letter)))
    assert (done.returncode, done.stdout) == (0, "accepted\n")
    await until(lambda: in_order(intake, coach, ["en", "fr"]), what="the key to go on")


async def test_a_clock_is_looked_at_and_confirmed_as_the_runbook_says(intake: Intake) -> None:
    async with intake.system.database("intake") as connection:
        await connection.execute(
            "UPDATE clock_seen SET last_seen_at = now() - interval '3 days', confirmed_at = NULL"
        )
    show, confirm = commands_of("A clock is not trusted")
    looked = intake.command(*shlex.split(show))
    assert (looked.returncode, "long_after_last_seen" in looked.stdout) == (1, True)
    assert intake.command(*shlex.split(confirm)).returncode == 0

    async def trusted() -> bool:
        return bool((await intake.ready())["clock"] == "trusted")

    await until(trusted, what="the clock to be trusted")
    assert intake.command(*shlex.split(show)).returncode == 0
