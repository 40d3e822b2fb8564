"""Taking one database out of a server and putting it into another, with its owners and grants."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import asyncpg

from deploy.local.backup_folder import Contents
from deploy.local.child import QUIET_ENVIRONMENT
from deploy.local.errors import BackupError
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import SUPERUSER, Postgres
from deploy.local.provision import (
    create_database,
    database_exists,
    drop_database,
    rename_database,
)


def require_databases(server: Postgres, contents: Contents) -> None:
    """Raise BackupError when a database that the backup names is not in the running `server`."""
    missing = sorted(set(contents.databases.values()) - asyncio.run(_databases(server)))
    if missing:
        raise BackupError(
            f"the backup says that it has the database {missing[0]}, and it has not: it was "
            "deleted before that moment, or the backup is damaged. Use another one."
        )


async def _databases(server: Postgres) -> set[str]:
    connection = await asyncpg.connect(server.url())
    try:
        return {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
    finally:
        await connection.close()


def dump_database(server: Postgres, database: str, to: Path) -> None:
    """Write everything of a database, with owners and grants, into the file `to`."""
    _run(server, "pg_dump", "--format=custom", f"--file={to}", f"--dbname={database}")


def replace_database(
    server: Postgres, service: str, database: str, dump: Path, *, suffix: str
) -> str | None:
    """Put the dump in the place of `database`; the present one is renamed.

    Returns its new name; None when there was none. The exchange is one transaction.
    """
    fresh = f"{database}-restoring"
    asyncio.run(_make(server, service, fresh))
    _run(server, "pg_restore", "--exit-on-error", f"--dbname={fresh}", str(dump))
    return asyncio.run(_exchange(server, fresh, database, f"{database}-{suffix}"))


async def _make(server: Postgres, service: str, name: str) -> None:
    connection = await asyncpg.connect(server.url())
    try:
        await drop_database(connection, name)
        owner = f"{service}_owner"
        await create_database(connection, name, owner=owner, users=[owner, service])
    finally:
        await connection.close()


async def _exchange(server: Postgres, fresh: str, database: str, aside: str) -> str | None:
    connection = await asyncpg.connect(server.url())
    try:
        async with connection.transaction():
            there = await database_exists(connection, database)
            if there:
                await rename_database(connection, database, aside)
            await rename_database(connection, fresh, database)
    finally:
        await connection.close()
    return aside if there else None


def _run(server: Postgres, program: str, *arguments: str) -> None:
    done = subprocess.run(
        [
            str(server.bin / program),
            f"--host={LOOPBACK}",
            f"--port={server.port}",
            f"--username={SUPERUSER}",
            "--no-password",
            *arguments,
        ],
        env={**QUIET_ENVIRONMENT, "PGPASSWORD": server.password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BackupError(
            f"{program} failed (exit code {done.returncode}); the present database stays as it "
            f"is:\n{done.stderr[-2000:]}"
        )
