"""What a person does with parked records: look, replay, discard, accept a gap; acts are audited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared import db
from shared.db import Connection, Row
from shared.errors import PermanentError
from shared.messaging import inbox, parked
from shared.messaging.parked import Reason
from shared.messaging.release import Releaser
from shared.messaging.settle import Settler
from shared.transaction import Transaction

_LIST = """
    SELECT record_id, topic, partition, record_offset, key, seq, type, reason, error, attempts,
           parked_at
      FROM parked_records
     WHERE ($2::text IS NULL OR reason = $2) AND ($3::text IS NULL OR error = $3)
     ORDER BY parked_at, record_id LIMIT $1
"""
_ONE = """
    SELECT record_id, topic, partition, record_offset, key, seq, type, reason, error, attempts,
           sealed, parked_at
      FROM parked_records WHERE record_id = $1
"""
_FIRST_BEHIND = """
    SELECT min(seq) FROM parked_records WHERE topic = $1 AND key = $2 AND record_id <> $3
"""
# A dead letter without a readable number stands somewhere before what waits behind it.
_IS_BEHIND = """
    SELECT EXISTS (SELECT FROM parked_records
                    WHERE topic = $1 AND key = $2 AND record_id <> $5
                      AND (seq < $3 OR seq IS NULL AND $4 = 'behind_failed'))
"""
_SHARES_ITS_NUMBER = """
    SELECT EXISTS (SELECT FROM parked_records
                    WHERE topic = $1 AND key = $2 AND seq = $3 AND record_id <> $4)
"""
_OTHERS_STOP_IT = """
    SELECT EXISTS (SELECT FROM parked_records
                    WHERE topic = $1 AND key = $2 AND record_id <> $3
                      AND reason IN ('failed', 'retrying', 'conflict'))
"""

_FIRST_GAP = """
    SELECT min(seq) FROM parked_records WHERE topic = $1 AND key = $2 AND reason = 'gap'
"""
# What each key with a gap has handled last, and what it could go on with.
_GAPS = """
    SELECT DISTINCT ON (p.topic, p.key)
           p.record_id, p.topic, p.key, coalesce(i.last_seq, 0) AS last_seq, p.seq, p.parked_at
      FROM parked_records AS p LEFT JOIN inbox AS i USING (topic, key)
     WHERE p.reason = 'gap' ORDER BY p.topic, p.key, p.seq LIMIT $1
"""

MAX_LISTED: Final = 1_000


class NoSuchRecordError(Exception):
    """There is no parked record with this id."""


class NotForAPersonError(PermanentError):
    """Nothing is wrong with the record itself; it goes on by itself, and discarding it loses it."""


class WaitsBehindError(NotForAPersonError):
    """An earlier record of the key waits too; it has to go first, or it would be lost."""

    def __init__(self) -> None:
        super().__init__("waits_behind_another")


class WaitsForPredecessorError(NotForAPersonError):
    """Its predecessor has not come. The record is a real event, which nobody may discard."""

    def __init__(self) -> None:
        super().__init__("waits_for_its_predecessor")


class TriedAgainError(NotForAPersonError):
    """It is being tried again by itself: it succeeds, or becomes a dead letter."""

    def __init__(self) -> None:
        super().__init__("is_tried_again")


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, and why in words. The words are kept in the audit log; they name no person."""

    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """The parked records of one service."""

    settler: Settler

    async def list(
        self, limit: int = 100, *, reason: str | None = None, error: str | None = None
    ) -> list[Row]:
        """Oldest first: where each lies and why it waits; never its content."""
        async with self.settler.database.read_connection() as connection:
            return await connection.fetch(_LIST, limit, reason, error)

    async def gaps(self) -> Sequence[Row]:
        """Keys that miss an event: the last number handled, and the first one that waits."""
        async with self.settler.database.read_connection() as connection:
            return await connection.fetch(_GAPS, MAX_LISTED)

    async def show(self, record_id: UUID) -> Mapping[str, str]:
        """The headers of a parked record and the size of its body, which stays sealed."""
        row = await self._find(record_id)
        record = self.settler.opened(row)
        shown = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
        shown.pop("mac", None)
        return {
            "reason": f"{row['reason']} {row['error'] or ''}".strip(),
            "record": f"{record.topic}[{record.partition}]@{record.offset}",
            **{name: value[:80] for name, value in sorted(shown.items())},
            "body": f"{len(record.body or b'')} bytes",
        }

    async def replay(self, record_id: UUID, act: Act) -> str:
        """Handle a record again; on success its key is free and what waited follows.

        Returns `applied`, or the code of the failure, with which it goes on waiting.
        """
        row = await self._find(record_id)
        database = self.settler.database
        try:
            async with database.transaction(actor=act.actor) as tx:
                tx.audit("dead_letter.replayed", "record", record_id, reason=act.reason)
                await self._take_out(tx.connection, row)
                if row["key"] is not None:
                    await inbox.free_key(tx.connection, row["topic"], row["key"])
                await self.settler.apply_next(tx, self.settler.opened(row))
                await self._settled(tx, row)
        except db.RETRYABLE:
            raise
        except Exception as error:  # noqa: BLE001 (what a bug says may quote a person)
            code = error.code if isinstance(error, PermanentError) else type(error).__name__
            async with database.transaction(actor=act.actor) as tx:
                tx.audit("dead_letter.replay_failed", "record", record_id, code=code)
            return code
        await self._release()
        return "applied"

    async def accept_gap(self, record_id: UUID, act: Act) -> None:
        """Let a key go on with this record: what is missing before it will never come.

        Raises PermanentError where nothing is missing. What comes all the same is a conflict.
        """
        row = await self._find(record_id)
        async with self.settler.database.transaction(actor=act.actor) as tx:
            state = await inbox.locked_state(tx.connection, row["topic"], row["key"])
            first = await tx.connection.fetchval(_FIRST_GAP, row["topic"], row["key"])
            if row["reason"] != Reason.GAP.value or state.failed or first is None:
                raise PermanentError("misses_no_predecessor")
            if row["seq"] != first:
                raise WaitsBehindError
            missing = first - 1 - state.last_seq
            tx.audit("gap.accepted", "record", record_id, reason=act.reason, missing=missing)
            await inbox.skip_missing(tx.connection, row["topic"], row["key"], last=first - 1)
        await self._release()

    async def discard(self, record_id: UUID, act: Act) -> None:
        """Give a record up: its key goes on behind it.

        Raises NotForAPersonError for a record that waits for another one or is tried again.
        """
        row = await self._find(record_id)
        self._refuse_waiting(row)
        async with self.settler.database.transaction(actor=act.actor) as tx:
            tx.audit("dead_letter.discarded", "record", record_id, reason=act.reason)
            await self._take_out(tx.connection, row)
            if row["key"] is not None:
                await self._go_on_behind(tx.connection, row)
            await self._settled(tx, row)
        await self._release()

    async def _settled(self, tx: Transaction, row: Row) -> None:
        if row["key"] is not None:
            await self.settler.tasks.settled(tx, row["key"])

    def _refuse_waiting(self, row: Row) -> None:
        if row["reason"] == Reason.GAP.value:
            raise WaitsForPredecessorError
        if row["reason"] == Reason.BEHIND_FAILED.value:
            raise WaitsBehindError
        if row["reason"] == Reason.RETRYING.value:
            raise TriedAgainError

    async def _take_out(self, connection: Connection, row: Row) -> None:
        name = (row["topic"], row["key"], row["seq"], row["reason"], row["record_id"])
        if await connection.fetchval(_IS_BEHIND, *name):
            raise WaitsBehindError
        await parked.remove(connection, row["record_id"])

    async def _go_on_behind(self, connection: Connection, row: Row) -> None:
        """Free the key, unless another record stops it.

        The number of the discarded record is given up only when it is the next one and no other
        record has it: the other one may be the real event.
        """
        name = (row["topic"], row["key"])
        if await connection.fetchval(_OTHERS_STOP_IT, *name, row["record_id"]):
            return
        given_up = row["seq"] or await self._before_next(connection, row)
        if row["seq"] is not None and await connection.fetchval(
            _SHARES_ITS_NUMBER, *name, row["seq"], row["record_id"]
        ):
            given_up = 0
        if row["reason"] == Reason.CONFLICT.value:
            given_up = 0
        await inbox.free_key(connection, *name, given_up=given_up, event_id=self._event_of(row))

    def _event_of(self, row: Row) -> UUID:
        """The id of the record's own event, so that the same one is a duplicate later on."""
        try:
            head = self.settler.opened(row).head
        except PermanentError:
            return inbox.NOBODY
        return head.event_id or inbox.NOBODY

    async def _before_next(self, connection: Connection, row: Row) -> int:
        """A record without a readable number: the key goes on with the first that waits."""
        first = await connection.fetchval(_FIRST_BEHIND, row["topic"], row["key"], row["record_id"])
        return (first or 1) - 1

    async def _release(self) -> None:
        while await Releaser(self.settler).release_ready():
            pass

    async def _find(self, record_id: UUID) -> Row:
        async with self.settler.database.read_connection() as connection:
            row = await connection.fetchrow(_ONE, record_id)
        if row is None:
            raise NoSuchRecordError(f"no parked record has the id {record_id}")
        return row
