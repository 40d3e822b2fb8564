"""The database's client has one class for a connection that is gone and for a wrong argument."""

from typing import Any, cast

import asyncpg
import pytest

from shared import db
from shared.write_buffer import WriteBuffer

BUGS = [
    asyncpg.InterfaceError(
        "the server expects 2 arguments for this query, 1 was passed\n"
        "HINT:  Check the query against the passed list of arguments."
    ),
    asyncpg.ClientConfigurationError("no such host: closed zqcanary"),
]
OUTAGES = [
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InterfaceError("pool is closing"),
    asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
    asyncpg.InterfaceError(
        "cannot call Connection.execute(): connection has been released back to the pool"
    ),
]


class Raises:
    """A connection on which every statement ends like this."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def fetch(self, *_: Any) -> None:
        raise self._error

    fetchrow = fetchval = execute = executemany = fetch


async def each_way(error: Exception) -> list[Exception]:
    """What comes of it, whichever way the statement is run."""
    buffer = WriteBuffer(cast(db.Pooled, Raises(error)))
    found: list[Exception] = []
    for run in (buffer.fetch, buffer.fetchrow, buffer.fetchval):
        with pytest.raises(Exception) as raised:  # noqa: PT011 (which one is the question)
            await run("SELECT $1", 1)
        found.append(raised.value)
    for count in (1, 2):
        for number in range(count):
            await buffer.execute("UPDATE x SET y = $1", number)
        with pytest.raises(Exception) as raised:  # noqa: PT011
            await buffer.flush()
        found.append(raised.value)
    return found


@pytest.mark.parametrize("error", BUGS, ids=lambda error: str(error)[:40])
async def test_a_wrong_argument_is_a_bug_and_is_never_waited_out(
    error: asyncpg.InterfaceError,
) -> None:
    assert not db.is_outage(error)
    for raised in await each_way(error):
        assert isinstance(raised, db.StatementError)
        assert not isinstance(raised, db.RETRYABLE)
        assert "zqcanary" not in str(raised)


@pytest.mark.parametrize("error", OUTAGES, ids=str)
async def test_a_connection_that_is_gone_is_an_outage(error: asyncpg.InterfaceError) -> None:
    assert db.is_outage(error)
    assert await each_way(error) == [error] * 5
    assert isinstance(error, db.RETRYABLE)
