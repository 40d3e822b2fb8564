"""The supervisor's state file: always complete, read by `up` and `status`."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

_TRIES: Final = 20


class ProgramState(BaseModel):
    """One program as its keeper sees it."""

    model_config = ConfigDict(frozen=True)

    name: str
    port: int
    pid: int | None = None
    ready: bool = False
    since: float | None = None
    """Unix time of the last start."""
    restarts: int = 0
    """How often it was tried again after it had ended by itself or could not be started."""
    problem: str = ""
    """Why it is not running, or why its last run ended; empty when all is well."""
    version: str | None = None
    log: Path


class State(BaseModel):
    """The whole stack. It is settled when nothing is missing and every program is ready."""

    model_config = ConfigDict(frozen=True)

    supervisor: int
    missing: dict[str, str] = {}
    """What the services need and do not have yet (databases, topics) → why; tried again."""
    programs: tuple[ProgramState, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether everything is as it should be."""
        return not self.missing and all(program.ready for program in self.programs)

    def write(self, file: Path) -> None:
        """Replace the file's contents in one step."""
        unfinished = file.with_suffix(".part")
        unfinished.write_text(self.model_dump_json(indent=2), encoding="utf-8")
        unfinished.rename(file)

    @staticmethod
    def read(file: Path) -> State | None:
        """The last written state; None when there is none or it is of another version."""
        try:
            return State.model_validate_json(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValidationError):
            return None


def hold(lock_file: Path) -> int | None:
    """Lock the file for this process's life and write our id into it; None when it is taken.

    Somebody who only asks for the holder has the lock for a moment; hence a few tries.
    """
    lock = os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    for _ in range(_TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.01)
            continue
        os.ftruncate(lock, 0)
        os.write(lock, str(os.getpid()).encode())
        return lock
    os.close(lock)
    return None


def holder(lock_file: Path) -> int | None:
    """Process id of the supervisor that holds the lock now; None when nobody does."""
    try:
        lock = os.open(lock_file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.read(lock, 20) or b"0") or None
    finally:
        os.close(lock)
    return None


def current_state(state_file: Path, lock_file: Path) -> State | None:
    """The state of the supervisor that runs now; None when none does, whatever the file says."""
    state = State.read(state_file)
    return state if state is not None and state.supervisor == holder(lock_file) else None
