"""Intake alone as a process: what it has applied, parked, counted and said."""

import re
import subprocess
import sys
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2

from tests.integration.core.wire import COACHES
from tests.world.system import System, until


@dataclass(frozen=True, slots=True)
class Intake:
    """The consumer under test: intake, which stores the coaches' contacts that it reads."""

    system: System

    async def applied(self, coach_id: UUID) -> str | None:
        """The sealed contact that intake has stored for this coach."""
        async with self.system.database("intake") as connection:
            sealed: str | None = await connection.fetchval(
                "SELECT sealed FROM coaches WHERE coach_id = $1", coach_id
            )
        return sealed

    async def until_applied(self, coach_id: UUID) -> str:
        async def found() -> str | None:
            return await self.applied(coach_id)

        return str(await until(found, what="the record of a healthy key to be applied"))

    async def parked(self, offset: int, *, partition: int = 0) -> tuple[str, str | None] | None:
        """Reason and error of the record at this offset, if it waits."""
        async with self.system.database("intake") as connection:
            row = await connection.fetchrow(
                "SELECT reason, error FROM parked_records "
                "WHERE topic = $1 AND partition = $2 AND record_offset = $3",
                COACHES,
                partition,
                offset,
            )
        return (row["reason"], row["error"]) if row else None

    async def parked_of(self, key: UUID) -> list[tuple[int, str]]:
        """What waits of a key: numbers and reasons."""
        async with self.system.database("intake") as connection:
            rows = await connection.fetch(
                "SELECT seq, reason FROM parked_records WHERE key = $1 ORDER BY seq", key
            )
        return [(row["seq"], row["reason"]) for row in rows]

    async def place_of(self, key: UUID) -> tuple[int, bool] | None:
        """How far a key is handled, and whether it waits for a person."""
        async with self.system.database("intake") as connection:
            row = await connection.fetchrow(
                "SELECT last_seq, failed FROM inbox WHERE key = $1 AND topic = $2", key, COACHES
            )
        return (row["last_seq"], row["failed"]) if row else None

    async def ready(self) -> dict[str, Any]:
        """What `/readyz` says."""
        async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
            answer = await client.get(f"{self.system.inner_url('intake')}/readyz")
        said: dict[str, Any] = answer.json()
        return said

    async def metric(self, name: str, **labels: str) -> float:
        """One value of `/metrics`; 0 while it was never counted."""
        async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
            text = (await client.get(f"{self.system.inner_url('intake')}/metrics")).text
        inside = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
        braces = re.escape("{" + inside + "}") if labels else ""
        found = re.search(rf"^{name}{braces} (\S+)$", text, re.MULTILINE)
        return float(found.group(1)) if found else 0.0

    async def counted(self, outcome: str) -> float:
        """Records of the coaches' topic with this outcome since the process started."""
        return await self.metric("alongside_records_total", outcome=outcome, topic=COACHES)

    def command(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """`python -m services.intake …` as an operator runs it."""
        return subprocess.run(
            [sys.executable, "-P", "-m", "services.intake", *words],
            env={**self.system.site.service("intake"), "USER": "tester"},
            capture_output=True,
            text=True,
            check=False,
        )
