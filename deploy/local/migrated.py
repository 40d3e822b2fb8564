"""Remembers which migrations a cluster has, because asking each service takes seconds."""

from __future__ import annotations

import hashlib
from pathlib import Path

import services
import shared


class Migrated:
    """A note in the cluster's own folder: the digest of all migrations applied to it.

    It goes with the data when they are deleted, and says no as soon as any file changes.
    """

    def __init__(self, folder: Path) -> None:
        self._note = folder / "migrated"

    def is_up_to_date(self) -> bool:
        """Whether exactly the migrations of this checkout have been applied before."""
        try:
            return self._note.read_text(encoding="ascii") == _digest()
        except FileNotFoundError:
            return False

    def remember(self) -> None:
        """All migrations of this checkout have been applied."""
        unfinished = self._note.with_suffix(".part")
        unfinished.write_text(_digest(), encoding="ascii")
        unfinished.rename(self._note)


def _digest() -> str:
    roots = [Path(next(iter(package.__path__))) for package in (shared, services)]
    digest = hashlib.sha256()
    for file in sorted(file for root in roots for file in root.rglob("migrations/*.sql")):
        digest.update(file.as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()
