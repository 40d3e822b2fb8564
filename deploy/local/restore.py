"""Putting a backup in the place of present data: all databases, or one.

The backup is brought to life beside the present data first, so whatever is wrong with it shows
before anything is touched. What is replaced is moved aside and never deleted here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

from deploy.local.account import engine_account, may_read
from deploy.local.backup_folder import BackupFolder, Contents
from deploy.local.errors import BackupError
from deploy.local.postgres import Postgres
from deploy.local.recovered import Target, recovered, system_of
from deploy.local.restore_one import dump_database, replace_database, require_databases
from deploy.local.wal_archive import WalArchive

Say: TypeAlias = Callable[[str], None]

_SPARE_BYTES: Final = 512 * 1024**2
_UNFINISHED: Final = "restore-unfinished"
_MB: Final = 1024**2


@dataclass(frozen=True, slots=True)
class Places:
    """Where an installation keeps what a backup holds."""

    postgres: Path
    """Folder of the server: its data, its superuser's password."""
    site: Path
    """Folder of `secrets` and `audit`."""
    archive: WalArchive | None = None
    """Where the installation archives its log."""

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.postgres / "data"

    @property
    def log(self) -> Path | None:
        """The present write-ahead log; None when it is lost."""
        log = self.data / "pg_wal"
        return log if log.is_dir() else None


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has done."""

    replaced: tuple[str, ...]
    """Where everything is that was replaced: folders, or a database. Empty: nothing was there."""


@dataclass(frozen=True, slots=True)
class Restore:
    """A restore that was asked for. Nothing of the installation may be running."""

    backup: BackupFolder
    places: Places
    target: Target
    only: str | None = None
    """The one service whose database is restored; None for all of them with their secrets."""

    def check(self) -> Contents:
        """Raise BackupError when this cannot be done; changes nothing. Reads every file."""
        contents = self.backup.verify()
        present = system_of(self.places.data)
        if self.only is not None:
            self._check_only(self.only, contents, present)
        if self.target.goes_beyond:
            self._check_moment(contents)
        archive = self.target.archive
        if archive is not None:
            archive.require_of(contents.system)
            if not may_read(archive.folder, engine_account()):
                raise BackupError(
                    f"PostgreSQL's account cannot read the archive {archive.folder}: correct the "
                    "folder's rights."
                )
        needed = self.backup.size + _SPARE_BYTES
        there = self.places.postgres.parent
        free = shutil.disk_usage(there).free
        if free < needed:
            raise BackupError(
                f"the disk of {there} has {free // _MB} MB left; the restore needs "
                f"{needed // _MB} MB, because what it replaces is kept. Free some space."
            )
        return contents

    def _check_only(self, service: str, contents: Contents, present: str | None) -> None:
        if present is None:
            raise BackupError(
                f"there are no databases here that {service}'s could join. Restore all of them: "
                "leave --only away."
            )
        if present != contents.system:
            raise BackupError(
                f"{self.backup.path} was made of another installation, so its keys are others. "
                "One database of it cannot be used here: leave --only away."
            )

    def _check_moment(self, contents: Contents) -> None:
        if self.target.archive is None:
            raise BackupError("--to needs the log since the backup: name it with --archive.")
        moment = self.target.moment
        if moment is not None and moment < contents.finished_at:
            raise BackupError(
                f"{moment.isoformat()} is before this backup was finished "
                f"({contents.finished_at.isoformat()}), and the log leads forward only: use an "
                "earlier backup, or leave --to away."
            )
        if moment is not None and moment > datetime.now(UTC):
            raise BackupError(f"{moment.isoformat()} is still to come; `--to latest` is the end.")

    def run(self, contents: Contents, say: Say) -> Restored:
        """Do it. Raises BackupError, and then everything is as it was."""
        scratch = self.places.postgres.with_name("restoring")
        name = f"replaced-{datetime.now(UTC):%Y%m%dT%H%M%S.%f}"
        say("Bringing a copy of the backup to life …")
        try:
            if self.only is None:
                return self._all(contents, scratch, name, say)
            return self._one(self.only, contents, scratch, name, say)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _all(self, contents: Contents, scratch: Path, name: str, say: Say) -> Restored:
        with recovered(self.backup, scratch, self.target, self.places.log) as server:
            require_databases(server, contents)
        say("Putting it in place …")
        os.sync()
        aside = self.places.site / name
        server_aside = self.places.postgres.parent / name / "postgres"
        with _moving(self.places.site) as move:
            for part in ("secrets",) if self._keeps_checkpoints() else ("secrets", "audit"):
                copy = self.places.site / f"{part}.restoring"
                shutil.rmtree(copy, ignore_errors=True)
                shutil.copytree(self.backup.path / part, copy)
                move(self.places.site / part, aside / part)
                move(copy, self.places.site / part)
            # The note of applied migrations goes with the data it speaks of.
            for entry in ("superuser.password", "migrated", "data"):
                move(self.places.postgres / entry, server_aside / entry)
                move(scratch / entry, self.places.postgres / entry)
            if self.target.archive is not None:
                for history in sorted((self.places.data / "pg_wal").glob("*.history")):
                    self.target.archive.keep(history)
        kept = dict.fromkeys((aside, server_aside.parent))
        return Restored(tuple(str(one) for one in kept if one.is_dir()))

    def _one(
        self, service: str, contents: Contents, scratch: Path, name: str, say: Say
    ) -> Restored:
        dump = scratch / "dump"
        database = contents.databases[service]
        with recovered(self.backup, scratch, self.target, self.places.log) as server:
            require_databases(server, contents)
            say(f"Reading {database} …")
            dump_database(server, database, dump)
        say(f"Putting {database} in place …")
        # A segment that is finished while nothing archives would be missing there for good.
        settings = self.places.archive.settings if self.places.archive else {}
        with Postgres(self.places.postgres, settings=settings) as server:
            old = replace_database(server, service, database, dump, suffix=name)
        (self.places.postgres / "migrated").unlink(missing_ok=True)
        return Restored((f"database {old}",) if old else ())

    def _keeps_checkpoints(self) -> bool:
        """Whether the present audit checkpoints are of the same logs, only newer.

        They stay then: they show how far the logs went, and `recover` notes that they went back.
        """
        present = self.places.site / "secrets"
        keys = sorted(file.name for file in self.backup.secrets.glob("*_audit.key"))
        return (self.places.site / "audit").is_dir() and all(
            (present / name).is_file()
            and (present / name).read_bytes() == (self.backup.secrets / name).read_bytes()
            for name in keys
        )


def require_whole(site: Path) -> None:
    """Raise BackupError when a restore was killed while it exchanged the data."""
    if (site / _UNFINISHED).exists():
        raise BackupError(
            f"a restore was interrupted while it exchanged the data of {site}. Run `alongside "
            "restore` again with the same backup; what it replaced is in the folders replaced-…"
        )


@contextmanager
def _moving(site: Path) -> Iterator[Callable[[Path, Path], None]]:
    """Renames that are all undone when the block fails."""
    done: list[tuple[Path, Path]] = []

    def move(source: Path, to: Path) -> None:
        if source.exists():
            to.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            source.rename(to)
            done.append((source, to))

    note = site / _UNFINISHED
    note.touch()
    try:
        yield move
    except BaseException:
        for source, to in reversed(done):
            to.rename(source)
        note.unlink()
        raise
    os.sync()
    note.unlink()
