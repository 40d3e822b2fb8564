"""What the real client says of wrong arguments and of a connection that is gone."""

import asyncpg
import pytest

from shared import db
from tests.integration.core.store import open_database
from tests.world.engines import Engines

pytestmark = pytest.mark.timeout(60)

MISCOUNTED = [("SELECT $1::text", ()), ("SELECT 1", ("zqcanary",))]
OF_A_WRONG_TYPE = [("SELECT $1::int", "zqcanary"), ("SELECT $1::uuid", "closed zqcanary")]


async def test_wrong_arguments_are_a_bug_and_a_lost_connection_is_an_outage(
    engines: Engines,
) -> None:
    async with open_database(await engines.new_site()) as database:
        for statement, arguments in MISCOUNTED:
            async with database.transaction() as tx:
                with pytest.raises(db.StatementError) as miscounted:
                    await tx.connection.fetchval(statement, *arguments)
            assert "zqcanary" not in str(miscounted.value)
            assert not isinstance(miscounted.value, db.RETRYABLE)
        for statement, argument in OF_A_WRONG_TYPE:
            async with database.transaction() as tx:
                with pytest.raises(asyncpg.DataError) as mistyped:
                    await tx.connection.fetchval(statement, argument)
            assert not isinstance(mistyped.value, db.RETRYABLE)
        async with database.pool.acquire() as connection:
            await connection.close()
            with pytest.raises(db.OUTAGES):
                await connection.fetchval("SELECT 1")
