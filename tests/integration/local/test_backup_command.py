"""`alongside backup`, `restore` and `up --archive`, typed as the runbook says."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.integration.local.test_command import Alongside

pytestmark = pytest.mark.timeout(420)

NOTE = "INSERT INTO stopped_channels VALUES ('{}', now(), 'test')"
NOTED = "SELECT channel FROM stopped_channels ORDER BY channel"


@pytest.fixture
def alongside(scratch: Path) -> Iterator[Alongside]:
    alongside = Alongside(scratch / "home")
    yield alongside
    alongside("down")


def noted(alongside: Alongside) -> list[str]:
    return alongside("sql", "notifications", "-tA", "-c", NOTED).split()


def note(alongside: Alongside, channel: str) -> None:
    alongside("sql", "notifications", "-q", "-c", NOTE.format(channel))


@pytest.fixture
def backup(alongside: Alongside, scratch: Path) -> str:
    """A backup that knows one note, of an installation that archives its log."""
    backup, archive = str(scratch / "backup"), str(scratch / "archive")
    assert f"Log archive {archive}" in alongside("up", "--archive", archive)
    note(alongside, "sms")
    assert "Backed up intake, matching, notifications, vault as of" in alongside("backup", backup)
    return backup


def test_what_the_runbook_says(alongside: Alongside, backup: str) -> None:
    note(alongside, "email")
    moment = datetime.now(UTC).isoformat()
    alongside("sql", "notifications", "-q", "-c", "DELETE FROM stopped_channels")
    assert "Log archive" in alongside("status")
    archive = backup.removesuffix("backup") + "archive"
    assert "Everything is ready" in alongside("up", "--archive", archive), "as it is already"
    alongside("down")

    said = alongside("restore", backup, "--only", "notifications", "--yes")
    aside = re.search(r"replaced is kept: database (notifications-replaced-\S+)\. Delete it", said)
    assert aside is not None
    assert "alongside run notifications recover --dry-run" in said
    alongside("up")
    assert noted(alongside) == ["sms"]
    assert "nothing to recover" in alongside("run", "notifications", "recover", "--dry-run")
    assert "audit chain intact" in alongside("run", "notifications", "check")
    assert alongside("forget", aside[1]) == f"Deleted {aside[1]}.\n"
    alongside("down")

    said = alongside("restore", backup, "--to", moment, "--yes")
    assert "alongside run intake recover --dry-run" in said
    alongside("up")
    assert noted(alongside) == ["email", "sms"]
    alongside("down")

    alongside("reset", "--yes")
    alongside("restore", backup, "--yes")
    alongside("up", "--no-archive")
    assert noted(alongside) == ["sms"]
    assert "Log archive" not in alongside("status")


def test_what_cannot_be_done_is_said_with_the_way_out(alongside: Alongside, backup: str) -> None:
    assert "not empty" in alongside("backup", backup, expect=1)
    assert "alongside down" in alongside("up", "--no-archive", expect=1)
    assert "run `alongside down` first" in alongside("restore", backup, "--yes", expect=1)
    alongside("down")
    asked = alongside("restore", backup, expect=1)
    assert "This replaces all databases" in asked
    assert "say --yes when nobody can" in asked
    vault = alongside("restore", backup, "--only", "vault", expect=1)
    assert "the vault goes back with all" in vault
    assert "is no moment" in alongside("restore", backup, "--to", "yesterday", expect=1)
    assert "nothing is running" in alongside("backup", f"{backup}2", expect=1)
    assert "is not there" in alongside("restore", f"{backup}2", "--yes", expect=1)
    inside = str(alongside.home.folder / "archive")
    assert "lies inside" in alongside("up", "--archive", inside, expect=1)
