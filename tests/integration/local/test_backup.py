import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from deploy.local import backup as backup_module
from deploy.local.backup_folder import BackupFolder
from deploy.local.errors import BackupError
from deploy.local.postgres import Postgres
from deploy.local.provision import SERVICES, VAULT
from tests.integration.local.installation import Installation, run, silent, words_at, write

pytestmark = pytest.mark.timeout(120)

BEATS = 400


@pytest.fixture
def installation(scratch: Path) -> Installation:
    return Installation(scratch / "home")


async def test_a_backup_is_whole_closed_to_others_and_says_what_is_in_it(
    installation: Installation,
) -> None:
    with installation.server as server:
        await installation.create(server)
        await write(server, "before")
        taken = await installation.backup(server)
    contents = taken.verify()
    assert contents.databases == {name: name for name in (*SERVICES, VAULT)}
    assert contents.postgres == "18.4"
    assert contents.topics is None, "there is no broker here"
    assert taken.path.stat().st_mode & 0o777 == 0o700
    assert {"key_encryption.key", "matching_audit.key"} <= {
        file.name for file in taken.secrets.iterdir()
    }
    open_to_others = [
        file
        for file in taken.path.rglob("*")
        if file.stat().st_mode & 0o077 and file.parent.name != "audit"
    ]
    assert open_to_others == []


async def test_all_databases_are_of_the_same_moment(installation: Installation) -> None:
    """Each word is written to one database after the other. A copy in which a later database has
    a word that an earlier one has not was taken of one after the other."""
    with installation.server as server:
        await installation.create(server)
        taking = asyncio.create_task(installation.backup(server))
        for number in range(BEATS):
            await write(server, f"{number:05d}", SERVICES)
            if taking.done() and number > 20:
                break
        taken = await taking
    await installation.restore(taken)
    with installation.server as server:
        counted = [len(await words_at(server.url(name))) for name in SERVICES]
    assert counted == sorted(counted, reverse=True)
    assert counted[0] - counted[-1] <= 1


@pytest.mark.parametrize(
    ("into", "said"),
    [("home/copies/one", "lies inside"), ("filled", "not empty"), ("a_file", "not empty")],
)
async def test_a_folder_that_cannot_take_a_backup_is_refused_and_left_alone(
    installation: Installation, scratch: Path, into: str, said: str
) -> None:
    (scratch / "filled").mkdir()
    (scratch / "filled" / "letter").write_text("mine")
    (scratch / "a_file").write_text("mine")
    server = installation.server
    with pytest.raises(BackupError, match=said):
        backup_module.take(
            server,
            installation.site(server),
            scratch / into,
            silent,
            forbidden=[installation.folder],
        )
    assert (scratch / "filled" / "letter").read_text() == "mine"
    assert (scratch / "a_file").read_text() == "mine"
    assert not (scratch / "home" / "copies").exists()


async def test_without_a_running_server_there_is_no_backup_and_no_folder(
    installation: Installation,
) -> None:
    with pytest.raises(BackupError, match=r"does not answer.*alongside up"):
        await installation.backup(installation.server)
    assert not installation.folder.with_name("backup").exists()


async def test_a_full_disk_is_said_before_anything_is_written(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup_module, "_SPARE_BYTES", 2**60)
    with installation.server as server:
        await installation.create(server)
        with pytest.raises(BackupError, match=r"MB left.*Free some space"):
            await installation.backup(server)
    assert not installation.folder.with_name("backup").exists()


async def test_a_copy_that_fails_leaves_nothing_behind(installation: Installation) -> None:
    with installation.server as server:
        await installation.create(server)
        await run(server.url(), "ALTER SYSTEM SET max_wal_senders = 0")
        server.stop()
        server.start()
        server.wait_ready()
        with pytest.raises(BackupError, match="pg_basebackup failed"):
            await installation.backup(server)
    assert not installation.folder.with_name("backup").exists()


@pytest.fixture
async def taken(installation: Installation) -> BackupFolder:
    with installation.server as server:
        await installation.create(server)
        return await installation.backup(server)


def _first(taken: BackupFolder, pattern: str) -> Path:
    return next(file for file in sorted(taken.path.glob(pattern)) if file.stat().st_size > 0)


async def test_every_kind_of_damage_is_found(taken: BackupFolder) -> None:
    for pattern in (
        "cluster/base/*/*",
        "cluster/global/pg_control",
        "cluster/backup_manifest",
        "cluster/pg_wal/0*",
        "secrets/key_encryption.key",
        "superuser.password",
    ):
        file = _first(taken, pattern)
        sound = file.read_bytes()
        file.write_bytes(sound[:-1])
        with pytest.raises(BackupError, match="not as it was written, so this backup is damaged"):
            taken.verify()
        file.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
        with pytest.raises(BackupError, match="not as it was written"):
            taken.verify()
        file.rename(file.with_name("elsewhere"))
        with pytest.raises(BackupError, match="is missing"):
            taken.verify()
        file.with_name("elsewhere").unlink()
        file.write_bytes(sound)
    taken.verify()


async def test_what_is_no_backup_or_of_another_version_is_named_as_that(
    taken: BackupFolder, scratch: Path
) -> None:
    with pytest.raises(BackupError, match="is not there"):
        BackupFolder(scratch / "nowhere").read()
    (scratch / "photos").mkdir()
    with pytest.raises(BackupError, match=r"not a backup: it has no backup\.json"):
        BackupFolder(scratch / "photos").read()
    file = taken.path / "backup.json"
    sound = json.loads(file.read_text())
    for wrong, said in (
        ("", "cannot be read"),
        ("[]", "backup format None"),
        (json.dumps(sound | {"format": 2}), "backup format 2; this version reads format 1"),
        (json.dumps(sound | {"postgres": "17.2"}), "made by PostgreSQL 17.2"),
        (json.dumps({"format": 1}), "is damaged"),
    ):
        file.write_text(wrong)
        with pytest.raises(BackupError, match=said):
            taken.read()


def test_the_embedded_verifier_still_cannot_be_used(installation: Installation) -> None:
    """As soon as it can, it replaces ours."""
    verifier = Postgres(installation.folder / "postgres").bin / "pg_verifybackup"
    assert subprocess.run([verifier, "--version"], check=False, capture_output=True).returncode != 0
