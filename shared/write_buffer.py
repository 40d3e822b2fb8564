"""A transaction's connection that gathers writes, so that many records pay a round trip once."""

from collections.abc import Awaitable
from typing import Any, TypeVar

import asyncpg

from shared import db
from shared.db import Pooled, Row

T = TypeVar("T")


class WriteBuffer:
    """Reads at once, writes later: before the next read, at the latest with the commit.

    Writes of one statement go out together. Within one unit of work (a record, a timer, a
    request) they keep their order; between units only the order per statement is kept, so units
    that share a transaction without a read between them must be about different keys.
    """

    def __init__(self, connection: Pooled) -> None:
        self._connection = connection
        self._pending: dict[str, list[tuple[Any, ...]]] = {}
        self._places: dict[str, int] = {}
        self._furthest = 0

    def start_group(self) -> None:
        """What follows belongs to another key than what came before."""
        self._furthest = 0

    async def execute(self, statement: str, /, *arguments: Any) -> None:
        """Note a write. What the database thinks of it is raised by a later call."""
        place = self._places.get(statement, len(self._places))
        if place < self._furthest:
            await self.flush()
            place = 0
        self._furthest = self._places.setdefault(statement, place)
        self._pending.setdefault(statement, []).append(arguments)

    async def fetch(self, statement: str, /, *arguments: Any) -> list[Row]:
        """All rows, with every write before it done."""
        await self.flush()
        return await _checked(self._connection.fetch(statement, *arguments))

    async def fetchrow(self, statement: str, /, *arguments: Any) -> Row | None:
        """The first row, with every write before it done."""
        await self.flush()
        return await _checked(self._connection.fetchrow(statement, *arguments))

    async def fetchval(self, statement: str, /, *arguments: Any) -> Any:
        """The first value, with every write before it done."""
        await self.flush()
        return await _checked(self._connection.fetchval(statement, *arguments))

    async def flush(self) -> None:
        """Write what is noted, one round trip per statement."""
        pending, self._pending, self._places, self._furthest = self._pending, {}, {}, 0
        for statement, rows in pending.items():
            if len(rows) == 1:
                await _checked(self._connection.execute(statement, *rows[0]))
            else:
                await _checked(self._connection.executemany(statement, rows))


async def _checked(call: Awaitable[T]) -> T:
    """Tell a bug from an outage; the client has one class for both. Raises db.StatementError."""
    try:
        return await call
    except asyncpg.InterfaceError as error:
        if db.is_outage(error):
            raise
        raise db.StatementError from None
