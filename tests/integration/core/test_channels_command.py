"""A channel that our own fault has stopped is started by a command, never by SQL."""

import subprocess
import sys

import asyncpg
import pytest

from deploy.local.environment import Site
from tests.world.engines import Engines

pytestmark = pytest.mark.timeout(60)


def typed(site: Site, *words: str) -> "subprocess.CompletedProcess[str]":
    """A verb of notifications, as it is typed."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "services.notifications", *words],
        env={**site.service("notifications"), "USER": "tester"},
        capture_output=True,
        text=True,
        check=False,
    )


def channels(site: Site, *words: str) -> tuple[int, list[str]]:
    """The verb's exit code and lines."""
    done = typed(site, "channels", *words)
    return done.returncode, done.stdout.splitlines()


async def test_a_command_that_needs_the_wiring_ends_without_a_complaint(engines: Engines) -> None:
    done = typed(await engines.new_site(), "dead-letters", "list")
    assert (done.stdout, done.stderr) == ("0 records wait\n", "")


async def test_a_stopped_channel_is_listed_and_started_once_and_the_audit_log_says_by_whom(
    engines: Engines,
) -> None:
    site = await engines.new_site()
    database = await asyncpg.connect(engines.postgres.url(site.databases["notifications"]))
    try:
        await database.execute("INSERT INTO stopped_channels VALUES ('sms', now(), 'our-fault')")
        code, lines = channels(site, "list")
        assert code == 0
        assert lines[0].startswith("sms stopped since ")
        assert lines[0].endswith(": our-fault")
        assert lines[-1] == "news was never read to its end"
        assert channels(site, "start", "sms")[0] == 2, "a reason is owed"
        mended = ("start", "sms", "--reason", "account mended")
        assert channels(site, *mended) == (0, ["sms goes on"])
        assert channels(site, *mended) == (1, ["sms was not stopped"])
        assert await database.fetchval("SELECT count(*) FROM stopped_channels") == 0
        noted = await database.fetch(
            "SELECT actor, detail FROM audit WHERE action = 'channel.started'"
        )
        assert [row["actor"] for row in noted] == ["operator:tester"]
        assert "account mended" in noted[0]["detail"]
    finally:
        await database.close()
