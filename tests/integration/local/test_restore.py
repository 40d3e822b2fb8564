import asyncio
from pathlib import Path

import asyncpg
import pytest

from deploy.local import restore as restore_module
from deploy.local.backup_folder import BackupFolder
from deploy.local.errors import BackupError, NotReadyError
from deploy.local.provision import SERVICES, VAULT
from deploy.local.restore import require_whole
from tests.integration.local.installation import Installation, run, words, words_at, write

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def installation(scratch: Path) -> Installation:
    return Installation(scratch / "home")


@pytest.fixture
async def taken(installation: Installation) -> BackupFolder:
    """A backup with one word; the installation has another one after it."""
    with installation.server as server:
        await installation.create(server)
        await write(server, "before")
        _checkpoint(installation, "1 aa")
        backup = await installation.backup(server)
        await write(server, "since")
        _checkpoint(installation, "2 bb")
    return backup


def _checkpoint(installation: Installation, line: str) -> None:
    for name in SERVICES:
        (installation.folder / "audit" / f"{name}.checkpoints").write_text(line)


def _kept(installation: Installation) -> Path:
    (folder,) = installation.folder.glob("replaced-*")
    return folder


async def test_everything_goes_back_and_what_was_replaced_is_kept(
    installation: Installation, taken: BackupFolder
) -> None:
    key = installation.folder / "secrets" / "link.key"
    old_key = key.read_text()
    key.unlink()
    key.write_text("another")
    (installation.places.postgres / "migrated").write_text("of the newer one")
    await installation.restore(taken)
    assert key.read_text() == old_key
    assert not (installation.places.postgres / "migrated").exists()
    checkpoints = installation.folder / "audit" / "matching.checkpoints"
    assert checkpoints.read_text() == "2 bb", "it shows how far the log went"
    with installation.server as server:
        for name in (*SERVICES, VAULT):
            assert await words(server, name) == ["before"]
        await write(server, "again")
    kept = _kept(installation)
    assert (kept / "secrets" / "link.key").read_text() == "another"
    old = Installation(kept)
    with old.server as server:
        assert await words(server, "matching") == ["before", "since"]
    assert sorted(entry.name for entry in installation.folder.iterdir()) == [
        "audit",
        "postgres",
        kept.name,
        "secrets",
    ]


async def test_a_machine_that_has_nothing_gets_everything(
    taken: BackupFolder, scratch: Path
) -> None:
    fresh = Installation(scratch / "elsewhere")
    fresh.folder.mkdir()
    await fresh.restore(taken)
    with fresh.server as server:
        assert await words(server, VAULT) == ["before"]
        assert await words_at(fresh.site(server).database_url("intake", "intake_owner"))
    assert (fresh.folder / "audit" / "matching.checkpoints").read_text() == "1 aa"


async def test_checkpoints_of_another_installation_make_room(
    taken: BackupFolder, scratch: Path
) -> None:
    other = Installation(scratch / "other")
    with other.server as server:
        await other.create(server)
    _checkpoint(other, "9 of another key")
    await other.restore(taken)
    assert (other.folder / "audit" / "matching.checkpoints").read_text() == "1 aa"
    assert (_kept(other) / "audit" / "matching.checkpoints").read_text() == "9 of another key"


async def test_one_database_goes_back_with_owners_and_rights_and_the_others_stay(
    installation: Installation, taken: BackupFolder
) -> None:
    (installation.places.postgres / "migrated").write_text("of the newer one")
    done = await installation.restore(taken, only="matching")
    assert not (installation.places.postgres / "migrated").exists(), "it may need a migration"
    checkpoints = installation.folder / "audit"
    assert (checkpoints / "matching.checkpoints").read_text() == "2 bb"
    assert (checkpoints / "intake.checkpoints").read_text() == "2 bb"
    with installation.server as server:
        site = installation.site(server)
        for name in ("intake", "notifications", VAULT):
            assert await words(server, name) == ["before", "since"]
        as_service = site.database_url("matching", "matching")
        await run(as_service, "INSERT INTO words VALUES ('of the service')")
        assert await words_at(as_service) == ["before", "of the service"]
        as_owner = site.database_url("matching", "matching_owner")
        await run(as_owner, "ALTER TABLE words ADD COLUMN more text")
        await run(as_owner, "CREATE TABLE later (id int)")
        await run(as_service, "INSERT INTO later VALUES (1)")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(as_service, "TRUNCATE words")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await words_at(site.database_url("matching", "intake"))
        replaced = done.replaced[0].removeprefix("database ")
        assert await words(server, replaced) == ["before", "since"]


async def test_a_database_that_is_gone_altogether_comes_back(
    installation: Installation, taken: BackupFolder
) -> None:
    with installation.server as server:
        await run(server.url(), "DROP DATABASE notifications")
    done = await installation.restore(taken, only="notifications")
    assert done.replaced == ()
    with installation.server as server:
        assert await words(server, "notifications") == ["before"]
        assert await words(server, "intake") == ["before", "since"]


async def test_a_restore_can_be_repeated(installation: Installation, taken: BackupFolder) -> None:
    await installation.restore(taken, only="matching")
    await installation.restore(taken, only="matching")
    await installation.restore(taken)
    with installation.server as server:
        assert await words(server, "matching") == ["before"]


async def test_a_damaged_or_foreign_backup_changes_nothing(
    installation: Installation, taken: BackupFolder, scratch: Path
) -> None:
    other = Installation(scratch / "other")
    with other.server as server:
        await other.create(server)
    with pytest.raises(BackupError, match="made of another installation"):
        other.asked(taken, only="matching").check()
    with pytest.raises(BackupError, match=r"no databases here.*leave --only away"):
        Installation(scratch / "none").asked(taken, only="matching").check()
    (taken.cluster / "PG_VERSION").write_text("18 \n")
    with pytest.raises(BackupError, match=r"damaged\. Nothing was restored"):
        installation.asked(taken).check()
    with installation.server as server:
        assert await words(server, "matching") == ["before", "since"]
    assert list(installation.folder.glob("replaced-*")) == []


async def test_a_backup_that_does_not_start_changes_nothing(
    installation: Installation, taken: BackupFolder
) -> None:
    contents = installation.asked(taken).check()
    (taken.cluster / "global" / "pg_control").write_bytes(bytes(8192))
    with pytest.raises((BackupError, NotReadyError)):
        await asyncio.to_thread(installation.asked(taken).run, contents, print)
    with installation.server as server:
        assert await words(server, "matching") == ["before", "since"]
    assert not (installation.folder / "restoring").exists()


async def test_an_exchange_that_fails_half_way_is_undone(
    installation: Installation, taken: BackupFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.parts[-2:] == ("restoring", "data"):
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="Input/output"):
        await installation.restore(taken)
    monkeypatch.undo()
    require_whole(installation.folder)
    assert (installation.folder / "audit" / "matching.checkpoints").read_text() == "2 bb"
    with installation.server as server:
        assert await words(server, "matching") == ["before", "since"]


async def test_a_start_is_refused_after_a_restore_was_killed_half_way(
    installation: Installation, taken: BackupFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (installation.folder / "restore-unfinished").touch()
    with pytest.raises(BackupError, match=r"interrupted.*alongside restore"):
        require_whole(installation.folder)
    await installation.restore(taken)
    require_whole(installation.folder)


async def test_a_full_disk_is_said_before_anything_is_copied(
    installation: Installation, taken: BackupFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore_module, "_SPARE_BYTES", 2**60)
    with pytest.raises(BackupError, match=r"MB left.*Free some space"):
        installation.asked(taken).check()
