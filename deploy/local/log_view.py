"""Reads the logs of an installation, and follows them as they grow."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from deploy.local.home import Home
from deploy.local.stack import ENGINES


def files_of(home: Home) -> dict[str, Path]:
    """The logs that there are, by program."""
    if not home.exists():
        return {}
    engines = {name: home.engines / name / f"{name}.log" for name in ENGINES}
    others = {file.stem: file for file in sorted(home.logs.glob("*.log"))}
    return {name: file for name, file in (engines | others).items() if file.exists()}


def follow(files: Mapping[str, Path], pause_seconds: float = 0.3) -> Iterator[tuple[str, str]]:
    """Lines added from now on, with the program's name, without end.

    A log that has become shorter was begun anew and is read from its beginning.
    """
    positions = {name: file.stat().st_size for name, file in files.items()}
    while True:
        for name, file in files.items():
            lines, positions[name] = _new_lines(file, positions[name])
            for line in lines:
                yield name, line
        time.sleep(pause_seconds)


def _new_lines(file: Path, position: int) -> tuple[list[str], int]:
    """Whole lines after `position`, and the position after the last of them."""
    with file.open("rb") as log:
        size = log.seek(0, 2)
        start = log.seek(position if position <= size else 0)
        text = log.read()
    whole = text[: text.rfind(b"\n") + 1]
    return whole.decode(errors="replace").splitlines(), start + len(whole)
