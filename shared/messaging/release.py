"""Applies parked records whose turn has come, and tries those again whose handler had failed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from shared import db
from shared.clock_guard import ClockNotTrustedError
from shared.db import Row
from shared.errors import PermanentError
from shared.logs import log
from shared.messaging import inbox, parked
from shared.messaging.ordering import Verdict, judge
from shared.messaging.parked import Parked, Reason
from shared.messaging.records import Record
from shared.messaging.settle import Settler
from shared.messaging.stray_cancellations import refuse_stray_cancellation
from shared.metrics import HANDLED

BUG_WAITS = tuple(timedelta(seconds=seconds) for seconds in (2, 4, 8))
"""Between the attempts at a record whose handler raised; then it is a dead letter."""

OUTAGE_WAITS = tuple(timedelta(seconds=seconds) for seconds in (2, 4, 8, 15, 30, 60))
"""The same where the error looks as if it would pass, although the database is there. The last
wait is repeated without end: an outage makes no dead letters, and an alert tells its age."""


Work: TypeAlias = Callable[[Row, Record], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Releaser:
    """Works through the parked records of one service."""

    settler: Settler

    async def release_ready(self) -> int:
        """Apply parked records whose turn has come, each in a transaction of its own.

        Returns how many; call again until it is 0. One that fails waits for another attempt.
        """
        async with self.settler.database.transaction() as tx:
            rows = await parked.ready_records(tx.connection)
        return sum([await self._attempt(row, self._release) for row in rows])

    async def retry_due(self) -> int:
        """Try again the records whose handler failed. Returns how many were tried."""
        async with self.settler.database.transaction() as tx:
            rows = await parked.due_retries(tx.connection, now=tx.now)
        for row in rows:
            await self._attempt(row, self._retry)
        return len(rows)

    async def _attempt(self, row: Row, work: Work) -> bool:
        """False when the record could neither be handled nor be put off: it stays as it is."""
        try:
            await refuse_stray_cancellation(work(row, self.settler.opened(row)))
        except PermanentError as error:
            return await self._failed(row, error.code, permanent=True)
        except ClockNotTrustedError:
            return False
        except db.RETRYABLE as error:
            await self.settler.database_answers()
            return await self._failed(row, type(error).__name__, transient=True)
        except Exception as error:  # noqa: BLE001 (a bug: put off, then a dead letter)
            log.error(
                "parked_record_failed",
                topic=row["topic"],
                offset=row["record_offset"],
                exc_info=True,
            )
            return await self._failed(row, type(error).__name__)
        return True

    async def _release(self, row: Row, record: Record) -> None:
        """Apply a record that came too early, or drop it if it was handled meanwhile."""
        settler, envelope = self.settler, self.settler.read(record)
        async with settler.database.transaction() as tx:
            state = await inbox.locked_state(tx.connection, envelope.topic, envelope.key)
            match judge(state, envelope):
                case Verdict.DUPLICATE:
                    await parked.remove(tx.connection, row["record_id"])
                    return
                case Verdict.CONFLICT:
                    await parked.mark(tx.connection, row["record_id"], Reason.CONFLICT)
                    await inbox.fail_key(tx.connection, envelope.topic, envelope.key)
                    await settler.tasks.stopped(tx, envelope.key, envelope.type, Reason.CONFLICT)
                    return
                case Verdict.GAP | Verdict.BEHIND_FAILED:
                    return  # the key was stopped meanwhile; the record waits on
                case Verdict.NEXT:
                    pass
            if not await parked.remove(tx.connection, row["record_id"]):
                return
            await settler.apply_next(tx, record)
        settler.count(envelope)

    async def _retry(self, row: Row, record: Record) -> None:
        """Apply a record whose handler failed; on success its key is free."""
        async with self.settler.database.transaction() as tx:
            if not await parked.remove(tx.connection, row["record_id"]):
                return
            await inbox.free_key(tx.connection, row["topic"], row["key"])
            envelope = await self.settler.apply_next(tx, record)
        self.settler.count(envelope)

    async def _failed(
        self, row: Row, error: str, *, permanent: bool = False, transient: bool = False
    ) -> bool:
        """Note the failed attempt: another one later, or a dead letter."""
        waits = OUTAGE_WAITS if transient else BUG_WAITS
        attempts = row["attempts"] + 1
        final = permanent or (not transient and attempts > len(waits))
        if row["reason"] != Reason.RETRYING.value:
            record = self._record_of(row)
            keep = self.settler.dead_letter if permanent else self.settler.retry_later
            return await keep(record, error)
        async with self.settler.database.transaction() as tx:
            retry_at = None if final else tx.now + waits[min(attempts, len(waits)) - 1]
            why = Parked(Reason.FAILED if final else Reason.RETRYING, error, tx.now, retry_at)
            await parked.postpone(tx.connection, row["record_id"], why, attempts=attempts)
            if final and row["key"] is not None:
                await self.settler.tasks.stopped(tx, row["key"], row["type"], Reason.FAILED)
        if final:
            HANDLED.labels(row["topic"], Reason.FAILED.value).inc()
            log.error("dead_letter", topic=row["topic"], offset=row["record_offset"], code=error)
        return True

    def _record_of(self, row: Row) -> Record:
        """The record as it came, or its place alone where its seal does not fit."""
        try:
            return self.settler.opened(row)
        except PermanentError:
            where = (row["topic"], row["partition"], row["record_offset"])
            return Record(*where, str(row["key"]).encode(), (), None)
