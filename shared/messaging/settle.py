"""Settling records: each is applied once and in order, or parked in sight. None is skipped.

A record is settled when a transaction has committed that either applied it, found it to be a
duplicate, or parked it. The same transaction moves the position from which consumption goes on.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from shared.clock_guard import ClockGuard, ClockNotTrustedError
from shared.db import Row
from shared.errors import PermanentError, TransientError
from shared.events import EVENT_TYPES, Event
from shared.messaging import inbox, parked
from shared.messaging.envelope import Envelope, read
from shared.messaging.handler import Handler
from shared.messaging.key_tasks import KeyTasks
from shared.messaging.macs import EventKeys, NotFromOwnerError
from shared.messaging.ordering import (
    OutOfOrderError,
    Verdict,
    judge,
    key_advances,
    position_advances,
    rounds_of_distinct_keys,
)
from shared.messaging.parked import Parked, Reason
from shared.messaging.records import Record
from shared.metrics import EVENT_AGE, HANDLED
from shared.transaction import Database, EventContext, Transaction

Handlers = Mapping[type[Event], Handler]
BeforeCommit: TypeAlias = Callable[[Transaction], Awaitable[None]]

FIRST_RETRY = timedelta(seconds=1)
MAX_REFUSED_PER_HOUR = 1_000
"""Records of strangers that are kept for inspection; more are only counted, so that a stranger
on the broker cannot fill the disk."""

_WAITS = {
    Verdict.GAP: Reason.GAP,
    Verdict.BEHIND_FAILED: Reason.BEHIND_FAILED,
    Verdict.CONFLICT: Reason.CONFLICT,
}


@dataclass(slots=True)
class Settler:
    """Applies records with the service's handlers.

    `dead_letter_limit`: with that many records in an hour that failed or are being retried,
    nothing more is parked, so a bad deployment stops instead of draining a topic.
    """

    database: Database
    guard: ClockGuard
    handlers: Handlers
    record_key: bytes
    event_keys: EventKeys
    tasks: KeyTasks
    dead_letter_limit: int = 100
    before_commit: BeforeCommit | None = None
    """What else a transaction does that has applied records."""
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

        What they leave to do at once is done in it too, by `before_commit`.

        Raises PermanentError or OutOfOrderError when they have to be settled one by one, and
        whatever a handler raises.
        """
        envelopes = [self.read(record) for record in records]
        async with self.database.transaction() as tx:
            advances, positions = key_advances(envelopes), position_advances(records)
            if not await inbox.claim(tx.connection, advances, positions):
                raise OutOfOrderError
            for distinct in rounds_of_distinct_keys(envelopes):
                await self.apply(tx, distinct)
                await tx.connection.flush()
            if self.before_commit is not None:
                await self.before_commit(tx)
        for envelope in envelopes:
            self.count(envelope)

    async def settle_one(self, record: Record) -> None:
        """Apply one record, or park it when it came too early or behind a dead letter.

        Nothing else happens in its transaction, so what fails is the record's own.

        Raises NotFromOwnerError when it has to be refused, another PermanentError when it can
        never be applied, and whatever a handler raises.
        """
        envelope = self.read(record)
        waits: Reason | None = None
        async with self.database.transaction() as tx:
            positions = position_advances([record])
            claimed = await inbox.claim(tx.connection, key_advances([envelope]), positions)
            if claimed:
                await self.apply(tx, [envelope])
            else:
                waits = await self._park_out_of_turn(tx, record, envelope)
        if claimed:
            self.count(envelope)
        else:
            HANDLED.labels(record.topic, waits.value if waits else "duplicate").inc()

    async def _park_out_of_turn(
        self, tx: Transaction, record: Record, envelope: Envelope
    ) -> Reason | None:
        """Park a record whose turn has not come. Returns why; None for a duplicate."""
        state = await inbox.locked_state(tx.connection, envelope.topic, envelope.key)
        verdict = judge(state, envelope)
        if verdict is Verdict.NEXT:
            raise TransientError("inbox_moved")
        if verdict is Verdict.DUPLICATE:
            return None
        reason = _WAITS[verdict]
        await inbox.meet_key(tx.connection, envelope.topic, envelope.key)
        if reason is Reason.CONFLICT:
            await inbox.fail_key(tx.connection, envelope.topic, envelope.key)
            await self.tasks.stopped(tx, envelope.key, envelope.type, reason)
        await self._park(tx, record, Parked(reason, None, tx.now))
        return reason

    async def dead_letter(self, record: Record, error: str) -> bool:
        """Make the record a dead letter and stop its key. False when the limit is reached."""
        return await self._stop_key(record, Reason.FAILED, error)

    async def retry_later(self, record: Record, error: str) -> bool:
        """Try the record again, apart from the stream. False when the limit is reached.

        Its key waits meanwhile; all other keys go on.
        """
        return await self._stop_key(record, Reason.RETRYING, error)

    async def _stop_key(self, record: Record, reason: Reason, error: str) -> bool:
        head = record.head
        async with self.database.transaction() as tx:
            limit = self.dead_letter_limit
            if await parked.limit_is_reached(tx.connection, limit, now=tx.now):
                return False
            await inbox.advance_positions(tx.connection, position_advances([record]))
            if head.key is not None:
                state = await inbox.locked_state(tx.connection, record.topic, head.key)
                if head.event_id and head.seq and state.id_of(head.seq) == head.event_id:
                    return True  # a duplicate, whatever is wrong with it
                before = (head.seq or 1) - 1
                await inbox.fail_key(tx.connection, record.topic, head.key, before=before)
                if reason is Reason.FAILED:
                    await self.tasks.stopped(tx, head.key, head.type, reason)
            retry_at = tx.now + FIRST_RETRY if reason is Reason.RETRYING else None
            await self._park(tx, record, Parked(reason, error, tx.now, retry_at))
        HANDLED.labels(record.topic, reason.value).inc()
        return True

    async def refuse(self, record: Record) -> None:
        """Keep a record of a stranger for inspection. It moves no number and stops no key."""
        async with self.database.transaction() as tx:
            await inbox.advance_positions(tx.connection, position_advances([record]))
            since = tx.now - timedelta(hours=1)
            kept = await parked.count_recent(tx.connection, [Reason.REFUSED], since=since)
            if kept < MAX_REFUSED_PER_HOUR:
                why = Parked(Reason.REFUSED, NotFromOwnerError().code, tx.now)
                await self._park(tx, record, why)
        HANDLED.labels(record.topic, Reason.REFUSED.value).inc()

    async def database_answers(self) -> bool:
        """True when the database takes an ordinary write transaction. Raises what it raises."""
        async with self.database.transaction() as tx:
            await parked.limit_is_reached(tx.connection, self.dead_letter_limit, now=tx.now)
        return True

    def opened(self, row: Row) -> Record:
        """A parked record as it came. Raises PermanentError when its seal does not fit."""
        return Record.unsealed(
            self.record_key,
            row["sealed"],
            topic=row["topic"],
            partition=row["partition"],
            offset=row["record_offset"],
        )

    async def apply_next(self, tx: Transaction, record: Record) -> Envelope:
        """Apply a record in the caller's transaction. Raises PermanentError when it is not next."""
        envelope = self.read(record)
        if not await inbox.claim(tx.connection, key_advances([envelope])):
            raise PermanentError("not_the_next_of_its_key")
        await self.apply(tx, [envelope])
        return envelope

    async def apply(self, tx: Transaction, envelopes: Sequence[Envelope]) -> None:
        """Call the handlers for envelopes of different keys.

        They decide by the time: raises ClockNotTrustedError while it is not known.
        """
        by_type: dict[type[Event], list[EventContext[Event]]] = {}
        for envelope in envelopes:
            if envelope.event is not None:
                context = EventContext(envelope.event, envelope.correlation_id)
                by_type.setdefault(type(envelope.event), []).append(context)
        if by_type and not await self.guard.trusts(tx.connection, tx.now):
            raise ClockNotTrustedError
        for kind, batch in by_type.items():
            handler = self.handlers[kind]
            if handler.batched:
                await handler.fn(tx, batch)
                continue
            for event in tx.each(batch):
                await handler.fn(tx, event)

    async def _park(self, tx: Transaction, record: Record, why: Parked) -> None:
        await parked.park(tx.connection, record, why, sealed=record.sealed(self.record_key))

    def read(self, record: Record) -> Envelope:
        """The envelope, with the event if it is used here. Raises PermanentError."""
        return read(
            topic=record.topic,
            key=record.key,
            headers=record.headers,
            body=record.body,
            used=self.used,
            keys=self.event_keys,
        )

    def count(self, envelope: Envelope) -> None:
        """Count an applied record and its age."""
        outcome = "applied" if envelope.event is not None else "unused"
        HANDLED.labels(envelope.topic, outcome).inc()
        age = (self.database.clock.now() - envelope.occurred_at).total_seconds()
        EVENT_AGE.labels(envelope.topic).observe(max(age, 0.0))
