"""A program as a direct child process with a log file: start, wait, stop, kill.

Everything here blocks; call it from a thread where an event loop runs.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from deploy.local import leftovers
from deploy.local.account import Account
from deploy.local.errors import FolderNotWritableError, NotReadyError
from deploy.local.logs import tail
from deploy.local.ports import free_port, require_free

MARK = "ALONGSIDE_MARK"
"""Environment variable that tells which run a process belongs to; inherited by its children."""

QUIET_ENVIRONMENT: Mapping[str, str] = {"PATH": os.defpath, "LANG": "C", "TZ": "UTC"}


class Child(ABC):
    """One program on a folder of its own: `start()`, `wait_ready()`, then `stop()` or `kill()`.

    May be started again after either, on the same port. What an earlier, killed owner has
    left running on the same folder is ended by the next start. As a context manager: ready
    inside, stopped after.
    """

    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, name: str, folder: Path, port: int | None) -> None:
        """`folder` is made if missing. Without `port`, one that is free now is taken."""
        self.name = name
        self.folder = folder.absolute()
        self.port = port if port is not None else free_port()
        self.log = self.folder / f"{name}.log"
        self.mark = mark_of(name, self.folder)
        self.account: Account | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._log_offset = 0

    @abstractmethod
    def argv(self) -> list[str]:
        """The command line."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether the running child takes requests now."""

    def is_live(self) -> bool:
        """Whether the running child makes progress at all, ready or not."""
        return True

    def claim(self) -> None:
        """Make the folder ours before anything in it is touched."""
        self.folder.mkdir(parents=True, exist_ok=True)

    def prepare(self) -> None:
        """Make everything ready for a start; what a dead owner has left running is ended."""
        leftovers.end(self.mark)

    def environment(self) -> Mapping[str, str]:
        """The whole environment of the child, apart from its mark."""
        return QUIET_ENVIRONMENT

    @property
    def version(self) -> str | None:
        """What the running child says it is, if it says so."""
        return None

    @property
    def pid(self) -> int | None:
        """Process id while the child runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """How the last child ended (minus the signal's number); None while it runs."""
        return self._child.poll() if self._child else None

    def start(self) -> None:
        """Start the child and return at once.

        Raises FolderNotWritableError, PortTakenError and what `prepare` raises.
        """
        if self.pid is not None:
            return
        try:
            self.claim()
            self.prepare()
            require_free(self.port, self.name)
            self._spawn()
        except OSError as error:
            raise FolderNotWritableError(
                f"{self.name} cannot be started in {self.folder} ({error}). Its data and its log "
                "are kept there: free some space, correct the folder's rights, or choose another "
                "folder with ALONGSIDE_HOME."
            ) from error

    def _spawn(self) -> None:
        with self.log.open("ab") as log:
            self._log_offset = log.tell()
            self._child = subprocess.Popen(
                self.argv(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**self.environment(), MARK: self.mark},
                start_new_session=True,
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
            )

    def log_since_start(self) -> str:
        """What the child has written since its last start."""
        with self.log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(self._log_offset if size >= self._log_offset else 0)
            return log.read().decode(errors="replace")

    def wait_ready(self, seconds: float = 60.0) -> None:
        """Return when requests are taken. Raises NotReadyError when it ended or time is up."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if self.pid is None:
                raise self._not_ready(f"ended while starting (exit code {self.exit_code})")
            if time.monotonic() > deadline:
                raise self._not_ready(f"is not ready after {seconds:.0f} s")
            time.sleep(0.02)

    def _not_ready(self, why: str) -> NotReadyError:
        return NotReadyError(f"{self.name} {why}. Its log {self.log} ends with:\n{tail(self.log)}")

    def stop(self, seconds: float = 30.0) -> None:
        """Stop cleanly; after `seconds` by force. Nothing of it runs when this returns."""
        if self._child is not None and self.pid is not None:
            self._child.send_signal(self.stop_signal)
            try:
                self._child.wait(seconds)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        leftovers.end(self.mark)

    def kill(self) -> None:
        """End it as a crash would (SIGKILL), with all its helper processes."""
        if self._child is not None and self.pid is not None:
            self._child.kill()
            self._child.wait()
        leftovers.end(self.mark)

    def __enter__(self) -> Self:
        self.start()
        try:
            self.wait_ready()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def mark_of(name: str, folder: Path) -> str:
    """What tells the processes of program `name` on `folder` from all others on the machine."""
    return f"alongside-{name}-{hashlib.sha256(str(folder).encode()).hexdigest()[:12]}"
