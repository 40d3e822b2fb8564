"""A backup brought to life on a folder of its own, beside the present databases."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from deploy.local.account import engine_account
from deploy.local.backup_folder import BackupFolder
from deploy.local.child import QUIET_ENVIRONMENT
from deploy.local.errors import BackupError, NotReadyError
from deploy.local.postgres import Postgres, client_programs
from deploy.local.wal_archive import WalArchive

_RECOVERY_SECONDS: Final = 4 * 3600.0

_HINTS: Final = (
    (
        "recovery ended before configured recovery target was reached",
        "the archive ends before that moment: name an earlier one, or `--to latest`",
    ),
    (
        "is not a child of this server's history",
        "the newest timeline began before this backup: name the one to follow with --timeline",
    ),
    (
        "recovery target timeline",
        "the archive does not have that timeline: its *.history files name those that it has",
    ),
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where the recovery ends; without an archive at the end of the backup."""

    archive: WalArchive | None = None
    moment: datetime | None = None
    """None with `to_end` goes on to the last thing that the archive has."""
    to_end: bool = False
    timeline: str | None = None
    """Which history to follow after earlier restores; the newest one by default."""

    @property
    def goes_beyond(self) -> bool:
        """Whether more is wanted than the backup itself has."""
        return self.to_end or self.moment is not None

    def settings(self, present: Path | None) -> Mapping[str, str]:
        """Server settings of the recovery.

        The archive is asked even where the backup is enough: a new timeline must have a number
        that no earlier restore has used, and only the archive remembers those.
        """
        fetch = self.archive.restore_command(present) if self.archive else "false"
        settings = {
            "restore_command": fetch,
            "recovery_target_action": "promote",
            "recovery_target_timeline": "current",
            "hot_standby": "off",
        }
        if not self.goes_beyond:
            return settings | {"recovery_target": "immediate"}
        settings["recovery_target_timeline"] = self.timeline or "latest"
        if self.moment is not None:
            settings["recovery_target_time"] = self.moment.astimezone(UTC).isoformat()
        return settings


@contextmanager
def recovered(
    backup: BackupFolder, folder: Path, target: Target, present: Path | None
) -> Iterator[Postgres]:
    """A running copy of the backup's cluster at `target`, in `folder`.

    `folder` is made anew; what is in it at the end of the block stays for the caller to take.
    `present` is the log folder of the cluster that is there now. Raises BackupError.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copytree(backup.cluster, folder / "data", symlinks=True)
    (folder / "data" / "recovery.signal").touch(mode=0o600)
    (folder / "data").chmod(0o700)
    account = engine_account()
    if account is not None:
        account.own(folder)
    shutil.copy(backup.superuser_password, folder / "superuser.password")
    server = Postgres(folder, settings=target.settings(present))
    server.start()
    try:
        server.wait_ready(_RECOVERY_SECONDS)
    except NotReadyError as error:
        said = server.log_since_start()
        server.kill()
        hint = next((hint for words, hint in _HINTS if words in said), str(error))
        raise BackupError(f"the backup could not be brought to that state: {hint}.") from error
    except BaseException:
        server.kill()
        raise
    try:
        yield server
    finally:
        server.stop()


def system_of(data: Path) -> str | None:
    """PostgreSQL's identifier of the cluster in a data directory; None when there is none."""
    if not data.is_dir():
        return None
    done = subprocess.run(
        [str(client_programs() / "pg_controldata"), str(data)],
        env=dict(QUIET_ENVIRONMENT),
        capture_output=True,
        text=True,
        check=False,
    )
    for line in done.stdout.splitlines():
        name, _, value = line.partition(":")
        if name == "Database system identifier":
            return value.strip()
    return None
