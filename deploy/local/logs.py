"""Log files of the local stack: one per program, appended to, limited in size."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

LIMIT_BYTES = 20 * 1024 * 1024


def tail(log: Path, lines: int = 20) -> str:
    """The last `lines` lines of a log; empty when there is none yet."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 64 * 1024))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def cap(log: Path, limit: int = LIMIT_BYTES) -> None:
    """Move a log that has outgrown `limit` bytes to `<name>.1` and let it start anew.

    The writer keeps its open file: it must have opened it for appending, then the next
    line lands at the new beginning. Lines written during the copy may be lost.
    """
    if log.exists() and log.stat().st_size > limit:
        shutil.copyfile(log, log.with_suffix(log.suffix + ".1"))
        os.truncate(log, 0)
