"""The databases and keys of an installation, without the programs around them."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from deploy.local.backup import take
from deploy.local.backup_folder import BackupFolder
from deploy.local.environment import Ports, Site
from deploy.local.ports import free_port
from deploy.local.postgres import Postgres, client_programs
from deploy.local.provision import SERVICES, VAULT, provision
from deploy.local.recovered import Target
from deploy.local.restore import Places, Restore, Restored
from deploy.local.wal_archive import WalArchive
from tests.world.system import until


def silent(_line: str) -> None:
    """Takes lines of progress."""


@dataclass(slots=True)
class Installation:
    """A cluster with the databases of all services, each with one table of words."""

    folder: Path
    archive: WalArchive | None = None

    @property
    def places(self) -> Places:
        return Places(self.folder / "postgres", self.folder, self.archive)

    @property
    def server(self) -> Postgres:
        """As the local stack runs it: to enter, or to start."""
        settings = dict(self.archive.settings) if self.archive else {}
        return Postgres(self.places.postgres, settings=settings)

    def site(self, server: Postgres) -> Site:
        ports = Ports(server.port, *(free_port() for _ in range(9)))
        return Site(self.folder, ports, client_programs())

    async def create(self, server: Postgres) -> None:
        """Roles, databases, a table in each that its service may use, keys and checkpoints."""
        site = self.site(server)
        await provision(server.url(), site.passwords())
        for name in (*SERVICES, VAULT):
            await run(server.url(name), "CREATE TABLE words (word text)", role=f"{name}_owner")
        for name in SERVICES:
            site.service(name)
            (self.folder / "audit" / f"{name}.checkpoints").write_text("")

    async def backup(self, server: Postgres) -> BackupFolder:
        """A backup beside the installation."""
        into = self.folder.with_name("backup")
        site = self.site(server)
        await asyncio.to_thread(take, server, site, into, silent, forbidden=[self.folder])
        return BackupFolder(into)

    def asked(
        self, backup: BackupFolder, *, only: str | None = None, target: Target | None = None
    ) -> Restore:
        return Restore(backup, self.places, target or Target(self.archive), only)

    async def restore(
        self, backup: BackupFolder, *, only: str | None = None, target: Target | None = None
    ) -> Restored:
        asked = self.asked(backup, only=only, target=target)
        return await asyncio.to_thread(asked.run, asked.check(), silent)


async def run(url: str, statement: str, *arguments: object, role: str | None = None) -> None:
    connection = await asyncpg.connect(url)
    try:
        if role is not None:
            await connection.execute(f"SET ROLE {role}")
        await connection.execute(statement, *arguments)
    finally:
        await connection.close()


async def write(
    server: Postgres, word: str, databases: tuple[str, ...] = (*SERVICES, VAULT)
) -> None:
    """Commit a word in each of these databases."""
    for name in databases:
        await run(server.url(name), "INSERT INTO words VALUES ($1)", word)


async def words(server: Postgres, database: str) -> list[str]:
    return await words_at(server.url(database))


async def words_at(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT word FROM words ORDER BY word")
    finally:
        await connection.close()
    return [row["word"] for row in rows]


async def until_archived(server: Postgres) -> None:
    """End the present segment and wait until it is in the archive."""
    connection = await asyncpg.connect(server.url())
    try:
        await connection.execute("SELECT txid_current()")
        segment = await connection.fetchval("SELECT pg_walfile_name(pg_switch_wal())")

        async def archived() -> bool:
            last = await connection.fetchval("SELECT last_archived_wal FROM pg_stat_archiver")
            # A timeline's first number may be less than the segment before it.
            return bool((last or "")[8:24] >= segment[8:24])

        await until(archived, what=f"{segment} to be archived")
    finally:
        await connection.close()
