"""The supervisor: a process of its own that keeps the stack running until SIGTERM.

    python -m deploy.local.supervisor <data folder>

PostgreSQL, Kafka and the simulator start at once and side by side; the services follow when
the migrations are done, whether Kafka is up or not. Stopping goes in the other direction. If the
supervisor itself is killed, its programs go on; the next start ends them and begins anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import asyncpg

from deploy.local import logs, stack
from deploy.local.child import mark_of
from deploy.local.errors import LocalError
from deploy.local.home import Home
from deploy.local.keeper import Keeper
from deploy.local.migrated import Migrated
from deploy.local.program import run_to_end
from deploy.local.provision import provision
from deploy.local.state import State, hold

_RETRY_SECONDS: Final = 3.0
_PUBLISH_SECONDS: Final = 0.2
_CAP_LOGS_SECONDS: Final = 10.0


class Supervisor:
    """Keeps every program of one installation, sets the stores up, and says how it stands."""

    def __init__(self, home: Home, programs: stack.Stack) -> None:
        self._home = home
        self._stack = programs
        self._stopping = asyncio.Event()
        self._keepers = {child.name: Keeper(child, self._stopping) for child in programs.children}
        self._written: State | None = None
        self._set_up: dict[str, str | None] = {
            "databases": "waiting for PostgreSQL",
            "topics": "waiting for Kafka",
        }

    def stop(self) -> None:
        """Begin to stop; `run` returns when everything has."""
        self._stopping.set()

    async def run(self) -> None:
        """Run until `stop`. Whatever happens, no program is left running."""
        try:
            async with asyncio.TaskGroup() as tasks, self._publishing():
                for name in (*stack.ENGINES, "simulator"):
                    tasks.create_task(self._keepers[name].keep())
                tasks.create_task(self._create_topics())
                await self._prepare_databases()
                for service in self._stack.services:
                    tasks.create_task(self._keepers[service.name].keep())
                await self._stopping.wait()
        finally:
            self._stopping.set()
            await self._stop_all()

    async def _stop_all(self) -> None:
        """Those who write first, then Kafka, then the store of everything."""
        first = [self._keepers[child.name] for child in self._stack.services]
        first.append(self._keepers["simulator"])
        await asyncio.gather(*(keeper.stop() for keeper in first))
        await self._keepers["kafka"].stop()
        await self._keepers["postgres"].stop()
        self._state().write(self._home.state_file)

    async def _prepare_databases(self) -> None:
        """Roles, databases and schemas; tried again until it succeeds or all is to stop."""
        if not await self._keepers["postgres"].until_ready():
            return
        while not self._stopping.is_set():
            try:
                await provision(self._stack.postgres.url(), self._stack.site.passwords())
                await self._migrate()
            except (LocalError, asyncpg.PostgresError, OSError) as error:
                self._set_up["databases"] = f"could not be prepared: {error}"
                await self._wait(_RETRY_SECONDS)
            else:
                self._set_up["databases"] = None
                return

    async def _migrate(self) -> None:
        migrated = Migrated(self._stack.postgres.folder)
        if migrated.is_up_to_date():
            return
        # Each has a database of its own, so they can run side by side.
        await asyncio.gather(*(self._run_step(step) for step in self._stack.migrations))
        if not self._stopping.is_set():
            migrated.remember()

    async def _create_topics(self) -> None:
        """Topics; in parallel to all else, because services wait for them by themselves."""
        while await self._keepers["kafka"].until_ready():
            try:
                await self._run_step(self._stack.topics)
            except (LocalError, OSError) as error:
                self._set_up["topics"] = f"could not be created: {error}"
                await self._wait(_RETRY_SECONDS)
            else:
                self._set_up["topics"] = None
                return

    async def _run_step(self, step: stack.Step) -> None:
        if self._stopping.is_set():
            return
        log = self._home.logs / f"{stack.SETUP}.log"
        mark = mark_of(stack.SETUP, self._home.logs)
        await asyncio.to_thread(run_to_end, *step, log, mark)

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    @contextlib.asynccontextmanager
    async def _publishing(self) -> AsyncIterator[None]:
        """Keep the state file true and the logs short for as long as the block runs."""
        task = asyncio.create_task(self._publish())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _publish(self) -> None:
        """A full disk must not end the programs: it is said as soon as it can be written."""
        next_cap = 0.0
        while True:
            try:
                self._write_if_changed()
                if time.monotonic() >= next_cap:
                    next_cap = time.monotonic() + _CAP_LOGS_SECONDS
                    self._cap_logs()
            except OSError as error:
                self._set_up["data folder"] = f"could not be written: {error.strerror}"
            else:
                self._set_up["data folder"] = None
            await asyncio.sleep(_PUBLISH_SECONDS)

    def _write_if_changed(self) -> None:
        state = self._state()
        if state != self._written:
            state.write(self._home.state_file)
            self._written = state

    def _cap_logs(self) -> None:
        for keeper in self._keepers.values():
            logs.cap(keeper.child.log)

    def _state(self) -> State:
        return State(
            supervisor=os.getpid(),
            missing={part: why for part, why in self._set_up.items() if why is not None},
            programs=tuple(keeper.state for keeper in self._keepers.values()),
        )


async def supervise(home: Home) -> None:
    """Run the stack of `home` until SIGTERM or SIGINT."""
    supervisor = Supervisor(home, stack.build(home, home.last_ports()))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, supervisor.stop)
    await supervisor.run()


def main() -> None:
    """Command line of the daemon; exits at once when another one keeps this folder."""
    home = Home(Path(sys.argv[1]))
    if hold(home.lock_file) is None:
        sys.exit(f"another supervisor keeps {home.folder}")
    asyncio.run(supervise(home))


if __name__ == "__main__":
    main()
