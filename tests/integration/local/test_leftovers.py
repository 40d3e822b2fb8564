import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local import leftovers
from deploy.local.child import MARK, mark_of
from deploy.local.ports import free_port, is_free
from tests.integration.local.processes import wait_until

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", STUBBORN])
    yield process
    process.kill()
    process.wait()


def test_only_processes_with_the_mark_are_ended_even_stubborn_ones(
    stranger: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    mark = mark_of("program", tmp_path)
    by_environment = subprocess.Popen(
        [sys.executable, "-c", STUBBORN], env={**os.environ, MARK: mark}
    )
    by_command_line = subprocess.Popen([sys.executable, "-c", STUBBORN, mark])
    ours = {by_environment.pid, by_command_line.pid}
    wait_until(lambda: set(leftovers.bearing(mark)) == ours)
    assert set(leftovers.end(mark)) == ours
    assert leftovers.bearing(mark) == []
    assert by_environment.wait() == by_command_line.wait() == -9
    assert stranger.poll() is None


def test_a_process_that_has_ended_and_waits_for_its_parent_is_no_leftover(tmp_path: Path) -> None:
    mark = mark_of("program", tmp_path)
    zombie = subprocess.Popen([sys.executable, "-c", STUBBORN, mark])
    wait_until(lambda: leftovers.bearing(mark) == [zombie.pid])
    zombie.kill()
    wait_until(lambda: leftovers.bearing(mark) == [])
    assert leftovers.end(mark) == []
    zombie.wait()


def test_marks_differ_by_program_and_by_folder(tmp_path: Path) -> None:
    marks = {mark_of(name, tmp_path / part) for name in "ab" for part in "cd"}
    assert len(marks) == 4


MANY_THREADS = """
import socket, sys, threading, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
for _ in range(200):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
ballast = bytearray(300_000_000)
for place in range(0, len(ballast), 4096):
    ballast[place] = 1
print("ready", flush=True)
time.sleep(60)
"""


def test_the_port_of_an_ended_process_is_free_however_long_its_threads_take(
    tmp_path: Path,
) -> None:
    for number in range(5):
        mark, port = mark_of(str(number), tmp_path), free_port()
        process = subprocess.Popen(
            [sys.executable, "-c", MANY_THREADS, str(port), mark], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        assert leftovers.end(mark) == [process.pid]
        assert is_free(port)
        process.wait()
        process.stdout.close()
