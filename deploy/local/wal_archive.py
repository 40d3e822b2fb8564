"""The archive of the write-ahead log: what a restore to a moment needs besides a backup.

PostgreSQL hands over each finished segment of its log, at least once a minute. One archive
belongs to one installation, because segments of all have the same names.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.local.account import engine_account, require_reachable
from deploy.local.errors import BackupError
from deploy.local.home import Home

ARCHIVE_SECONDS: Final = 60
"""A crash of the whole disk loses no more than this of what was acknowledged."""

_SYSTEM: Final = "system"
_NOTE: Final = "archive"


def _in_command(path: Path) -> str:
    """Quoted for the shell that PostgreSQL starts; it replaces %f and %p in it beforehand."""
    return shlex.quote(str(path)).replace("%", "%%")


@dataclass(frozen=True, slots=True)
class WalArchive:
    """A folder of log segments."""

    folder: Path

    def open(self, system: str | None) -> None:
        """Make the folder, or make sure that it is this installation's.

        `system` identifies the cluster; None when there is none yet. Raises BackupError.
        """
        account = engine_account()
        try:
            if not self.folder.is_dir():
                self.folder.mkdir(mode=0o700, parents=True)
                if account is not None:
                    account.own(self.folder)
            if not any(self.folder.iterdir()):
                (self.folder / _SYSTEM).touch()
            self.require_of(system)
            if account is not None:
                require_reachable(self.folder, account)
        except OSError as error:
            raise BackupError(
                f"the archive {self.folder} cannot be used ({error}): correct its rights, or "
                "name another folder."
            ) from error

    def require_of(self, system: str | None) -> None:
        """Raise BackupError unless this is the archive of that cluster, or of none yet."""
        if not self.folder.is_dir():
            raise BackupError(f"{self.folder} is not there, so it is no archive of the log.")
        try:
            owner = (self.folder / _SYSTEM).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise BackupError(
                f"{self.folder} is no archive that `alongside up --archive` began: name that one, "
                "or for a new archive a new folder."
            ) from None
        if owner and owner != system:
            raise BackupError(
                f"{self.folder} is the archive of another installation. Their segments have the "
                "same names and cannot share a folder: name another one."
            )

    def belongs_to(self, system: str) -> None:
        """Note whose archive this is, once."""
        note = self.folder / _SYSTEM
        if not note.read_text(encoding="ascii"):
            note.write_text(system, encoding="ascii")

    @property
    def settings(self) -> Mapping[str, str]:
        """Server settings that archive every segment.

        A segment appears whole or not at all. One that is there already is never overwritten:
        equal contents count as done (the server died before it took note), others fail.
        """
        folder = _in_command(self.folder)
        file, unfinished = f"{folder}/%f", f"{folder}/%f.part"
        return {
            "archive_mode": "on",
            "archive_timeout": str(ARCHIVE_SECONDS),
            "archive_command": (
                f'if test -e {file}; then cmp -s "%p" {file}; '
                # The rest of a segment that was ended early is zeros.
                f'else cp --sparse=always "%p" {unfinished} && sync {unfinished} '
                f"&& mv {unfinished} {file} && sync {folder}; fi"
            ),
        }

    def restore_command(self, present: Path | None) -> str:
        """Shell command that fetches a segment.

        `present` is the log of the cluster that is being replaced: it has the end that was not
        archived yet, if its disk is still there.
        """
        command = f'cp {_in_command(self.folder)}/%f "%p"'
        return command if present is None else f'{command} || cp {_in_command(present)}/%f "%p"'

    def keep(self, history: Path) -> None:
        """Put a timeline's history file into the archive."""
        kept = self.folder / history.name
        if kept.exists():
            return
        unfinished = kept.with_suffix(".part")
        shutil.copyfile(history, unfinished)
        with unfinished.open("rb") as content:
            os.fsync(content.fileno())
        unfinished.rename(kept)


def chosen(home: Home) -> WalArchive | None:
    """The archive of this installation; None when it has none."""
    try:
        return WalArchive(Path((home.folder / _NOTE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def choose(home: Home, archive: WalArchive | None) -> None:
    """Archive from the next start on, and at every later one; or no longer."""
    note = home.folder / _NOTE
    if archive is None:
        note.unlink(missing_ok=True)
        return
    unfinished = note.with_suffix(".part")
    unfinished.write_text(str(archive.folder), encoding="utf-8")
    unfinished.rename(note)
