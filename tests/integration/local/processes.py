"""Questions to the system about processes."""

import time
from collections.abc import Callable
from pathlib import Path


def owner_of(pid: int) -> int:
    """User id that a process runs as."""
    return Path(f"/proc/{pid}").stat().st_uid


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be noticed by its parent does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


def wait_until(is_so: Callable[[], bool], seconds: float = 10.0) -> None:
    """Return as soon as `is_so`; fail when it is not after `seconds`."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
