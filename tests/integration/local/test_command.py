import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from deploy.local.home import NAMES, Home
from deploy.local.ports import LOOPBACK, answers, free_port
from deploy.local.running import current
from tests.integration.local.processes import wait_until

pytestmark = pytest.mark.timeout(300)

COMMAND = str(Path(sys.executable).with_name("alongside"))


class Alongside:
    """The command on a data folder of its own, as somebody types it."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        self.environment = {**os.environ, "ALONGSIDE_HOME": str(folder), "COLUMNS": "200"}

    def __call__(self, *arguments: str, expect: int = 0) -> str:
        done = subprocess.run(
            [COMMAND, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def alongside(scratch: Path) -> Iterator[Alongside]:
    alongside = Alongside(scratch / "home")
    yield alongside
    alongside("down")


def restarted(home: Home, name: str) -> bool:
    state = current(home)
    assert state is not None
    program = next(program for program in state.programs if program.name == name)
    return program.restarts == 1 and program.ready


PROGRAMS = ("postgres", "kafka", "intake", "matching", "notifications", "simulator")


def test_the_whole_system_comes_up_tells_what_it_is_heals_and_goes_down(
    alongside: Alongside,
) -> None:
    ports = dict(zip(NAMES, sorted({free_port() for _ in range(40)}), strict=False))
    chosen = [word for name, port in ports.items() for word in ("--port", f"{name}={port}")]
    assert "Everything is ready" in alongside("up", *chosen)
    shown = alongside("status")
    assert "PostgreSQL 18.4" in shown
    assert "Apache Kafka 4.4.0" in shown
    assert all(str(ports[name]) in shown for name in PROGRAMS)
    assert all(answers(port) for port in ports.values())

    assert "Everything is ready" in alongside("up")
    other = alongside("up", "--port", f"intake={free_port()}", expect=1)
    assert "running on other ports" in other

    state = current(alongside.home)
    assert state is not None
    intake = next(program for program in state.programs if program.name == "intake")
    assert intake.pid is not None
    os.kill(intake.pid, signal.SIGKILL)
    wait_until(partial(restarted, alongside.home, "intake"), 60)

    assert "intake |" in alongside("logs", "intake", "-n", "1")
    assert "there is no log of `nobody`" in alongside("logs", "nobody", expect=1)
    assert "0 records wait" in alongside("run", "matching", "dead-letters", "list")
    assert "no service `nobody`" in alongside("run", "nobody", "check", expect=1)
    parked = "SELECT count(*) FROM messages WHERE state = 'parked'"
    assert alongside("sql", "notifications", "-tA", "-c", parked) == "0\n"
    assert "Stopped." in alongside("down")
    assert "Nothing is running" in alongside("status", expect=3)
    assert not any(answers(port) for port in ports.values())
    assert "deletes all data, so it asks first" in alongside("reset", expect=1)
    assert alongside.home.exists()
    alongside("reset", "--yes")
    assert not alongside.home.folder.exists()


def test_a_port_that_is_taken_is_refused_before_anything_starts(alongside: Alongside) -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        said = alongside("up", "--port", f"matching={port}", expect=1)
    assert f"port {port} is taken, so matching cannot listen there" in said
    assert "Traceback" not in said
    assert "Nothing is running" in alongside("status", expect=3)


def test_what_is_not_there_is_said_so(alongside: Alongside) -> None:
    assert "Nothing was running." in alongside("down")
    assert "nothing to delete" in alongside("reset", "--yes")
    assert "there are none" in alongside("logs", "intake", expect=1)
    assert "nothing is running" in alongside("run", "intake", "check", expect=1)
    assert "nothing is running" in alongside("sql", "intake", expect=1)
    assert "name=number" in alongside("up", "--port", "intake", expect=1)
