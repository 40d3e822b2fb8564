"""Taking a backup of a running installation: all databases at one moment, with their keys.

The databases are one PostgreSQL cluster, so a base backup holds them all as they were at the same
moment. Dumps of one database after another would not: counters and inboxes would disagree.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypeAlias

import asyncpg
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from deploy.kafka.topics import declared
from deploy.local.backup_folder import FORMAT, BackupFolder, Contents
from deploy.local.child import QUIET_ENVIRONMENT
from deploy.local.environment import Site
from deploy.local.errors import BackupError
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import SUPERUSER, Postgres

Say: TypeAlias = Callable[[str], None]
"""Takes a line of progress."""

_SPARE_BYTES: Final = 256 * 1024**2
"""For the WAL that is written while the backup runs."""

_MB: Final = 1024**2

_ABOUT = """
    SELECT (SELECT system_identifier::text FROM pg_control_system()),
           current_setting('server_version'),
           (SELECT sum(pg_database_size(oid))::bigint FROM pg_database)
"""


def take(
    server: Postgres, site: Site, into: Path, say: Say, *, forbidden: Iterable[Path] = ()
) -> Contents:
    """Back up the running `server` and the secrets of `site` into the folder `into`, and verify.

    `into` must be absent or empty, and outside the `forbidden` folders. Raises BackupError;
    what was written until then is removed.
    """
    _require_usable(into, forbidden)
    try:
        system, postgres, size = asyncio.run(_about(server))
    except (OSError, asyncpg.PostgresError) as error:
        raise BackupError(
            f"PostgreSQL does not answer ({error}), and a backup is taken of a running one: "
            "start it with `alongside up`."
        ) from error
    _require_space(into, size + _SPARE_BYTES)
    backup = BackupFolder(into)
    with _whole_or_nothing(into):
        began_at = datetime.now(UTC)
        say(f"Copying {', '.join(site.databases)} ({size // _MB} MB) …")
        _copy(server, site, backup)
        finished_at = datetime.now(UTC)
        contents = Contents(
            format=FORMAT,
            alongside=version("alongside"),
            postgres=postgres,
            system=system,
            began_at=began_at,
            finished_at=finished_at,
            databases=dict(site.databases),
            topics=asyncio.run(_ends_of_topics(site.bootstrap_servers)),
            files=backup.checksums(),
        )
        backup.write(contents)
        say("Verifying every file …")
        backup.verify()
        os.sync()
    return contents


@contextmanager
def _whole_or_nothing(into: Path) -> Iterator[None]:
    existed = into.is_dir()
    try:
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        into.chmod(0o700)
        yield
    except BaseException as error:
        _remove(into, whole=not existed)
        if isinstance(error, OSError):
            raise BackupError(f"{into} cannot be written ({error}). Nothing was kept.") from error
        raise


def _copy(server: Postgres, site: Site, backup: BackupFolder) -> None:
    shutil.copytree(site.folder / "secrets", backup.secrets)
    shutil.copy(server.folder / "superuser.password", backup.superuser_password)
    _copy_cluster(server, backup.cluster)
    # After the databases: a file of checkpoints that knows less than its database counts as cut.
    shutil.copytree(site.folder / "audit", backup.audit)
    for part in (backup.audit, backup.secrets):
        part.chmod(0o700)


def _require_usable(into: Path, forbidden: Iterable[Path]) -> None:
    for folder in forbidden:
        if into.resolve().is_relative_to(folder.resolve()):
            raise BackupError(
                f"{into} lies inside {folder}, which a reset deletes and a restore replaces: "
                "name a folder outside, best on another disk."
            )
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise BackupError(
            f"{into} is there already and not empty. A backup is never written over another: "
            "name a new folder."
        )


def _require_space(into: Path, needed: int) -> None:
    there = into.absolute()
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free
    if free < needed:
        raise BackupError(
            f"the disk of {into} has {free // _MB} MB left, and the backup may take "
            f"{needed // _MB} MB. Free some space, or name a folder on another disk."
        )


def _copy_cluster(server: Postgres, to: Path) -> None:
    done = subprocess.run(
        [
            str(server.bin / "pg_basebackup"),
            f"--host={LOOPBACK}",
            f"--port={server.port}",
            f"--username={SUPERUSER}",
            f"--pgdata={to}",
            "--no-password",
            "--checkpoint=fast",
            "--wal-method=stream",
            "--manifest-checksums=SHA256",
            "--label=alongside",
        ],
        env={**QUIET_ENVIRONMENT, "PGPASSWORD": server.password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BackupError(
            f"pg_basebackup failed (exit code {done.returncode}), so there is no backup:\n"
            f"{done.stderr[-2000:]}"
        )


async def _about(server: Postgres) -> tuple[str, str, int]:
    connection = await asyncpg.connect(server.url())
    try:
        system, postgres, size = tuple(await connection.fetchrow(_ABOUT) or ())
        return system, postgres.partition(" ")[0], size
    finally:
        await connection.close()


async def _ends_of_topics(bootstrap_servers: str) -> dict[str, dict[int, int]] | None:
    names = [topic.name for topic in declared()]
    consumer = AIOKafkaConsumer(
        *names, bootstrap_servers=bootstrap_servers, group_id=None, request_timeout_ms=10_000
    )
    try:
        await consumer.start()
        ends = await consumer.end_offsets(consumer.assignment())
    except KafkaError:
        return None
    finally:
        await consumer.stop()
    return {
        name: {part.partition: end for part, end in sorted(ends.items()) if part.topic == name}
        for name in names
    }


def _remove(into: Path, *, whole: bool) -> None:
    if whole:
        shutil.rmtree(into, ignore_errors=True)
        return
    for entry in into.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
