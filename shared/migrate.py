"""Migrations by dbmate: the core's and the service's own, one process at a time."""

import asyncio
import os
import subprocess
import sysconfig
from pathlib import Path

from shared import db
from shared.settings import hosts_of
from shared.transport import PlainConnectionError, for_dbmate

CORE = Path(__file__).parent / "migrations"
WAIT_SECONDS = 60


class MigrationError(Exception):
    """The schema could not be brought up to date; the text is dbmate's."""


async def migrate(setting: str, url: str, folders: list[Path], *, plain_hosts: str = "") -> None:
    """Apply what is missing, oldest first. Safe to run from several processes at once.

    dbmate dies when two run at the same time, so an advisory lock lets one through; it is polled
    because a waiting statement would hold a snapshot. `setting` is the variable that holds `url`.
    Raises MigrationError.
    """
    try:
        for_tool = for_dbmate(setting, url, hosts_of(plain_hosts))
    except PlainConnectionError as error:
        raise MigrationError(str(error)) from None
    connection = await db.connect(url, application="migrate")
    try:
        for _ in range(WAIT_SECONDS * 10):
            if await connection.fetchval("SELECT pg_try_advisory_lock($1)", db.lock_id("migrate")):
                await asyncio.to_thread(_run, for_tool, folders)
                return
            await asyncio.sleep(0.1)
        raise MigrationError("another migration has been running for a minute")
    finally:
        await connection.close()


def _run(url: str, folders: list[Path]) -> None:
    dbmate = Path(sysconfig.get_path("scripts")) / "dbmate"
    arguments = [str(dbmate), "--no-dump-schema"]
    for folder in folders:
        arguments += ["-d", str(folder)]
    environment = {**os.environ, "DATABASE_URL": url}
    done = subprocess.run(  # noqa: S603 (our own binary, our own folders)
        [*arguments, "up", "--strict"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise MigrationError(done.stderr.strip() or done.stdout.strip())
