"""Databases go back to an earlier state by a real backup and restore, and are recovered."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from subprocess import CompletedProcess
from typing import Any

import httpx2

from deploy.local.backup import take
from deploy.local.backup_folder import BackupFolder
from deploy.local.provision import SERVICES
from deploy.local.recovered import Target
from deploy.local.restore import Places, Restore
from tests.integration.restore.backups import recover, until_history
from tests.world.system import System

LAST_SECONDS = 5


class SetBack(StrEnum):
    """What a run loses in its middle."""

    INTAKE = "intake"
    MATCHING = "matching"
    NOTIFICATIONS = "notifications"
    """One database goes back to the backup, the others go on."""
    ALL = "all"
    """All databases go back to the backup."""
    LAST_SECONDS = "last-seconds"
    """All databases lose the last five seconds, as a failover to a late replica does it."""

    @property
    def services(self) -> Sequence[str]:
        return (self.value,) if self.value in SERVICES else SERVICES


@dataclass(slots=True)
class Drill:
    """The backup of a run, and what was seen after its restore."""

    system: System
    kind: SetBack
    backup: BackupFolder
    events_lost: dict[str, int] = field(default_factory=dict)
    """Service → events at least that were relayed and that its restored database does not know."""
    unseen: list[str] = field(default_factory=list)
    """What should have told a human that a database went back, and did not."""

    @classmethod
    async def begin(cls, system: System, kind: SetBack) -> "Drill":
        """Take the backup while everything goes on."""
        engines = system.engines
        folder = engines.folder / f"backup-{system.site.folder.name}"
        await asyncio.to_thread(take, engines.postgres, system.site, folder, _silent)
        return cls(system, kind, BackupFolder(folder))

    async def go_back(self) -> None:
        """Lose the databases, restore them, and start what was stopped."""
        services, postgres = self.kind.services, self.system.engines.postgres
        relayed = {service: await self._numbers(service, relayed=True) for service in services}
        moment = datetime.now(UTC) - timedelta(seconds=LAST_SECONDS)
        for service in services:
            self.system.kill(service)
        postgres.kill()
        await asyncio.to_thread(self._restore, moment)
        postgres.start()
        await asyncio.to_thread(postgres.wait_ready, 90)
        for service in services:
            lost = relayed[service] - await self._numbers(service, relayed=False)
            self.events_lost[service] = max(0, lost)
        await asyncio.to_thread(self.system.start, services)

    def _restore(self, moment: datetime) -> None:
        engines = self.system.engines
        places = Places(engines.folder / "postgres", self.system.site.folder, engines.archive)
        target = Target(engines.archive)
        if self.kind is SetBack.LAST_SECONDS:
            target = Target(engines.archive, moment)
        only = None if self.kind in (SetBack.ALL, SetBack.LAST_SECONDS) else self.kind.value
        asked = Restore(self.backup, places, target, only)
        asked.run(asked.check(), _silent)

    async def _numbers(self, service: str, *, relayed: bool) -> int:
        """How many numbers the database has given to events; of those that were relayed."""
        async with self.system.database(service) as connection:
            counted: int = await connection.fetchval(_RELAYED if relayed else _GIVEN)
        return counted

    async def recover(self) -> None:
        """What an operator does: see that they are behind, look, and let them go on."""
        for service, lost in self.events_lost.items():
            if lost:
                self.unseen += [f"{service}: {one}" for one in await self._unseen(service)]
        for service in self.events_lost:
            done = await self._recover(service)
            if done.returncode == 1 and "for a person:" in done.stdout:
                done = await self._recover(service, "--leave-to-people")
            assert done.returncode == 0, done.stdout + done.stderr
        for service in self.events_lost:
            await until_history(self.system, service, "current")

    async def _recover(self, service: str, *words: str) -> "CompletedProcess[str]":
        return await asyncio.to_thread(recover, self.system, service, *words)

    async def _unseen(self, service: str) -> list[str]:
        """Which of `/readyz`, metric and log does not tell that the service is behind."""
        missing = []
        try:
            await until_history(self.system, service, "behind")
        except AssertionError:
            missing.append("/readyz does not say that the database is behind")
        async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
            shown = (await client.get(f"{self.system.inner_url(service)}/metrics")).text
        found = re.search(r"^alongside_events_forgotten (\S+)", shown, re.MULTILINE)
        if found is None or float(found.group(1)) <= 0:
            missing.append("the metric that an alert reads is not above zero")
        if "database_behind_own_topics" not in self.system.log_of(service):
            missing.append("the log has no line about it")
        return missing


def _silent(_line: Any) -> None:
    """Progress is told by the run."""


_GIVEN = "SELECT coalesce(sum(last_seq), 0)::bigint FROM sequences"
_RELAYED = """
    SELECT (SELECT coalesce(sum(last_seq), 0)::bigint FROM sequences)
         - (SELECT count(*) FROM outbox)
"""
