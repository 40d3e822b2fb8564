"""What `alongside backup`, `restore` and `up --archive` do with this machine's installation."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import asyncpg
from rich.console import Console

from deploy.local import running, stack, wal_archive
from deploy.local.backup import take
from deploy.local.backup_folder import BackupFolder, Contents
from deploy.local.errors import BackupError
from deploy.local.home import Home
from deploy.local.postgres import Postgres
from deploy.local.provision import SERVICES, database_exists, drop_database
from deploy.local.recovered import Target, system_of
from deploy.local.restore import Places, Restore
from deploy.local.state import hold, holder
from deploy.local.wal_archive import WalArchive

_MB = 1024**2

_ARCHIVER = """
    SELECT last_archived_time, last_failed_time,
           coalesce(last_failed_time > last_archived_time, last_failed_time IS NOT NULL) AS failing
      FROM pg_stat_archiver
"""


def back_up(home: Home, into: Path, console: Console) -> None:
    """`alongside backup`."""
    if running.current(home) is None:
        raise BackupError(
            f"nothing is running in {home.folder}, and a backup is taken of running databases: "
            "`alongside up` starts them."
        )
    ports = home.last_ports()
    server = Postgres(home.engines / "postgres", ports.postgres)
    contents = take(
        server,
        stack.site_of(home, ports),
        into,
        console.print,
        forbidden=(home.folder, home.engines),
    )
    size = BackupFolder(into).size
    console.print(
        f"Backed up {', '.join(contents.databases)} as of {_shown(contents.finished_at)}, with all "
        f"keys, in {into} ({size // _MB} MB). Who has this folder can read everything: "
        "keep it as safe as the data."
    )
    if contents.topics is None:
        console.print("Kafka did not answer, so where its topics end was not noted.")


def restore(
    home: Home, restore_from: Path, *, only: str | None, target: Target, yes: bool, console: Console
) -> bool:
    """`alongside restore`. False when somebody said no."""
    if only is not None and only not in SERVICES:
        raise BackupError(
            f"--only names one of {', '.join(SERVICES)}. `{only}` is none of them: the vault goes "
            "back with all the others."
        )
    home.open()
    with _nothing_running(home):
        stack.sweep(home)
        archive = wal_archive.chosen(home)
        if target.archive is None and archive is not None:
            target = Target(archive, target.moment, target.to_end, target.timeline)
        places = Places(home.engines / "postgres", home.folder, archive)
        asked = Restore(BackupFolder(restore_from), places, target, only)
        console.print("Verifying every file of the backup …")
        contents = asked.check()
        console.print(_what_happens(asked, contents), markup=False, soft_wrap=True)
        if not yes and not _confirmed(console):
            console.print("Nothing was restored.")
            return False
        done = asked.run(contents, console.print)
    kept = f" What was replaced is kept: {', '.join(done.replaced)}. Delete it when all is well"
    kept += ": `alongside forget` and the database's name." if only is not None else "."
    console.print(f"Restored.{kept if done.replaced else ''}", markup=False, soft_wrap=True)
    console.print(_what_next(only), markup=False, soft_wrap=True)
    return True


@contextmanager
def _nothing_running(home: Home) -> Iterator[None]:
    """Hold the supervisor's lock, so that nothing can be started meanwhile."""
    lock = None if holder(home.lock_file) is not None else hold(home.lock_file)
    if lock is None:
        raise BackupError(
            f"Alongside is running in {home.folder}, and a restore replaces what it works on: "
            "run `alongside down` first."
        )
    try:
        yield
    finally:
        os.close(lock)


def forget(home: Home, database: str) -> None:
    """`alongside forget`: delete a database that a restore has put aside."""
    if "-replaced-" not in database:
        raise BackupError(f"{database} was not put aside by a restore; nothing was deleted.")
    if running.current(home) is None:
        raise BackupError(f"nothing is running in {home.folder}; `alongside up` starts it.")
    server = Postgres(home.engines / "postgres", home.last_ports().postgres)
    asyncio.run(_forget(server, database))


async def _forget(server: Postgres, database: str) -> None:
    connection = await asyncpg.connect(server.url())
    try:
        if not await database_exists(connection, database):
            raise BackupError(f"there is no database {database}.")
        await drop_database(connection, database)
    finally:
        await connection.close()


def _what_happens(asked: Restore, contents: Contents) -> str:
    place = asked.places.site
    target = asked.target
    if target.moment is not None:
        moment = _shown(target.moment)
    else:
        moment = "the end of the archive" if target.to_end else _shown(contents.finished_at)
    if asked.only is not None:
        what = f"the database {contents.databases[asked.only]} in {place}"
    else:
        what = f"all databases ({', '.join(contents.databases)}), keys and secrets in {place}"
    return (
        f"This replaces {what}\nby the state at {moment}, from the backup {asked.backup.path}.\n"
        f"Kafka's topics stay. What is replaced is kept aside."
    )


def _confirmed(console: Console) -> bool:
    if not sys.stdin.isatty():
        raise BackupError("a restore replaces data, so it asks first; say --yes when nobody can.")
    return console.input("Type [bold]yes[/] to restore: ").strip().lower() == "yes"


def _what_next(only: str | None) -> str:
    services = (only,) if only else SERVICES
    looks = "\n".join(f"    alongside run {one} recover --dry-run" for one in services)
    acts = "\n".join(f"    alongside run {one} recover" for one in services)
    return (
        f"Next:\n    alongside up\n{looks}\n"
        "Each shows what its topics know and its database does not. Until you let it go on with\n"
        f"{acts}\nit sends nothing and shows no contact."
    )


def target_of(to: str | None, archive: Path | None, timeline: int | None) -> Target:
    """What --to, --archive and --timeline ask for. Raises BackupError for what is no moment."""
    log = WalArchive(archive.absolute()) if archive is not None else None
    if timeline is not None and to is None:
        raise BackupError("--timeline says which history leads to a moment: it needs --to.")
    chosen = str(timeline) if timeline is not None else None
    if to is None or to == "latest":
        return Target(log, to_end=to is not None, timeline=chosen)
    try:
        moment = datetime.fromisoformat(to)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BackupError(
            f"`{to}` is no moment: --to takes a time with its zone, as 2026-11-27T10:15:00Z, or "
            "`latest`."
        )
    return Target(log, moment, timeline=chosen)


def begin_archive(home: Home, folder: Path | None) -> None:
    """Have the log archived into `folder` from the next start on; None ends it.

    Raises BackupError; also while something is running, because it begins with a start.
    """
    chosen = wal_archive.chosen(home)
    if holder(home.lock_file) is not None:
        if (chosen.folder if chosen else None) == (folder and folder.absolute()):
            return
        raise BackupError(
            "where the log is archived is decided at a start: run `alongside down` first."
        )
    if folder is None:
        wal_archive.choose(home, None)
        return
    if folder.resolve().is_relative_to(home.folder.resolve()):
        raise BackupError(
            f"{folder} lies inside {home.folder}, which a reset deletes: name a folder outside, "
            "best on another disk."
        )
    archive = WalArchive(folder.absolute())
    archive.open(system_of(home.engines / "postgres" / "data"))
    wal_archive.choose(home, archive)


async def archive_state(home: Home) -> str | None:
    """A line on how the archive stands, of a running installation; None when there is none.

    It also notes in the archive whose it is.
    """
    archive = wal_archive.chosen(home)
    system = system_of(home.engines / "postgres" / "data")
    if archive is None or system is None:
        return None
    server = Postgres(home.engines / "postgres", home.last_ports().postgres)
    try:
        archive.belongs_to(system)
        connection = await asyncpg.connect(server.url(), timeout=3)
    except (OSError, asyncpg.PostgresError):
        return f"The log archive {archive.folder} or PostgreSQL does not answer."
    try:
        archived, failed, failing = tuple(await connection.fetchrow(_ARCHIVER) or ())
    finally:
        await connection.close()
    if failing:
        return (
            f"NOTHING IS ARCHIVED in {archive.folder}: PostgreSQL's last try failed at "
            f"{_shown(failed)}; `alongside logs postgres` says why. The log grows until it works."
        )
    until = _shown(archived) if archived is not None else "not yet: the first minute"
    return f"Log archive {archive.folder}, last written {until}."


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
