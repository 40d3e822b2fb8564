"""Finds and ends processes that an earlier, killed run left behind.

A process is ours when its command line or environment holds a mark that names our folder.
A process id alone is never trusted: the system may have given it to another process.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import NamedTuple

from deploy.local.errors import LocalError


class _Process(NamedTuple):
    """A process by its id and its start (in clock ticks since boot), which no other one has."""

    pid: int
    started: str

    @property
    def is_gone(self) -> bool:
        """Whether it has ended with all its threads.

        A zombie holds nothing any more and only waits for its parent to take note. As long as
        threads of it are ending, its ports and files are not free, though its command line
        and environment can no longer be read.
        """
        folder = Path(f"/proc/{self.pid}")
        try:
            facts = _facts(folder)
            threads = len(list((folder / "task").iterdir()))
        except (FileNotFoundError, ProcessLookupError):
            return True
        return facts[19] != self.started or (facts[0] in ("Z", "X") and threads <= 1)


def bearing(mark: str) -> list[int]:
    """Ids of the running processes, other than this one, that carry `mark`."""
    return sorted(process.pid for process in _bearing(mark))


def _bearing(mark: str) -> set[_Process]:
    sought = mark.encode()
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid() and _carries(entry, sought):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it just ended
                found.add(_Process(int(entry.name), _facts(entry)[19]))
    return {process for process in found if not process.is_gone}


def _carries(process: Path, sought: bytes) -> bool:
    for source in ("cmdline", "environ"):
        try:
            if sought in (process / source).read_bytes():
                return True
        except OSError:
            continue  # it ended meanwhile, or belongs to somebody else: not ours
    return False


def _facts(process: Path) -> list[str]:
    """The fields of its status line after the name, which may itself hold blanks and brackets."""
    return (process / "stat").read_text().rpartition(")")[2].split()


def end(mark: str, seconds: float = 10.0) -> list[int]:
    """Kill every process that carries `mark` and wait until they are gone; say which."""
    ended: set[_Process] = set()
    deadline = time.monotonic() + seconds
    while True:
        alive = _bearing(mark)
        for process in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        ended |= alive
        waiting = [process.pid for process in ended if not process.is_gone]
        if not alive and not waiting:
            return sorted(process.pid for process in ended)
        if time.monotonic() > deadline:
            raise LocalError(
                f"processes {waiting} of an earlier run do not end. They hold the data folder: "
                "end them by hand, then start again."
            )
        time.sleep(0.02)
