"""Starts and stops the supervisor from outside, and waits for what it does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

from deploy.local import stack
from deploy.local.errors import LocalError, NotReadyError
from deploy.local.home import Home
from deploy.local.logs import tail
from deploy.local.restore import require_whole
from deploy.local.state import State, current_state, holder

START_SECONDS: Final = 180.0
STOP_SECONDS: Final = 180.0
_LOOK_SECONDS: Final = 0.1

_TRIES_TO_SHOW: Final = 3
"""A program that has ended this often while starting will not come up by waiting."""

Watch = Callable[[State], None]


def launch(home: Home, wanted: Mapping[str, int]) -> subprocess.Popen[bytes] | None:
    """Start the supervisor as a daemon; None when one is running already.

    `home` must be open. Leftovers of a killed run are ended first, so that their ports are
    free again. Raises PortTakenError, and LocalError when ports are wanted of a running stack
    or a restore was interrupted.
    """
    if holder(home.lock_file) is not None:
        used = home.last_ports()
        if any(used.of(name) != port for name, port in wanted.items()):
            raise LocalError(
                "the stack is running on other ports. Ports are chosen at a start: run "
                "`alongside down` first, then `alongside up` with the ports you want."
            )
        return None
    require_whole(home.folder)
    stack.sweep(home)
    home.ports(wanted)
    with (home.logs / "supervisor.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "deploy.local.supervisor", str(home.folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=home.folder,
            start_new_session=True,
        )


def wait_settled(
    home: Home,
    daemon: subprocess.Popen[bytes] | None,
    watch: Watch,
    seconds: float = START_SECONDS,
) -> State:
    """Wait until everything is ready; `watch` sees every state on the way.

    Raises NotReadyError that says what is not ready, and why.
    """
    deadline = time.monotonic() + seconds
    while True:
        state = current(home)
        if state is not None:
            watch(state)
            if state.settled:
                return state
        if daemon is not None and daemon.poll() is not None:
            _refuse_dead(home, daemon.returncode)
            daemon = None
        if time.monotonic() > deadline or (state is not None and _is_hopeless(state)):
            raise NotReadyError(what_is_wrong(home, state))
        time.sleep(_LOOK_SECONDS)


def _refuse_dead(home: Home, exit_code: int) -> None:
    if holder(home.lock_file) is None:
        log = home.logs / "supervisor.log"
        raise NotReadyError(
            f"the supervisor ended (exit code {exit_code}). Its log {log} ends with:\n{tail(log)}"
        )


def _is_hopeless(state: State) -> bool:
    return any(
        not program.ready and program.problem and program.restarts >= _TRIES_TO_SHOW
        for program in state.programs
    ) or any("could not" in why for why in state.missing.values())


def what_is_wrong(home: Home, state: State | None) -> str:
    """What failed, with its reason; when nothing did, what is still awaited."""
    if state is None:
        return f"the supervisor says nothing; see {home.logs / 'supervisor.log'}"
    failed = [f"{part} {why}" for part, why in state.missing.items() if "could not" in why]
    failed += [
        f"{program.name} is not ready: {program.problem}"
        for program in state.programs
        if program.problem and not program.ready
    ]
    return "\n\n".join(failed or _awaited(state)) or "everything is ready"


def _awaited(state: State) -> list[str]:
    slow = [program for program in state.programs if program.pid and not program.ready]
    return [
        *(f"{part}: {why}" for part, why in state.missing.items()),
        *(
            f"{program.name} does not answer yet. Its log {program.log} ends with:\n"
            f"{tail(program.log, 8)}"
            for program in slow
        ),
    ]


def current(home: Home) -> State | None:
    """How it stands now; None when no supervisor runs, or when it has not said anything yet."""
    return current_state(home.state_file, home.lock_file)


def halt(home: Home, seconds: float = STOP_SECONDS) -> bool:
    """Stop everything cleanly, or end what a killed supervisor left. False: nothing was there.

    Raises LocalError when the supervisor does not stop in time.
    """
    pid = holder(home.lock_file)
    if pid is None:
        return home.exists() and bool(stack.sweep(home))
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while holder(home.lock_file) is not None:
        if time.monotonic() > deadline:
            raise LocalError(
                f"the supervisor (process {pid}) does not stop. It ends every program cleanly "
                f"first: see {home.logs / 'supervisor.log'}; to end it all the same run "
                f"`kill -9 {pid}` and then `alongside down` again. No acknowledged data is lost."
            )
        time.sleep(_LOOK_SECONDS)
    return True
