"""Keeps one program alive: starts it, watches it, and restarts it when it ends."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from deploy.local.child import Child
from deploy.local.errors import LocalError
from deploy.local.logs import tail
from deploy.local.state import ProgramState

FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 10.0
STEADY_SECONDS: Final = 30.0
"""Who has lived this long counts as healthy: its next end is answered quickly again."""

LOOK_SECONDS: Final = 3.0
"""How often a ready program is asked whether it still is; the question is not free for it."""

START_SECONDS: Final = 60.0
"""How long a program may take to its first sign of life."""

FROZEN_SECONDS: Final = 15.0
"""Without a sign of life for so long a program is killed, and started again. It cannot notice by
itself: whatever has stopped it has stopped its own watchdog too. A long collection of garbage or
a debugger's short stop is far below."""

_TAIL_LINES: Final = 8


class Keeper:
    """Runs one child until told to stop. Ends are answered by a new start, ever later."""

    def __init__(self, child: Child, stopping: asyncio.Event) -> None:
        self.child = child
        self._answers = False
        self._stopping = stopping
        self._since: float | None = None
        self._tries = 0
        self._problem = ""

    @property
    def ready(self) -> bool:
        """Whether it runs and answered when it was last asked."""
        return self._answers and self.child.pid is not None

    @property
    def state(self) -> ProgramState:
        """What there is to say about it now."""
        return ProgramState(
            name=self.child.name,
            port=self.child.port,
            pid=self.child.pid,
            ready=self.ready,
            since=self._since,
            restarts=max(0, self._tries - 1),
            problem=self._problem,
            version=self.child.version,
            log=self.child.log,
        )

    async def keep(self) -> None:
        """Start the child and start it again whenever it ends; returns once `stopping` is set."""
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            began = time.monotonic()
            await self._run()
            self._answers = False
            if time.monotonic() - began >= STEADY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            await self._wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _run(self) -> None:
        """One life of the child, from its start to its end."""
        self._tries += 1
        try:
            await asyncio.to_thread(self.child.start)
        except LocalError as error:
            self._problem = str(error)
            return
        self._since = time.time()
        next_look, live_until = 0.0, time.monotonic() + START_SECONDS
        while self.child.pid is not None and not self._stopping.is_set():
            if time.monotonic() >= next_look:
                self._answers = await asyncio.to_thread(self.child.is_ready)
                next_look = time.monotonic() + (LOOK_SECONDS if self._answers else 0.1)
                if self._answers or await asyncio.to_thread(self.child.is_live):
                    live_until = time.monotonic() + FROZEN_SECONDS
                elif time.monotonic() > live_until:
                    return await self._end_frozen()
            await self._wait(0.1)
        if not self._stopping.is_set():
            self._problem = (
                f"{self.child.name} ended (exit code {self.child.exit_code}). Its log "
                f"{self.child.log} ends with:\n{tail(self.child.log, _TAIL_LINES)}"
            )

    async def _end_frozen(self) -> None:
        """Kill a child that runs and does nothing."""
        await asyncio.to_thread(self.child.kill)
        self._problem = (
            f"{self.child.name} gave no sign of life for {FROZEN_SECONDS:.0f} seconds and was "
            f"killed. Its log {self.child.log} ends with:\n{tail(self.child.log, _TAIL_LINES)}"
        )

    async def until_ready(self) -> bool:
        """Wait for the child; False when everything is to stop instead."""
        while not self.ready and not self._stopping.is_set():
            await self._wait(0.02)
        return self.ready

    async def _wait(self, seconds: float) -> None:
        """Sleep, but not through the order to stop."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return

    async def stop(self) -> None:
        """Stop the child. `keep` must have returned."""
        await asyncio.to_thread(self.child.stop)
        self._answers = False
