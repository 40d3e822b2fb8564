"""The whole system as processes on databases of its own: to start, to kill, to talk to."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from deploy.local.child import Child
from deploy.local.environment import Site
from deploy.local.ports import free_port
from deploy.local.program import Program
from deploy.local.provision import SERVICES
from tests.world.engines import Engines

API_KEY = "testclinic01.0123456789abcdef0123456789abcdef01234567"
"""The key of the clinic that `seed_clinics` records."""


MANY = {
    "INTAKE_REFERRALS_PER_HOUR": "1000000",
    "INTAKE_REFERRALS_PER_DAY": "1000000",
    "MATCHING_SEARCHES_AT_ONCE": "1000000",
}
"""Stories and loads are about other limits than how much one clinic may send."""


@dataclass(slots=True)
class System:
    """Three services and the phone simulator over the run's engines."""

    engines: Engines
    site: Site
    settings: dict[str, str] = field(default_factory=dict)
    programs: dict[str, Program] = field(default_factory=dict)

    def program(self, name: str, *, port: int | None = None, slot: str = "") -> Program:
        """A service or the simulator as a process; a second replica needs a port of its own."""
        if name == "simulator":
            variables, health = self.site.simulator(), "/livez"
            command: tuple[str, ...] = ("deploy.simulator",)
        else:
            variables, health = self.site.service(name), "/readyz"
            command = (f"services.{name}", "serve")
        variables = {**variables, **self._settings_of(name)}
        if port is not None:
            inner = free_port()
            variables |= {
                f"{name.upper()}_PORT": str(port),
                f"{name.upper()}_INNER_PORT": str(inner),
            }
        folder = self.site.folder / f"{name}{slot}"
        return Program(
            name, folder, port or self.site.ports.of(name), command, variables, health=health
        )

    def _settings_of(self, name: str) -> dict[str, str]:
        prefix = f"{name.upper()}_"
        settings = {**MANY, **self.settings}
        return {key: value for key, value in settings.items() if key.startswith(prefix)}

    def start(self, names: Iterable[str] = ("simulator", *SERVICES)) -> None:
        """Start what is named and wait until each answers."""
        if set(SERVICES).intersection(names):
            self.engines.hand_to(self.site)
        for name in names:
            if name not in self.programs:
                self.programs[name] = self.program(name)
            self.programs[name].start()
        for name in names:
            self.programs[name].wait_ready(60)

    def add_replica(self, service: str) -> str:
        """A second process of a service, on a port of its own; its name to start and kill it by."""
        name = f"{service}-2"
        self.programs[name] = self.program(service, port=free_port(), slot="-2")
        return name

    def stop(self) -> None:
        """Stop everything that was started, services first."""
        services = [name for name in self.programs if name != "simulator"]
        with ThreadPoolExecutor() as together:
            list(together.map(Program.stop, map(self.programs.pop, services)))
        simulator = self.programs.pop("simulator", None)
        if simulator is not None:
            simulator.stop()
        if self.engines.used_by is self.site:
            self.engines.used_by = None

    def kill(self, name: str) -> None:
        """SIGKILL a service, the simulator, postgres or kafka."""
        self.child(name).kill()

    def child(self, name: str) -> Child:
        match name:
            case "postgres":
                return self.engines.postgres
            case "kafka":
                return self.engines.kafka
            case _:
                return self.programs[name]

    def seed(self, service: str, entries: list[dict[str, Any]]) -> None:
        """Load a clinic or coach file by the service's own verb."""
        file = self.site.folder / f"seed_{service}.json"
        file.write_text(json.dumps(entries))
        subprocess.run(
            [sys.executable, "-m", f"services.{service}", "seed", str(file)],
            env=self.site.service(service),
            check=True,
            capture_output=True,
            text=True,
        )

    def logs(self) -> str:
        """Everything that the processes have written."""
        files = sorted(self.site.folder.glob("*/*.log"))
        return "\n".join(file.read_text(errors="replace") for file in files)

    def log_of(self, service: str) -> str:
        """Everything that the processes of one service have written."""
        files = sorted(self.site.folder.glob(f"{service}*/*.log"))
        return "\n".join(file.read_text(errors="replace") for file in files)

    def url(self, program: str) -> str:
        return self.site.url(program)

    def inner_url(self, program: str) -> str:
        """Where a service, or another process of it, tells those who run it how it does."""
        service = program.partition("-")[0]
        if program not in self.programs:
            return self.site.url(f"{service}_inner")
        port = self.programs[program].environment()[f"{service.upper()}_INNER_PORT"]
        return f"http://127.0.0.1:{port}"

    @asynccontextmanager
    async def database(self, service: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
        """A superuser's look into a service's database."""
        connection = await asyncpg.connect(self.engines.postgres.url(self.site.databases[service]))
        try:
            yield connection
        finally:
            await connection.close()

    def http(self) -> httpx2.AsyncClient:
        """A client that speaks as the seeded clinic."""
        return httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {API_KEY}"}, timeout=30, trust_env=False
        )


async def until(
    check: Callable[[], Awaitable[Any]], *, seconds: float = 20.0, what: str = "the fact"
) -> Any:
    """Ask again until the answer is true; fails with `what` after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        answer = await check()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true within {seconds:.0f} s")
        await asyncio.sleep(0.05)


def checkpoints(site: Site, service: str) -> Path:
    """Where a service keeps its signed audit checkpoints."""
    return site.folder / "audit" / f"{service}.checkpoints"
