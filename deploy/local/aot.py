"""Java's ahead-of-time cache of Kafka's classes: a start takes about a second instead of three.

The first run records the cache and writes it when it stops cleanly. A cache may only speed up a
start: it is kept with its sha256, and it is thrown away when it is damaged or when the broker did
not become ready with it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import Final

from deploy.local.account import cache_folder

_KEEP_SECONDS: Final = 30 * 24 * 60 * 60.0


class AotCache:
    """The cache for one Java, one set of options and one class path, shared by all folders."""

    def __init__(self, folder: Path, recording: Path, identity: tuple[str, ...]) -> None:
        """`folder`: the broker's, for notes; `recording`: a file that the broker may write."""
        key = hashlib.sha256("\n".join(identity).encode()).hexdigest()[:12]
        self._cache = cache_folder() / f"kafka-{key}.aot"
        self._sum = self._cache.with_suffix(".sha256")
        self._recording = recording
        self._on_trial = folder / "aot-on-trial"
        self.is_recording = False
        """Whether the run that was started last writes a cache when it stops."""

    def options(self) -> list[str]:
        """Options for the coming start: use the cache, or record one if there is no good one.

        Until `trust` is called the cache is on trial: if the next call comes first, the
        broker never got ready with it, and the cache is thrown away.
        """
        if self._on_trial.exists() or not self._is_whole():
            self._cache.unlink(missing_ok=True)
            self._on_trial.unlink(missing_ok=True)
            self.is_recording = True
            return [f"-XX:AOTCacheOutput={self._recording}"]
        self._on_trial.touch()
        self._cache.touch()
        return [f"-XX:AOTCache={self._cache}"]

    def trust(self) -> None:
        """The broker has become ready."""
        self._on_trial.unlink(missing_ok=True)

    def keep(self) -> None:
        """Keep what a run that has ended recorded, if it recorded anything."""
        if not self._recording.exists():
            return
        unfinished = self._cache.with_name(f"{self._cache.name}.{os.getpid()}.part")
        shutil.copyfile(self._recording, unfinished)
        unfinished.chmod(0o644)
        self._sum.write_text(_sha256(unfinished), encoding="ascii")
        unfinished.rename(self._cache)
        self._recording.unlink()
        self._forget_old()

    def _forget_old(self) -> None:
        """Remove caches that nobody has started from for a month: 68 MB for each old checkout."""
        for cache in self._cache.parent.glob("kafka-*.aot"):
            if time.time() - cache.stat().st_mtime > _KEEP_SECONDS:
                cache.with_suffix(".sha256").unlink(missing_ok=True)
                cache.unlink(missing_ok=True)

    def _is_whole(self) -> bool:
        try:
            return self._sum.read_text(encoding="ascii") == _sha256(self._cache)
        except FileNotFoundError:
            return False


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
