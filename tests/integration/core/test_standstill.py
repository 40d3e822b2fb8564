"""A process that stands still inside a transaction does not keep its locks for long."""

import asyncpg
import pytest

from shared import db
from shared.transaction import Database
from tests.integration.core.store import open_database
from tests.world.engines import Engines
from tests.world.system import System, until


async def test_a_session_that_stands_still_in_a_transaction_is_ended_as_an_outage(
    engines: Engines,
) -> None:
    world = System(engines, await engines.new_site())
    async with open_database(world.site) as database:
        async with database.transaction() as tx:
            limit = await tx.connection.fetchval("SHOW idle_in_transaction_session_timeout")
            assert limit == "10s"
        with pytest.raises(db.OUTAGES):
            await stand_still(world, database)
        async with database.transaction() as tx:
            assert await tx.connection.fetchval("SELECT 1") == 1


async def stand_still(world: System, database: Database) -> None:
    """Keep a transaction open past the limit, then go on in it."""
    async with database.transaction() as tx:
        await tx.connection.execute("SET LOCAL idle_in_transaction_session_timeout = 100")
        pid: int = await tx.connection.fetchval("SELECT pg_backend_pid()")
        await until_ended(world, pid)
        await tx.connection.fetchval("SELECT 1")


async def until_ended(world: System, pid: int) -> None:
    connection = await asyncpg.connect(world.engines.postgres.url())

    async def ended() -> bool:
        found = await connection.fetchval("SELECT 1 FROM pg_stat_activity WHERE pid = $1", pid)
        return found is None

    try:
        await until(ended, what="the server to end the session")
    finally:
        await connection.close()
