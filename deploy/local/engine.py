"""What PostgreSQL and Kafka have in common: they own a folder, and do not run as root."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from deploy.local.account import Account, engine_account, require_reachable
from deploy.local.child import QUIET_ENVIRONMENT, Child
from deploy.local.errors import FolderInUseError, NotReadyError


class Engine(Child):
    """A child that keeps data: everything it has acknowledged is there after stop and kill.

    One owner at a time: the folder is locked from `start` to `stop` or `kill`, and the lock
    dies with its holder. Raises FolderInUseError and FolderClosedError on start.
    """

    def __init__(self, name: str, folder: Path, port: int | None) -> None:
        super().__init__(name, folder, port)
        self.account = engine_account()
        self._lock: int | None = None

    def start(self) -> None:
        """Take the folder, then start. See `Child.start`."""
        try:
            super().start()
        except BaseException:
            self._release_folder()
            raise

    def claim(self) -> None:
        """Lock the folder, once; after a crash of the child it is still ours."""
        super().claim()
        if self.account is not None:
            self.folder.chmod(0o755)
        require_reachable(self.folder, self.account)
        if self._lock is None:
            self._lock = self._locked()

    def _locked(self) -> int:
        lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(lock)
            raise FolderInUseError(
                f"{self.folder} is in use: another process runs {self.name} on it. A folder "
                "belongs to one run at a time: stop that one first, or choose another folder."
            ) from error
        return lock

    def stop(self, seconds: float = 30.0) -> None:
        """Stop cleanly and let the folder go."""
        super().stop(seconds)
        self._release_folder()

    def kill(self) -> None:
        """End it as a crash would, and let the folder go."""
        super().kill()
        self._release_folder()

    def _release_folder(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def clear(self, name: str) -> Path:
        """An absent entry of the folder: whatever an interrupted run left there is removed."""
        path = self.folder / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        return path

    def run_once(self, argv: list[str], account: Account | None) -> None:
        """Run a preparing command as `account`; raise NotReadyError when it fails."""
        done = subprocess.run(
            argv,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=dict(QUIET_ENVIRONMENT),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode != 0:
            raise NotReadyError(
                f"{Path(argv[0]).name} could not prepare {self.folder} for {self.name} "
                f"(exit code {done.returncode}):\n{(done.stdout + done.stderr)[-2000:]}"
            )
