"""What a person does with dead letters: look, replay, discard. Every act is audited."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.db import Row
from shared.errors import PermanentError
from shared.messaging import inbox
from shared.messaging.records import Record
from shared.messaging.settle import Settler

_LIST = """
    SELECT record_id, topic, partition, record_offset, key, seq, type, reason, error, parked_at
      FROM parked_records ORDER BY parked_at, record_id LIMIT $1
"""
_ONE = """
    SELECT record_id, topic, partition, record_offset, key, seq, type, reason, error, sealed,
           parked_at
      FROM parked_records WHERE record_id = $1
"""
_FIRST_BEHIND = """
    SELECT min(seq) FROM parked_records WHERE topic = $1 AND key = $2 AND record_id <> $3
"""


class NoSuchRecordError(Exception):
    """There is no parked record with this id."""


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """The parked records of one service."""

    settler: Settler

    async def list(self, limit: int = 100) -> list[Row]:
        """Oldest first: where each lies, why it waits; never its content."""
        async with self.settler.database.transaction() as tx:
            return await tx.connection.fetch(_LIST, limit)

    async def replay(self, record_id: UUID, *, actor: str, reason: str) -> str:
        """Handle a dead letter again; on success its key is free and what waited follows.

        Returns `applied`, or the code of the failure, with which it stays a dead letter.
        """
        row, record = await self._find(record_id)
        database = self.settler.database
        try:
            async with database.transaction(actor=actor) as tx:
                tx.audit("dead_letter.replayed", "record", record_id, reason_given=len(reason))
                await inbox.remove(tx.connection, record_id)
                if row["key"] is not None and row["seq"] is not None:
                    await inbox.free_key(
                        tx.connection, row["topic"], row["key"], last_seq=row["seq"] - 1
                    )
                await self.settler.apply_next(tx, record)
        except PermanentError as error:
            return error.code
        await self._release()
        return "applied"

    async def discard(self, record_id: UUID, *, actor: str, reason: str) -> None:
        """Give a dead letter up: its key goes on behind it."""
        row, _ = await self._find(record_id)
        async with self.settler.database.transaction(actor=actor) as tx:
            tx.audit("dead_letter.discarded", "record", record_id, reason_given=len(reason))
            await inbox.remove(tx.connection, record_id)
            if row["key"] is not None:
                last_seq = row["seq"] or await self._before_next(tx.connection, row)
                await inbox.free_key(tx.connection, row["topic"], row["key"], last_seq=last_seq)
        await self._release()

    async def _before_next(self, connection: Any, row: Row) -> int:
        """A record without a readable number: the key goes on with the first that waits."""
        first = await connection.fetchval(_FIRST_BEHIND, row["topic"], row["key"], row["record_id"])
        return (first or 1) - 1

    async def _release(self) -> None:
        while await self.settler.release_ready():
            pass

    async def _find(self, record_id: UUID) -> tuple[Row, Record]:
        async with self.settler.database.transaction() as tx:
            row = await tx.connection.fetchrow(_ONE, record_id)
        if row is None:
            raise NoSuchRecordError(f"no parked record has the id {record_id}")
        record = Record.unsealed(
            self.settler.record_key,
            row["sealed"],
            topic=row["topic"],
            partition=row["partition"],
            offset=row["record_offset"],
        )
        return row, record
