"""What a person does with dead letters: look, replay, discard. Every act is audited."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared import db
from shared.db import Row
from shared.errors import PermanentError
from shared.messaging import inbox
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
# A dead letter without a readable number stands somewhere before what waits behind it.
_IS_BEHIND = """
    SELECT EXISTS (SELECT FROM parked_records
                    WHERE topic = $1 AND key = $2
                      AND (seq < $3 OR seq IS NULL AND $4 = 'behind_failed'))
"""


class NoSuchRecordError(Exception):
    """There is no parked record with this id."""


class WaitsBehindError(PermanentError):
    """An earlier record of the key waits too; it has to go first, or it would be lost."""

    def __init__(self) -> None:
        super().__init__("waits_behind_another")


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
        row = await self._find(record_id)
        database = self.settler.database
        try:
            async with database.transaction(actor=actor) as tx:
                tx.audit("dead_letter.replayed", "record", record_id, reason_given=len(reason))
                await self._take_out(tx.connection, row)
                if row["key"] is not None and row["seq"] is not None:
                    await inbox.free_key(
                        tx.connection, row["topic"], row["key"], last_seq=row["seq"] - 1
                    )
                await self.settler.apply_next(tx, self.settler.opened(row))
        except db.RETRYABLE:
            raise
        except Exception as error:  # noqa: BLE001 (what a bug says may quote a person)
            code = error.code if isinstance(error, PermanentError) else type(error).__name__
            async with database.transaction(actor=actor) as tx:
                tx.audit("dead_letter.replay_failed", "record", record_id, code=code)
            return code
        await self._release()
        return "applied"

    async def discard(self, record_id: UUID, *, actor: str, reason: str) -> None:
        """Give a dead letter up: its key goes on behind it.

        Raises WaitsBehindError when an earlier record of its key waits.
        """
        row = await self._find(record_id)
        async with self.settler.database.transaction(actor=actor) as tx:
            tx.audit("dead_letter.discarded", "record", record_id, reason_given=len(reason))
            await self._take_out(tx.connection, row)
            if row["key"] is not None:
                last_seq = row["seq"] or await self._before_next(tx.connection, row)
                await inbox.free_key(tx.connection, row["topic"], row["key"], last_seq=last_seq)
        await self._release()

    async def _take_out(self, connection: Any, row: Row) -> None:
        place = (row["topic"], row["key"], row["seq"], row["reason"])
        if await connection.fetchval(_IS_BEHIND, *place):
            raise WaitsBehindError
        await inbox.remove(connection, row["record_id"])

    async def _before_next(self, connection: Any, row: Row) -> int:
        """A record without a readable number: the key goes on with the first that waits."""
        first = await connection.fetchval(_FIRST_BEHIND, row["topic"], row["key"], row["record_id"])
        return (first or 1) - 1

    async def _release(self) -> None:
        while await self.settler.release_ready():
            pass

    async def _find(self, record_id: UUID) -> Row:
        async with self.settler.database.transaction() as tx:
            row = await tx.connection.fetchrow(_ONE, record_id)
        if row is None:
            raise NoSuchRecordError(f"no parked record has the id {record_id}")
        return row
