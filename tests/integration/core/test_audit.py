"""The audit log is tampered with while the service writes it: each trace is found, or it stops."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from tests.integration.core.intake import Intake
from tests.world.system import checkpoints, until

pytestmark = pytest.mark.timeout(120)

_ACT = """
    INSERT INTO audit (at, actor, action, subject_kind, subject_id, detail, correlation_id)
    VALUES (clock_timestamp(), 'system:tests', 'tests.act', 'tests', $1, '{}', $1)
"""
_UNLINKED = """
    SELECT count(*) FROM audit AS a
     WHERE NOT EXISTS (SELECT FROM audit_links AS l WHERE l.audit_id = a.audit_id)
"""


_CUT = """
    CREATE TEMP TABLE cut ON COMMIT DROP AS
        SELECT link_no FROM audit_checkpoints ORDER BY link_no DESC OFFSET 3 LIMIT 1;
    DELETE FROM audit WHERE audit_id IN (SELECT audit_id FROM audit_links, cut
                                          WHERE audit_links.link_no > cut.link_no);
    DELETE FROM audit_links USING cut WHERE audit_links.link_no > cut.link_no;
    DELETE FROM audit_checkpoints USING cut WHERE audit_checkpoints.link_no > cut.link_no;
"""
_ADD = """
    INSERT INTO audit (audit_id, at, actor, action, subject_kind, subject_id, detail,
                       correlation_id)
    OVERRIDING SYSTEM VALUE
    VALUES ($1, clock_timestamp() - $3::interval, 'clinic:x', 'referral.viewed', 'referral', $2,
            '{}', $2)
"""


async def act(intake: Intake) -> None:
    async with intake.system.database("intake") as connection:
        await connection.execute(_ACT, uuid4())


async def sealed(intake: Intake, *, within: float = 20.0) -> None:
    """Everything is linked, and the file knows the newest checkpoint."""

    async def all_linked() -> bool:
        async with intake.system.database("intake") as connection:
            unlinked = await connection.fetchval(_UNLINKED)
            newest = await connection.fetchval("SELECT max(link_no) FROM audit_checkpoints")
        lines = file_of(intake).read_text().splitlines() if file_of(intake).is_file() else []
        return unlinked == 0 and bool(lines) and str(newest) in lines[-1].split()

    await until(all_linked, seconds=within, what="every row to be sealed")


async def acts(intake: Intake, count: int = 4) -> None:
    """Each in a checkpoint of its own."""
    for _ in range(count):
        await act(intake)
        await sealed(intake)


def file_of(intake: Intake) -> Path:
    return checkpoints(intake.system.site, "intake")


@contextmanager
def changed(file: Path, change: Callable[[list[str]], str]) -> Iterator[None]:
    """The file with its lines changed, and then as it was."""
    before = file.read_text()
    file.write_text(change(before.splitlines(keepends=True)))
    try:
        yield
    finally:
        file.write_text(before)


def signed_otherwise(line: str) -> str:
    number, _, signature = line.strip().partition(" ")
    return f"{number} {signature[::-1]}\n"


CHANGES: dict[str, Callable[[list[str]], str]] = {
    "signed_twice": lambda lines: "".join([*lines[:-1], signed_otherwise(lines[-2]), lines[-1]]),
    "checkpoint_file_shorter": lambda lines: "".join(lines[:-2]),
    "line_damaged": lambda lines: "".join([*lines[:-2], "not a checkpoint\n", *lines[-2:]]),
}


@pytest.mark.parametrize("reason", CHANGES)
async def test_a_changed_file_is_found(intake: Intake, reason: str) -> None:
    await acts(intake)
    with changed(file_of(intake), CHANGES[reason]):
        found = intake.command("check")
    assert found.returncode == 1
    assert reason in found.stdout
    assert intake.command("check").returncode == 0


async def test_a_missing_file_is_found_and_not_made_anew(intake: Intake) -> None:
    await acts(intake)
    file = file_of(intake)
    file.rename(file.with_suffix(".away"))
    await act(intake)
    await until_stopped(intake)
    found = intake.command("check")
    assert not file.exists()
    assert found.returncode == 1
    assert "checkpoint_file_missing" in found.stdout
    file.with_suffix(".away").rename(file)
    await goes_on(intake)


async def test_a_torn_line_is_no_tampering_and_is_completed(intake: Intake) -> None:
    await acts(intake)
    file = file_of(intake)
    whole = file.read_text()
    intake.system.programs["intake"].stop()
    file.write_text(whole[:-20])
    torn = intake.command("check")
    assert torn.returncode == 0
    assert "cut off by a crash" in torn.stdout
    file.write_text(whole[:-20] + "zz")
    assert "line_damaged" in intake.command("check").stdout
    file.write_text(whole[:-20])
    intake.system.start(["intake"])
    await goes_on(intake)
    assert file.read_text().startswith(whole)


_BEHIND = {
    "below all others": (-20_000, timedelta()),
    "in a gap, dated back": (None, timedelta(days=1)),
}


@pytest.mark.parametrize("where", _BEHIND)
async def test_a_row_that_is_added_behind_the_chain_is_found(intake: Intake, where: str) -> None:
    await acts(intake, 2)
    number, age = _BEHIND[where]
    async with intake.system.database("intake") as connection:
        if number is None:
            number = await connection.fetchval("SELECT nextval('audit_audit_id_seq')")
            await acts(intake, 1)
        await connection.execute(_ADD, number, uuid4(), age)
        await act(intake)
        found = await until_found(intake)
        assert "row_added" in found
        await connection.execute(
            "SET session_replication_role = replica; DELETE FROM audit WHERE actor = 'clinic:x'"
        )
    await goes_on(intake)


async def until_found(intake: Intake) -> str:
    async def broken() -> str:
        found = intake.command("check")
        return found.stdout if found.returncode else ""

    return str(await until(broken, what="the check to find it"))


async def test_links_that_are_cut_stop_the_sealing_until_a_person_accepts(intake: Intake) -> None:
    await acts(intake)
    async with intake.system.database("intake") as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(_CUT)
    for _ in range(3):
        await act(intake)
    await until_stopped(intake)
    found = intake.command("check")
    assert found.returncode == 1
    assert "cut_off" in found.stdout
    assert intake.command("check", "--accept", "looked into, see the incident").returncode == 0
    await goes_on(intake)
    checked = intake.command("check")
    assert checked.returncode == 0
    assert "accepted the chain as it stood 1 times" in checked.stdout


async def test_a_file_that_cannot_be_written_stops_the_sealing_and_alerts(intake: Intake) -> None:
    await acts(intake)
    file = file_of(intake)
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    for _ in range(3):
        await act(intake)
    await until_stopped(intake)
    async with intake.system.database("intake") as connection:
        assert await connection.fetchval(_UNLINKED) >= 2
    assert "audit_sealing_stopped" in intake.system.logs()
    file.rmdir()
    file.with_suffix(".away").rename(file)
    await goes_on(intake)


async def until_stopped(intake: Intake) -> None:
    async def stopped() -> bool:
        return await intake.metric("alongside_audit_sealing_stopped") == 1.0

    await until(stopped, what="the sealing to stop")


async def goes_on(intake: Intake) -> None:
    await act(intake)
    await sealed(intake, within=30)
    assert await intake.metric("alongside_audit_sealing_stopped") == 0.0
    assert intake.command("check").returncode == 0
