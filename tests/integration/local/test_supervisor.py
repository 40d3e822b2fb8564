import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import asyncpg
import pytest

from deploy.local import running, stack
from deploy.local.environment import Site
from deploy.local.errors import NotReadyError
from deploy.local.home import NAMES, Home
from deploy.local.ports import answers, free_port
from deploy.local.report import server_version, table
from deploy.local.running import current, halt, wait_settled
from deploy.local.state import ProgramState, State, holder
from tests.integration.local.processes import is_alive, wait_until

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def home(scratch: Path) -> Iterator[Home]:
    """On ports of its own: a developer's stack may be running on the usual ones."""
    home = Home(scratch / "home")
    home.open()
    home.ports(dict(zip(NAMES, {free_port() for _ in range(40)}, strict=False)))
    yield home
    halt(home)


def start(home: Home) -> subprocess.Popen[bytes]:
    with (home.logs / "supervisor.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.integration.local.small_stack", str(home.folder)],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def settled(home: Home, daemon: subprocess.Popen[bytes]) -> State:
    return wait_settled(home, daemon, lambda _: None, seconds=90)


def program(home: Home, name: str) -> ProgramState:
    state = current(home)
    assert state is not None
    return next(program for program in state.programs if program.name == name)


def is_back(home: Home, name: str) -> bool:
    state = program(home, name)
    return state.restarts == 1 and state.ready


def is_not(pid: int) -> bool:
    return not is_alive(pid)


async def note(site: Site, word: str) -> list[str]:
    """Write a word as the service, and read all that are there."""
    connection = await asyncpg.connect(site.database_url("intake", "intake_owner"))
    await connection.execute("CREATE TABLE IF NOT EXISTS words (word text)")
    await connection.execute("INSERT INTO words VALUES ($1)", word)
    rows = await connection.fetch("SELECT word FROM words")
    await connection.close()
    return [row["word"] for row in rows]


async def test_it_brings_everything_up_keeps_it_up_and_leaves_nothing_when_told_to_stop(
    home: Home,
) -> None:
    daemon = start(home)
    state = settled(home, daemon)
    assert [program.name for program in state.programs] == list(stack.PROGRAMS)
    assert program(home, "kafka").version == "4.4.0"
    assert await server_version(home) == "18.4"
    site = stack.site_of(home, home.last_ports())
    await note(site, "before")

    unwritable = home.state_file.with_suffix(".part")
    unwritable.mkdir()  # stands for a full disk: the state cannot be written
    for name in ("matching", "postgres"):
        before = program(home, name)
        assert before.pid is not None
        os.kill(before.pid, signal.SIGKILL)
        if unwritable.exists():
            wait_until(partial(is_not, before.pid))
            wait_until(partial(answers, before.port))
            unwritable.rmdir()
        wait_until(partial(is_back, home, name), 30)
    assert await note(site, "after") == ["before", "after"]

    processes = [program.pid for program in state.programs if program.pid]
    assert halt(home)
    assert daemon.wait(10) == 0
    assert current(home) is None
    assert not any(is_alive(pid) for pid in processes)
    assert stack.sweep(home) == []


async def test_after_a_kill_of_the_supervisor_the_next_start_ends_its_orphans_and_comes_back(
    home: Home,
) -> None:
    daemon = start(home)
    first = settled(home, daemon)
    site = stack.site_of(home, home.last_ports())
    await note(site, "kept")
    daemon.kill()
    daemon.wait()
    orphans = [program.pid for program in first.programs if program.pid]
    assert all(is_alive(pid) for pid in orphans)
    assert holder(home.lock_file) is None
    assert current(home) is None

    assert set(stack.sweep(home)) == set(stack.PROGRAMS)
    assert not any(is_alive(pid) for pid in orphans)
    assert home.ports({}) == site.ports
    again = start(home)
    second = settled(home, again)
    assert {p.name: p.port for p in second.programs} == {p.name: p.port for p in first.programs}
    assert await note(site, "new") == ["kept", "new"]
    assert halt(home)
    assert again.wait(10) == 0


def test_a_supervisor_that_dies_at_once_is_reported_with_its_log(home: Home) -> None:
    with (home.logs / "supervisor.log").open("ab") as log:
        daemon = subprocess.Popen([sys.executable, "-c", "raise OSError('no luck')"], stderr=log)
    with pytest.raises(NotReadyError, match=r"(?s)the supervisor ended.*no luck"):
        settled(home, daemon)


def _state(home: Home, **facts: object) -> State:
    healthy = ProgramState(name="matching", port=1, pid=2, ready=True, log=home.logs / "m.log")
    return State(supervisor=1, programs=(healthy.model_copy(update=facts),))


def test_what_failed_is_said_first_and_what_is_only_slow_is_not_mentioned_with_it(
    home: Home,
) -> None:
    failed = _state(home, ready=False, problem="matching ended (exit code 2).", restarts=4)
    assert not failed.settled
    assert "matching is not ready: matching ended" in running.what_is_wrong(home, failed)
    unset = failed.model_copy(update={"missing": {"databases": "could not be prepared: x"}})
    assert running.what_is_wrong(home, unset).startswith("databases could not be prepared")
    slow = _state(home, ready=False)
    assert "does not answer yet" in running.what_is_wrong(home, slow)
    assert running.what_is_wrong(home, _state(home)) == "everything is ready"


def test_a_stack_is_settled_only_when_nothing_is_missing_and_all_are_ready(home: Home) -> None:
    ready = _state(home)
    assert ready.settled
    assert not ready.model_copy(update={"missing": {"topics": "waiting"}}).settled
    assert table(ready, "18.4").row_count == 1
    ready.write(home.state_file)
    assert State.read(home.state_file) == ready
    home.state_file.write_text("{")
    assert State.read(home.state_file) is None
