"""A Python module of this project as a process: a service, the phone simulator, a migration."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from deploy.local.child import MARK, Child
from deploy.local.errors import NotReadyError
from deploy.local.ports import LOOPBACK


class Program(Child):
    """`python -m <module> <arguments>`, ready as soon as its health page answers 200."""

    def __init__(
        self,
        name: str,
        folder: Path,
        port: int,
        command: tuple[str, ...],
        variables: Mapping[str, str],
        health: str = "/readyz",
    ) -> None:
        """`folder` takes the log and is where it runs; `variables` are its whole environment."""
        super().__init__(name, folder, port)
        self._command = command
        self._variables = variables
        self._health = health

    def argv(self) -> list[str]:
        """`-P` keeps the folder it runs in off the import path."""
        return [sys.executable, "-P", "-m", *self._command]

    def environment(self) -> Mapping[str, str]:
        """As given; the log is written line by line, so that its tail is always the truth."""
        return {**self._variables, "PYTHONUNBUFFERED": "1"}

    def is_ready(self) -> bool:
        """Whether the health page answers 200 within two seconds."""
        return self._answers(self._health)

    def is_live(self) -> bool:
        """Whether all loops give signs of life. Stores that are away do not matter here."""
        return self._answers("/livez")

    def _answers(self, page: str) -> bool:
        if self.pid is None:
            return False
        connection = HTTPConnection(LOOPBACK, self.port, timeout=2)
        try:
            connection.request("GET", page)
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def run_to_end(
    command: tuple[str, ...], variables: Mapping[str, str], log: Path, mark: str
) -> None:
    """Run `python -m <command>` to its end. Raises NotReadyError with what it said on failure."""
    with log.open("ab") as out:
        done = subprocess.run(
            [sys.executable, "-P", "-m", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**variables, MARK: mark},
            check=False,
        )
        out.write(done.stdout)
    if done.returncode != 0:
        said = done.stdout.decode(errors="replace")[-2000:]
        raise NotReadyError(
            f"`python -m {' '.join(command)}` failed (exit code {done.returncode}). "
            f"It said:\n{said}"
        )
