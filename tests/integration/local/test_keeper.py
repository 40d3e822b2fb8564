import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path

import pytest

from deploy.local import keeper as keeping
from deploy.local import leftovers
from deploy.local.child import Child
from deploy.local.errors import NotReadyError
from deploy.local.keeper import Keeper
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.program import Program, run_to_end
from tests.integration.local.processes import is_alive

pytestmark = pytest.mark.timeout(60)


def answering(folder: Path, port: int | None = None, **variables: str) -> Program:
    chosen = port or free_port()
    return Program(
        "answering",
        folder,
        chosen,
        ("tests.integration.local.answering",),
        {"PATH": os.defpath, "PORT": str(chosen), **variables},
    )


class Ending(Child):
    """Says something and ends at once."""

    def __init__(self, folder: Path) -> None:
        super().__init__("ending", folder, None)

    def argv(self) -> list[str]:
        return [sys.executable, "-c", "print('no luck'); raise SystemExit(7)"]

    def is_ready(self) -> bool:
        return False


@asynccontextmanager
async def kept(child: Child) -> AsyncIterator[Keeper]:
    stopping = asyncio.Event()
    keeper = Keeper(child, stopping)
    task = asyncio.create_task(keeper.keep())
    try:
        yield keeper
    finally:
        stopping.set()
        await task
        await keeper.stop()


async def until(is_so: Callable[[], bool], seconds: float = 15.0) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - a process outside cannot set an event
            await asyncio.sleep(0.02)


async def test_a_killed_program_is_started_again_on_the_same_port(tmp_path: Path) -> None:
    async with kept(answering(tmp_path)) as keeper:
        await until(lambda: keeper.ready)
        before = keeper.state
        assert before.pid is not None
        os.kill(before.pid, 9)
        await until(lambda: keeper.ready and keeper.state.pid != before.pid)
        after = keeper.state
        assert (after.port, after.restarts) == (before.port, 1)
        assert "ended (exit code -9)" in after.problem
    assert keeper.child.pid is None


async def test_a_frozen_program_is_killed_and_started_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cannot notice by itself: its own watchdog stands still too."""
    monkeypatch.setattr(keeping, "FROZEN_SECONDS", 1.0)
    async with kept(answering(tmp_path)) as keeper:
        await until(lambda: keeper.ready)
        frozen = keeper.state.pid
        assert frozen is not None
        os.kill(frozen, signal.SIGSTOP)
        await until(lambda: keeper.ready and keeper.state.pid != frozen)
        assert keeper.state.restarts == 1
        assert "gave no sign of life" in keeper.state.problem


async def test_a_program_whose_store_is_away_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "FROZEN_SECONDS", 0.5)
    async with kept(answering(tmp_path, STORE_AWAY="1")) as keeper:
        await until(lambda: keeper.child.is_live())
        first = keeper.state.pid
        await asyncio.sleep(2.0)
        assert not keeper.ready
        assert (keeper.state.pid, keeper.state.restarts) == (first, 0)


async def test_a_program_that_ends_by_itself_is_started_again_with_its_last_words_kept(
    tmp_path: Path,
) -> None:
    program = answering(tmp_path)
    async with kept(program) as keeper:
        await until(lambda: keeper.ready)
        connection = HTTPConnection(LOOPBACK, program.port)
        connection.request("GET", "/end")
        with pytest.raises(RemoteDisconnected):
            connection.getresponse()
        connection.close()
        await until(lambda: keeper.state.restarts == 1 and keeper.ready)
        assert "exit code 3" in keeper.state.problem
        assert "told to end" in keeper.state.problem


async def test_a_program_that_keeps_ending_is_started_ever_less_often(tmp_path: Path) -> None:
    """Pauses of 0.1, 0.2, 0.4 and 0.8 s: the fifth start comes after a second and a half."""
    async with kept(Ending(tmp_path)) as keeper:
        await until(lambda: keeper.state.restarts >= 2)
        await asyncio.sleep(1.5)
        assert 2 <= keeper.state.restarts <= 5
        assert "exit code 7" in keeper.state.problem
        assert "no luck" in keeper.state.problem
        assert not keeper.ready


async def test_what_cannot_be_started_says_why_and_is_tried_again(tmp_path: Path) -> None:
    port = free_port()
    holder = answering(tmp_path / "holder", port)
    holder.start()
    holder.wait_ready()
    async with kept(answering(tmp_path / "other", port)) as keeper:
        await until(lambda: f"port {port} is taken" in keeper.state.problem)
        holder.stop()
        await until(lambda: keeper.ready)


async def test_stopping_ends_the_helpers_of_a_program_too(tmp_path: Path) -> None:
    async with kept(answering(tmp_path, HELPER="1")) as keeper:
        await until(lambda: keeper.ready)
        processes = leftovers.bearing(keeper.child.mark)
        assert len(processes) == 2
    assert not any(is_alive(pid) for pid in processes)


async def test_the_orphan_of_a_killed_owner_is_ended_by_the_next_start(tmp_path: Path) -> None:
    port = free_port()
    orphan = answering(tmp_path, port)
    orphan.start()
    orphan.wait_ready()
    pid = orphan.pid
    async with kept(answering(tmp_path, port)) as keeper:
        await until(lambda: keeper.ready)
        assert keeper.state.pid != pid
        assert orphan.exit_code == -9


async def test_an_order_to_stop_is_obeyed_in_the_middle_of_a_pause(tmp_path: Path) -> None:
    async with kept(Ending(tmp_path)) as keeper:
        await until(lambda: keeper.state.restarts >= 3)
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 0.5


def test_a_program_that_is_not_ready_in_time_shows_the_end_of_its_log(tmp_path: Path) -> None:
    child = Ending(tmp_path)
    child.start()
    with pytest.raises(NotReadyError, match=r"(?s)ended while starting \(exit code 7\).*no luck"):
        child.wait_ready(10)


def test_a_step_that_fails_says_what_it_said(tmp_path: Path) -> None:
    log = tmp_path / "setup.log"
    with pytest.raises(NotReadyError, match=r"(?s)no_such_module` failed.*No module named"):
        run_to_end(("no_such_module",), {"PATH": os.defpath}, log, "alongside-test")
    assert "No module named" in log.read_text()
