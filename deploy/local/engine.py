"""What PostgreSQL and Kafka have in common: a folder, a port, one direct child process.

Everything here blocks; call it from a thread where an event loop runs.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from deploy.local import leftovers
from deploy.local.account import Account, engine_account, require_reachable
from deploy.local.errors import FolderInUseError, FolderNotWritableError, NotReadyError
from deploy.local.logs import tail
from deploy.local.ports import free_port, require_free


class Engine(ABC):
    """One engine on a folder of its own: `start()`, `wait_ready()`, then `stop()` or `kill()`.

    May be started again after either, on the same port and with everything it had
    acknowledged. One owner at a time: the folder is locked for as long as this process
    wants the engine to run. What a dead owner has left running is ended by the next start.
    As a context manager: ready inside, stopped after.
    """

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, folder: Path, port: int | None = None) -> None:
        """`folder` is made if missing. Without `port`, one that is free now is taken."""
        self.folder = folder.absolute()
        self.port = port if port is not None else free_port()
        self.account = engine_account()
        self.log = self.folder / f"{self.name}.log"
        self.mark = f"alongside-{self.name}-{_digest(self.folder)}"
        self._child: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._log_offset = 0

    @abstractmethod
    def prepare(self) -> None:
        """Make the folder's contents if they are not there yet; a half-made one is redone."""

    @abstractmethod
    def argv(self) -> list[str]:
        """The command line of the engine, carrying `self.mark`."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether the running child takes requests now."""

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

        Raises FolderInUseError, FolderClosedError, FolderNotWritableError, PortTakenError,
        and what `prepare` raises.
        """
        if self.pid is not None:
            return
        try:
            self._take_folder()
            leftovers.end(self.mark)
            self.prepare()
            require_free(self.port, self.name)
            self._spawn()
        except BaseException:
            self._release_folder()
            raise

    def _take_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if self.account is not None:
                self.folder.chmod(0o755)
            require_reachable(self.folder, self.account)
            lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise FolderNotWritableError(
                f"{self.folder} cannot be written ({error.strerror}). {self.name} keeps its data "
                "there: free some space, correct the folder's rights, or choose another folder."
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise FolderInUseError(
                f"{self.folder} is in use: another process runs {self.name} on it. A folder "
                "belongs to one run at a time: stop that one first, or choose another folder."
            ) from error
        self._lock = lock

    def _release_folder(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _spawn(self) -> None:
        with self.log.open("ab") as log:
            self._log_offset = log.tell()
            self._child = subprocess.Popen(
                self.argv(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={"PATH": os.defpath, "LANG": "C", "TZ": "UTC"},
                start_new_session=True,
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
            )

    def run_once(self, argv: list[str], account: Account | None) -> None:
        """Run a preparing command as `account`; raise NotReadyError when it fails."""
        done = subprocess.run(
            argv,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env={"PATH": os.defpath, "LANG": "C", "TZ": "UTC"},
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode != 0:
            raise NotReadyError(
                f"{Path(argv[0]).name} could not prepare {self.folder} for {self.name} "
                f"(exit code {done.returncode}):\n{(done.stdout + done.stderr)[-2000:]}"
            )

    def clear(self, name: str) -> Path:
        """An absent entry of the folder: whatever an interrupted run left there is removed."""
        path = self.folder / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        return path

    def log_since_start(self) -> str:
        """What the engine has written since its last start."""
        with self.log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(self._log_offset if size >= self._log_offset else 0)
            return log.read().decode(errors="replace")

    def wait_ready(self, seconds: float = 60.0) -> None:
        """Return when requests are taken. Raises NotReadyError when it ended or time is up."""
        deadline = time.monotonic() + seconds
        while not self.is_ready():
            if self.pid is None:
                raise NotReadyError(
                    f"{self.name} ended while starting (exit code {self.exit_code}). "
                    f"Its log {self.log} ends with:\n{tail(self.log)}"
                )
            if time.monotonic() > deadline:
                raise NotReadyError(
                    f"{self.name} is not ready after {seconds:.0f} s. "
                    f"Its log {self.log} ends with:\n{tail(self.log)}"
                )
            time.sleep(0.02)

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
        self._release_folder()

    def kill(self) -> None:
        """End it as a crash would (SIGKILL), with all its helper processes."""
        if self._child is not None and self.pid is not None:
            self._child.kill()
            self._child.wait()
        leftovers.end(self.mark)
        self._release_folder()

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


def _digest(folder: Path) -> str:
    return hashlib.sha256(str(folder).encode()).hexdigest()[:12]
