"""Slot names for replicas: the smallest free number, leased by a session advisory lock.

A replacement that comes back under the same name gets its partitions at once instead of after
the session timeout. Speed only: the sequence check is what keeps us right.
"""

import asyncio
from contextlib import suppress

from shared import db

MAX_REPLICAS = 64
_LOCKS = db.lock_id("slot") >> 32
_TAKE = """
    SELECT slot FROM generate_series(1, $2::int) AS slot
     WHERE pg_try_advisory_lock($1::int, slot) LIMIT 1
"""
_TAKE_THIS = """
    SELECT pg_try_advisory_lock($1::int, $2::int)
"""


class SlotLostError(Exception):
    """Another process holds our slot; two members under one name throw each other out."""


class Slot:
    """A leased slot. Keep `hold` running; it raises when the lease is lost for good."""

    def __init__(self, database_url: str, service: str) -> None:
        self._database_url = database_url
        self._service = service
        self._connection: db.Session | None = None
        self.number: int | None = None

    @property
    def name(self) -> str:
        return f"{self._service}-{self.number}"

    async def lease(self) -> None:
        """Take the smallest free slot. Raises an outage error when the database is away."""
        self._connection = await self._connect()
        self.number = await self._connection.fetchval(_TAKE, _LOCKS, MAX_REPLICAS)
        if self.number is None:
            raise SlotLostError(f"all {MAX_REPLICAS} slots of {self._service} are taken")

    async def hold(self) -> None:
        """Watch the lease; after an outage of the database take the same slot again or raise."""
        while True:
            await asyncio.sleep(1.0)
            try:
                if self._connection is None or self._connection.is_closed():
                    await self._regain()
                else:
                    await self._connection.fetchval("SELECT 1", timeout=5)
            except db.OUTAGES:
                await self._close()

    async def _regain(self) -> None:
        connection = await self._connect()
        if not await connection.fetchval(_TAKE_THIS, _LOCKS, self.number):
            await connection.close()
            raise SlotLostError(f"slot {self.name} was taken by another process")
        self._connection = connection

    async def _connect(self) -> db.Session:
        return await db.connect(self._database_url, application=f"{self._service}-slot")

    async def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*db.OUTAGES):
                connection.terminate()

    async def release(self) -> None:
        """Give the slot back."""
        await self._close()
