"""Databases set back to an earlier moment, as a restore or a failover that lost a tail does it."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2

from tests.world.system import System, until

_OLDER = "UPDATE clock_seen SET last_seen_at = last_seen_at - $1::interval"


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of some services' databases, taken while those services stood still."""

    system: System
    services: Sequence[str]

    @classmethod
    async def take(cls, system: System, services: Sequence[str]) -> "Backup":
        """Copy them; the services are killed for it and started again."""
        backup = cls(system, services)
        for service in services:
            system.kill(service)
        for service in services:
            name = system.site.databases[service]
            await backup._run(f"CREATE DATABASE {name}_backup TEMPLATE {name}")
        system.start(services)
        return backup

    async def restore(self, *, age: timedelta = timedelta(0)) -> None:
        """Put the copies in place of the present databases; the services are started again.

        `age` is how much longer ago the copies were last used than they really were.
        """
        for service in self.services:
            self.system.kill(service)
        for service in self.services:
            name = self.system.site.databases[service]
            await self._run(f"DROP DATABASE {name} WITH (FORCE)")
            await self._run(f"ALTER DATABASE {name}_backup RENAME TO {name}")
            for role in (service, f"{service}_owner"):
                await self._run(f"GRANT CONNECT ON DATABASE {name} TO {role}")
        for service in self.services:
            async with self.system.database(service) as connection:
                await connection.execute(_OLDER, age)
        self.system.start(self.services)

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self.system.engines.postgres.url())
        try:
            await until(lambda: _ran(connection, statement), what=statement)
        finally:
            await connection.close()


async def _ran(connection: Any, statement: str) -> bool:
    """False while sessions of a killed process still hold the database."""
    try:
        await connection.execute(statement)
    except asyncpg.ObjectInUseError:
        return False
    return True


async def ready(system: System, service: str) -> dict[str, Any]:
    """What `/readyz` says."""
    async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
        said: dict[str, Any] = (await client.get(f"{system.inner_url(service)}/readyz")).json()
    return said


async def until_history(system: System, service: str, state: str) -> dict[str, Any]:
    """What `/readyz` says once the service has found out so much about its own history."""

    async def reached() -> dict[str, Any] | None:
        said = await ready(system, service)
        return said if said.get("history") == state else None

    said: dict[str, Any] = await until(reached, seconds=40, what=f"{service} to be {state}")
    return said


def recover(system: System, service: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """`python -m services.<name> recover …` as an operator runs it."""
    return run(system, service, "recover", *words)


def run(system: System, service: str, *words: str) -> "subprocess.CompletedProcess[str]":
    """A verb of a service as an operator runs it."""
    return subprocess.run(
        [sys.executable, "-P", "-m", f"services.{service}", *words],
        env={**system.site.service(service), "USER": "tester"},
        capture_output=True,
        text=True,
        check=False,
    )
