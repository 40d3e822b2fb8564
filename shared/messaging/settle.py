"""Settling records: each is applied once and in order, or parked in sight. None is skipped.

A record is settled when a transaction has committed that either applied it, found it a
duplicate, or parked it. Only then may its offset be committed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared import db
from shared.db import Row
from shared.errors import PermanentError, TransientError
from shared.events import EVENT_TYPES, Event
from shared.logs import log
from shared.messaging import inbox
from shared.messaging.envelope import Envelope, RecordHead, read
from shared.messaging.handler import Handler
from shared.messaging.inbox import KeyAdvance, Parked
from shared.messaging.records import Record
from shared.metrics import EVENT_AGE, HANDLED
from shared.transaction import Database, EventContext, Transaction

Handlers = Mapping[type[Event], Handler]


class OutOfOrderError(Exception):
    """Some key of the batch is not where the batch needs it; settle one by one."""


@dataclass(slots=True)
class Settler:
    """Applies records with the service's handlers.

    `dead_letter_limit`: with that many dead letters in an hour nothing more is buried, so a bad
    deployment stops instead of draining a topic.
    """

    database: Database
    handlers: Handlers
    record_key: bytes
    dead_letter_limit: int = 100
    used: frozenset[str] = field(init=False)
    """The event types that have a handler; all others only advance the order."""
    _deferrable: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.used = frozenset(kind.type for kind in self.handlers)
        self._deferrable = frozenset(
            name
            for name, kind in EVENT_TYPES.items()
            if kind not in self.handlers or self.handlers[kind].deferrable
        )

    def is_deferrable(self, record: Record) -> bool:
        """True when nobody waits for this record: it has no handler, or a deferrable one."""
        return record.head.type in self._deferrable

    async def settle_all(self, records: Sequence[Record]) -> None:
        """Apply records in one transaction, those of a partition in their order, or none of them.

        Raises PermanentError or OutOfOrderError when they have to be settled one by one, and
        whatever a handler raises.
        """
        envelopes = [self._read(record) for record in records]
        async with self.database.transaction() as tx:
            if not await inbox.claim(tx.connection, advances_of(envelopes)):
                raise OutOfOrderError
            for distinct in rounds_of_distinct_keys(envelopes):
                await self._apply(tx, distinct)
                await tx.connection.flush()
        for envelope in envelopes:
            self._count(envelope)

    async def settle_one(self, record: Record) -> None:
        """Apply one record, or park it when it came too early or behind a dead letter.

        Raises PermanentError when it can never be applied, and whatever a handler raises.
        """
        envelope = self._read(record)
        async with self.database.transaction() as tx:
            if await inbox.claim(tx.connection, advances_of([envelope])):
                await self._apply(tx, [envelope])
                outcome = "applied" if envelope.event is not None else "unused"
            else:
                outcome = await self._judge(tx, record, envelope)
        if outcome in ("applied", "unused"):
            self._count(envelope)
        else:
            HANDLED.labels(record.topic, outcome).inc()

    async def dead_letter(self, record: Record, error: str) -> bool:
        """Make the record a dead letter and park its key. False when the limit is reached."""
        head = record.head
        async with self.database.transaction() as tx:
            since = tx.now - timedelta(hours=1)
            if await inbox.count_failed(tx.connection, since=since) >= self.dead_letter_limit:
                return False
            if head.key is not None:
                before = (head.seq or 1) - 1
                await inbox.fail_key(tx.connection, record.topic, head.key, before=before)
            await self._park(tx, record, head, Parked("failed", error, tx.now))
        HANDLED.labels(record.topic, "failed").inc()
        return True

    async def release_ready(self) -> int:
        """Apply parked records whose turn has come, each in a transaction of its own.

        Returns how many; call again until it is 0. One that fails for good becomes a dead letter,
        unless there are too many; then it goes on waiting.
        """
        async with self.database.transaction() as tx:
            rows = await inbox.ready_records(tx.connection)
        return sum([await self._release_or_dead_letter(row) for row in rows])

    def opened(self, row: Row) -> Record:
        """A parked record as it came. Raises PermanentError when its seal does not fit."""
        return Record.unsealed(
            self.record_key,
            row["sealed"],
            topic=row["topic"],
            partition=row["partition"],
            offset=row["record_offset"],
        )

    async def _release_or_dead_letter(self, row: Row) -> bool:
        """False when the record could neither be applied nor be made a dead letter."""
        where = (row["topic"], row["partition"], row["record_offset"])
        record = Record(*where, str(row["key"]).encode(), (), None)
        try:
            record = self.opened(row)
            await self._release(row, record)
        except PermanentError as error:
            return await self.dead_letter(record, error.code)
        except db.RETRYABLE:
            raise
        except Exception as error:  # noqa: BLE001 (a bug becomes a dead letter)
            log.error("release_failed", topic=record.topic, offset=record.offset, exc_info=True)
            return await self.dead_letter(record, type(error).__name__)
        return True

    async def apply_next(self, tx: Transaction, record: Record) -> None:
        """Apply a record in the caller's transaction. Raises PermanentError when it is not next."""
        envelope = self._read(record)
        if not await inbox.claim(tx.connection, advances_of([envelope])):
            raise PermanentError("not_the_next_of_its_key")
        await self._apply(tx, [envelope])

    async def _release(self, row: Row, record: Record) -> None:
        envelope = self._read(record)
        async with self.database.transaction() as tx:
            if not await inbox.remove(tx.connection, row["record_id"]):
                return
            if row["seq"] <= row["last_seq"]:
                return
            if not await inbox.claim(tx.connection, advances_of([envelope])):
                raise TransientError("inbox_moved")
            await self._apply(tx, [envelope])
        self._count(envelope)

    async def _judge(self, tx: Transaction, record: Record, envelope: Envelope) -> str:
        state = await inbox.locked_state(tx.connection, envelope.topic, envelope.key)
        if state is None:
            raise TransientError("inbox_moved")
        if envelope.seq <= state["last_seq"]:
            return "duplicate"
        reason: inbox.ParkReason = "behind_failed" if state["failed"] else "gap"
        if reason == "gap" and envelope.seq == state["last_seq"] + 1:
            raise TransientError("inbox_moved")
        await self._park(tx, record, record.head, Parked(reason, None, tx.now))
        return reason

    async def _apply(self, tx: Transaction, envelopes: Sequence[Envelope]) -> None:
        """Hand out envelopes of different keys."""
        by_type: dict[type[Event], list[EventContext[Event]]] = {}
        for envelope in envelopes:
            if envelope.event is not None:
                context = EventContext(envelope.event, envelope.correlation_id)
                by_type.setdefault(type(envelope.event), []).append(context)
        for kind, batch in by_type.items():
            handler = self.handlers[kind]
            if handler.batched:
                await handler.fn(tx, batch)
                continue
            for event in tx.each(batch):
                await handler.fn(tx, event)

    async def _park(self, tx: Transaction, record: Record, head: RecordHead, why: Parked) -> None:
        sealed = record.sealed(self.record_key)
        await inbox.park(tx.connection, record, head, why, sealed=sealed)

    def _read(self, record: Record) -> Envelope:
        return read(
            topic=record.topic,
            key=record.key,
            headers=record.headers,
            body=record.body,
            used=self.used,
        )

    def _count(self, envelope: Envelope) -> None:
        outcome = "applied" if envelope.event is not None else "unused"
        HANDLED.labels(envelope.topic, outcome).inc()
        age = (self.database.clock.now() - envelope.occurred_at).total_seconds()
        EVENT_AGE.labels(envelope.topic).observe(max(age, 0.0))


def rounds_of_distinct_keys(envelopes: Sequence[Envelope]) -> Iterator[list[Envelope]]:
    """The first envelope of every key, then the second of every key, and so on."""
    left = envelopes
    while left:
        distinct: dict[tuple[str, Any], Envelope] = {}
        for envelope in left:
            distinct.setdefault((envelope.topic, envelope.key), envelope)
        yield list(distinct.values())
        taken = {id(envelope) for envelope in distinct.values()}
        left = [envelope for envelope in left if id(envelope) not in taken]


def advances_of(envelopes: Sequence[Envelope]) -> list[KeyAdvance]:
    """One advance per key. Raises OutOfOrderError when a key's numbers do not follow each other."""
    advances: dict[tuple[str, Any], KeyAdvance] = {}
    for envelope in envelopes:
        name = (envelope.topic, envelope.key)
        before = advances.get(name)
        if before is not None and envelope.seq != before.last + 1:
            raise OutOfOrderError
        first = envelope.seq if before is None else before.first
        advances[name] = KeyAdvance(envelope.topic, envelope.key, first, envelope.seq)
    return [advances[name] for name in sorted(advances)]
