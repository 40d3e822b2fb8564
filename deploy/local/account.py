"""The account that runs PostgreSQL and Kafka: our own or, if that is root, one without rights.

PostgreSQL refuses to run as root. A numeric id without an entry in the system's list of
users is enough for both engines, so nothing is added to that list and nothing stays behind.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import FolderClosedError

ENGINE_ID = 58_231
"""User and group id of the engines under root: above people's ids, below reserved ranges."""

SYSTEM_CACHE = Path("/var/cache/alongside")
"""Stands in for root's own cache where that lies in a home nobody else may enter."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user and a group by number, for processes and for the files they own."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Give `path` and everything below it to this account."""
        os.chown(path, self.uid, self.gid)
        if path.is_dir():
            for entry in path.rglob("*"):
                os.chown(entry, self.uid, self.gid, follow_symlinks=False)


def engine_account() -> Account | None:
    """The account that the engines must run as; None when that is simply ourselves."""
    return Account(ENGINE_ID, ENGINE_ID) if os.geteuid() == 0 else None


def may_read(path: Path, account: Account | None) -> bool:
    """Whether `account` can reach and read `path`, asked of the system as that account."""
    if account is None:
        return os.access(path, os.R_OK)
    argv = ["/bin/sh", "-c", 'test -r "$0"', str(path)]
    asked = subprocess.run(
        argv, user=account.uid, group=account.gid, extra_groups=[], cwd="/", check=False
    )
    return asked.returncode == 0


def require_reachable(folder: Path, account: Account | None) -> None:
    """Raise FolderClosedError when `account` cannot enter `folder`, which must exist."""
    if account is None or may_read(folder, account):
        return
    raise FolderClosedError(
        f"{folder} lies in a folder that only root may enter. PostgreSQL and Kafka do not run "
        f"as root but as user {account.uid}, who must be able to reach it: choose a folder "
        "outside root's home, or start as an ordinary user."
    )


def cache_folder() -> Path:
    """Where downloads and copies are kept for every checkout of this user; made if missing.

    `ALONGSIDE_CACHE`, else `alongside` in `XDG_CACHE_HOME` or `~/.cache`. Root's home is
    usually closed to the engines' account; then it is the system's cache folder.
    Raises FolderClosedError when `ALONGSIDE_CACHE` itself is closed to that account.
    """
    account = engine_account()
    chosen = os.environ.get("ALONGSIDE_CACHE")
    if chosen:
        folder = _made(Path(chosen).absolute())
        require_reachable(folder, account)
        return folder
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "alongside"
    if account is None:
        return _made(home)
    return home if home.is_dir() and may_read(home, account) else _made(SYSTEM_CACHE)


def _made(folder: Path) -> Path:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
    return folder


def readable_copy(source: Path, name: str, parts: tuple[str, ...], probe: str) -> Path:
    """`source`, or a copy of its `parts` in the cache when the engines' account cannot read it.

    `name` is the copy's folder and must change with the contents (carry the version);
    `probe` is a file below `source` that stands for all of them. A copy appears whole or
    not at all: it is made beside its place and renamed.
    """
    account = engine_account()
    if may_read(source / probe, account):
        return source
    target = cache_folder() / name
    if not target.is_dir():
        unfinished = Path(tempfile.mkdtemp(prefix=f"{name}.", suffix=".part", dir=target.parent))
        for part in parts:
            shutil.copytree(source / part, unfinished / part, symlinks=True)
        _open_to_all(unfinished)
        _put_in_place(unfinished, target)
    return target


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for entry in folder.rglob("*"):
        if not entry.is_symlink():
            executable = entry.is_dir() or entry.stat().st_mode & 0o100
            entry.chmod(0o755 if executable else 0o644)


def _put_in_place(unfinished: Path, target: Path) -> None:
    try:
        unfinished.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        shutil.rmtree(unfinished)  # somebody else was faster; both are the same


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A temporary folder that the engines' account can enter, also under root; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="alongside-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
