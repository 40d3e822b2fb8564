import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from deploy.local.backup_folder import BackupFolder
from deploy.local.errors import BackupError
from deploy.local.postgres import Postgres
from deploy.local.recovered import Target, system_of
from deploy.local.wal_archive import WalArchive
from tests.integration.local.installation import Installation, run, until_archived, words, write
from tests.world.system import until

pytestmark = pytest.mark.timeout(240)

FOLDER = "log's 100% archive"
"""What a shell or PostgreSQL could take for its own."""


@pytest.fixture
def installation(scratch: Path) -> Installation:
    archive = WalArchive(scratch / FOLDER)
    archive.open(None)
    return Installation(scratch / "home", archive)


async def _now(server: Postgres) -> datetime:
    """A moment between what was committed before and what will be after."""
    await asyncio.sleep(0.05)
    moment = datetime.now(UTC)
    await asyncio.sleep(0.05)
    return moment


async def _begun(installation: Installation, server: Postgres) -> BackupFolder:
    await installation.create(server)
    await write(server, "1 before")
    assert installation.archive is not None
    installation.archive.belongs_to(system_of(installation.places.data) or "")
    return await installation.backup(server)


async def test_the_state_of_a_moment_comes_back_also_of_what_was_not_archived_yet(
    installation: Installation,
) -> None:
    archive = installation.archive
    with installation.server as server:
        backup = await _begun(installation, server)
        await write(server, "2 archived")
        await until_archived(server)
        await write(server, "3 not archived")
        moment = await _now(server)
        await write(server, "4 too late")
        await run(server.url("matching"), "DELETE FROM words")
        server.kill()
    target = Target(archive, moment)
    await installation.restore(backup, target=target)
    with installation.server as server:
        for name in ("intake", "matching", "vault"):
            assert await words(server, name) == ["1 before", "2 archived", "3 not archived"]
        await write(server, "5 goes on")


async def test_one_database_goes_back_to_a_moment(installation: Installation) -> None:
    with installation.server as server:
        backup = await _begun(installation, server)
        await write(server, "2 wanted")
        moment = await _now(server)
        await write(server, "3 too late")
    before = {file.name for file in installation.archive.folder.iterdir()}  # type: ignore[union-attr]
    target = Target(installation.archive, moment)
    await installation.restore(backup, only="matching", target=target)
    with installation.server as server:
        assert await words(server, "matching") == ["1 before", "2 wanted"]
        assert await words(server, "intake") == ["1 before", "2 wanted", "3 too late"]
        await until_archived(server)
    after = {file.name for file in installation.archive.folder.iterdir()}  # type: ignore[union-attr]
    assert not any(name.endswith(".history") for name in after), "the scratch copy archives nothing"
    assert after > before, "the present one goes on archiving"


async def test_the_disk_is_lost_and_the_archive_has_all_that_was_archived(
    installation: Installation, scratch: Path
) -> None:
    with installation.server as server:
        backup = await _begun(installation, server)
        await write(server, "2 archived")
        await until_archived(server)
    fresh = Installation(scratch / "new machine", installation.archive)
    fresh.folder.mkdir()
    await fresh.restore(backup, target=Target(installation.archive, to_end=True))
    with fresh.server as server:
        assert await words(server, "notifications") == ["1 before", "2 archived"]


async def test_histories_after_several_restores_stay_apart(installation: Installation) -> None:
    """Each restore begins a timeline. The newest is followed, unless another one is named."""
    archive = installation.archive
    assert archive is not None
    with installation.server as server:
        backup = await _begun(installation, server)
        await write(server, "2 first")
        fork = await _now(server)
        await write(server, "3 first")
        await until_archived(server)
        abandoned = await _now(server)
        await write(server, "4 first")
        await until_archived(server)
    await installation.restore(backup, target=Target(archive, fork))
    with installation.server as server:
        await write(server, "3 second")
        await until_archived(server)
        later = await _now(server)
        await write(server, "4 second")
        await until_archived(server)
    await installation.restore(backup, target=Target(archive, later))
    with installation.server as server:
        assert await words(server, "matching") == ["1 before", "2 first", "3 second"]
        await until_archived(server)
    target = Target(archive, abandoned, timeline="1")
    await installation.restore(backup, target=target)
    with installation.server as server:
        assert await words(server, "matching") == ["1 before", "2 first", "3 first"]
        await until_archived(server)
    assert {file.name for file in archive.folder.glob("*.history")} == {
        "00000002.history",
        "00000003.history",
        "00000004.history",
    }


async def test_a_restore_without_a_moment_begins_a_timeline_too(
    installation: Installation,
) -> None:
    """Otherwise the restored server would archive other contents under names that are taken."""
    with installation.server as server:
        backup = await _begun(installation, server)
        await write(server, "2 since")
        await until_archived(server)
    for _ in range(2):
        await installation.restore(backup)
        with installation.server as server:
            assert await words(server, "matching") == ["1 before"]
            await write(server, "2 another")
            await until_archived(server)
            await run(server.url("matching"), "DELETE FROM words WHERE word = '2 another'")


async def test_a_segment_is_never_overwritten_and_an_equal_one_counts_as_done(
    installation: Installation,
) -> None:
    archive = installation.archive
    assert archive is not None
    with installation.server as server:
        await until_archived(server)
        connection = await asyncpg.connect(server.url())
        name = await connection.fetchval("SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
        taken = archive.folder / name
        taken.write_bytes(b"of somebody else")
        await connection.execute("SELECT txid_current()")
        await connection.execute("SELECT pg_switch_wal()")
        failed = "SELECT failed_count FROM pg_stat_archiver"
        await until(lambda: connection.fetchval(failed), what="a try that fails")
        assert taken.read_bytes() == b"of somebody else"
        segment = installation.places.data / "pg_wal" / name
        taken.write_bytes(segment.read_bytes())
        archived = "SELECT last_archived_wal >= $1 FROM pg_stat_archiver"
        await until(lambda: connection.fetchval(archived, name), seconds=90, what="the next try")
        await connection.close()
    assert [file.name for file in archive.folder.glob("*.part")] == []


async def test_a_moment_that_cannot_be_reached_is_refused_with_the_reason(
    installation: Installation,
) -> None:
    archive = installation.archive
    with installation.server as server:
        early = datetime.now(UTC)
        backup = await _begun(installation, server)
        await write(server, "2 since")
        await until_archived(server)
        late = await _now(server)
    for target, said in (
        (Target(archive, early), "before this backup was finished"),
        (Target(archive, datetime.now(UTC) + timedelta(hours=1)), "still to come"),
        (Target(None, late), "name it with --archive"),
        (Target(WalArchive(installation.folder), late), "is no archive"),
    ):
        with pytest.raises(BackupError, match=said):
            installation.asked(backup, target=target).check()
    for target, said in (
        (Target(archive, late), "the archive ends before that moment"),
        (Target(archive, late, timeline="7"), "does not have that timeline"),
    ):
        with pytest.raises(BackupError, match=said):
            await installation.restore(backup, target=target)
    with installation.server as server:
        assert await words(server, "matching") == ["1 before", "2 since"]


def test_an_archive_belongs_to_one_installation(scratch: Path) -> None:
    archive = WalArchive(scratch / "archive")
    archive.open(None)
    archive.belongs_to("1234")
    archive.open("1234")
    with pytest.raises(BackupError, match="of another installation"):
        archive.open("5678")
    (scratch / "photos").mkdir()
    (scratch / "photos" / "one.jpg").touch()
    with pytest.raises(BackupError, match="is no archive"):
        WalArchive(scratch / "photos").open("1234")
