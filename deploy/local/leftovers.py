"""Finding and ending the processes that an earlier, killed run has left behind.

A process is ours when a mark that names our folder stands in its command line or its
environment. A process id alone is never trusted: the system gives it to somebody else.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

from deploy.local.errors import LocalError


def bearing(mark: str) -> list[int]:
    """Ids of the running processes, other than this one, that carry `mark`."""
    sought = mark.encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid() and _carries(entry, sought):
            found.append(int(entry.name))
    return sorted(found)


def _carries(process: Path, sought: bytes) -> bool:
    for source in ("cmdline", "environ"):
        try:
            if sought in (process / source).read_bytes() and not _is_dead(process):
                return True
        except OSError:
            continue  # it ended meanwhile, or belongs to somebody else: not ours
    return False


def _is_dead(process: Path) -> bool:
    """A zombie holds nothing any more; it only waits for its parent to take note.

    As long as threads of it are still ending, its ports and files are not free yet.
    """
    state = (process / "stat").read_text().rpartition(")")[2].split()[0]
    return state in ("Z", "X") and len(list((process / "task").iterdir())) <= 1


def end(mark: str, seconds: float = 10.0) -> list[int]:
    """Kill every process that carries `mark` and wait until they are gone; say which."""
    ended: set[int] = set()
    deadline = time.monotonic() + seconds
    while alive := bearing(mark):
        ended.update(alive)
        _send(alive, signal.SIGKILL)
        if time.monotonic() > deadline:
            raise LocalError(
                f"processes {alive} of an earlier run do not end. They hold the data folder: "
                "end them by hand, then start again."
            )
        time.sleep(0.02)
    return sorted(ended)


def _send(pids: Iterable[int], what: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)
