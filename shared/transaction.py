"""One use-case, one transaction: state, timers, outgoing events and audit commit together."""

from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Generic, Protocol, TypeAlias, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared import audit, db, effects, outbox, timer_store
from shared.clock import Clock
from shared.db import Connection, Pool
from shared.events import Event
from shared.ids import new_id
from shared.write_buffer import WriteBuffer


class Timer(BaseModel):
    """Something that has to happen later, unless it is cancelled before.

    `key` names it: setting a timer of the same kind and key again moves it. `subject_id` is the
    referral, person or coach it is about; `cancel_all` takes every timer of a subject away.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: ClassVar[str]

    @property
    def key(self) -> str:
        raise NotImplementedError(f"{type(self).__name__} names no key")

    @property
    def subject_id(self) -> UUID:
        raise NotImplementedError(f"{type(self).__name__} names no subject")


E = TypeVar("E", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class EventContext(Generic[E]):
    """An event as it is handed to a handler, with what ties it to its cause."""

    event: E
    correlation_id: UUID


Batch: TypeAlias = Sequence[EventContext[E]]
"""Events of one type and of different keys, handled in one transaction."""


class Wakeable(StrEnum):
    """The background loops that a commit, or the time, can give work to."""

    RELAY = "relay"
    TIMERS = "timers"
    CONSUMER = "consumer"
    """Its parked records: what comes from the broker needs no waking."""
    AUDIT = "audit"
    SENDER = "sender"
    LOOK_UP = "look_up"


class WakeLoops(Protocol):
    """Tells background loops of this process that there is work to do."""

    def __call__(self, loops: Collection[Wakeable]) -> None: ...


@dataclass(slots=True)
class Transaction:
    """What a use-case may touch: its connection, the time, and what leaves with the commit.

    `emit`, `schedule` and `audit` only note what is to be written, and so do writes on the
    connection; see `WriteBuffer` for when they reach the database. `correlation_id` ties everything
    that one request or one record caused; the wrapper sets it for each record of a batch.
    """

    connection: WriteBuffer
    now: datetime
    correlation_id: UUID
    actor: str
    _events: list[outbox.Outgoing] = field(default_factory=list)
    _timers: timer_store.Changes = field(default_factory=timer_store.Changes)
    _audit: list[audit.Entry] = field(default_factory=list)
    to_fire: dict[tuple[str, str], UUID] = field(default_factory=dict)
    """The timers that it has taken and will fire next: whom they are about, by kind and key."""
    woken: set[Wakeable] = field(default_factory=set)
    """The background loops that have something to do once this is committed."""
    _follow_ups: list[Callable[[], None]] = field(default_factory=list)
    _end: ExitStack = field(default_factory=ExitStack)

    def start_group(self, correlation_id: UUID) -> None:
        """What follows is caused by this, and is about another key than what came before."""
        self.correlation_id = correlation_id
        self.connection.start_group()

    def each(self, batch: "Batch[E]") -> Iterator[E]:
        """The events of a batch, each a unit of its own."""
        for context in batch:
            self.start_group(context.correlation_id)
            yield context.event

    def wake(self, loop: Wakeable) -> None:
        """Give this loop a turn once the transaction has committed."""
        self.woken.add(loop)

    def after_commit(self, follow_up: Callable[[], None]) -> None:
        """Call this once the transaction has committed, and never when it has not."""
        self._follow_ups.append(follow_up)

    def at_end(self, call: Callable[[], None]) -> None:
        """Call this once the transaction has ended, whether it has committed or not."""
        self._end.callback(call)

    def new_id(self) -> UUID:
        """An id for a new row."""
        return new_id()

    def emit(self, event: Event) -> None:
        """Publish `event` once this transaction has committed, in order per key."""
        self.wake(Wakeable.RELAY)
        self._events.append(
            outbox.Outgoing(event, new_id(), self.now, self.correlation_id),
        )

    def withhold(self, published: Collection[Event]) -> None:
        """Do not publish what is on its topic already, as after a restore."""
        self._events = [one for one in self._events if one.event not in published]

    def schedule(self, due_at: datetime, timer: Timer) -> None:
        """Fire `timer` at `due_at` or soon after; replaces one of the same kind and key."""
        if due_at <= self.now + timer_store.SOON:
            self.wake(Wakeable.TIMERS)
        self._timers.set(
            timer_store.Due(
                kind=timer.kind,
                key=timer.key,
                subject_id=timer.subject_id,
                due_at=due_at,
                payload=timer.model_dump_json(),
                correlation_id=self.correlation_id,
            )
        )

    def subjects_of(self, kind: type[Timer]) -> frozenset[UUID]:
        """Whom timers of this kind are about that it has set, or taken and not fired yet.

        No statement sees them: the ones are not written yet, the others are no longer there.
        """
        taken = {subject for (name, _), subject in self.to_fire.items() if name == kind.kind}
        return self._timers.subjects(kind.kind) | taken

    def cancel(self, kind: type[Timer], key: str) -> None:
        """Cancel one timer; it is no error when there is none."""
        self._timers.cancel(kind.kind, key)

    def cancel_all(self, subject_id: UUID) -> None:
        """Cancel every timer about this referral, person or coach."""
        self._timers.cancel_all(subject_id)

    def audit(self, action: str, kind: str, subject_id: UUID, **detail: str | int) -> None:
        """Note who did what to whose data: codes and ids only, never a value of the person's."""
        self.wake(Wakeable.AUDIT)
        self._audit.append(
            audit.Entry(self.now, self.actor, action, kind, subject_id, detail, self.correlation_id)
        )

    def committed(self) -> None:
        """Do what waited for the commit. Called where the transaction was opened."""
        for follow_up in self._follow_ups:
            follow_up()

    async def flush(self) -> None:
        """Write what was noted. Called where the transaction was opened, before its commit."""
        self.connection.start_group()
        await timer_store.cancel(self.connection, self._timers)
        due = self._timers.wanted
        if due or self._audit or self._events:
            await effects.write(self.connection, due, self._audit, self._events)
        self._timers, self._audit, self._events = timer_store.Changes(), [], []
        await self.connection.flush()


@dataclass(frozen=True, slots=True)
class Database:
    """Opens transactions on a service's own database and wakes its loops after the commit."""

    pool: Pool
    clock: Clock
    service: str
    wake: WakeLoops

    @asynccontextmanager
    async def read_connection(self) -> AsyncIterator[Connection]:
        """A connection for one statement, which is a transaction by itself."""
        async with self.pool.acquire() as connection:
            yield WriteBuffer(connection)

    @asynccontextmanager
    async def transaction(
        self, *, actor: str | None = None, correlation_id: UUID | None = None
    ) -> AsyncIterator[Transaction]:
        """A transaction of the service itself: consumers, timers, and pages it owns.

        Commits when the block ends, rolls back when it raises.
        """
        with ExitStack() as end:
            async with self.pool.acquire() as connection, connection.transaction():
                tx = Transaction(
                    WriteBuffer(connection),
                    self.clock.now(),
                    correlation_id or new_id(),
                    actor or f"system:{self.service}",
                    _end=end,
                )
                yield tx
                await tx.flush()
            self.wake(tx.woken)
            tx.committed()

    @asynccontextmanager
    async def tenant_tx(
        self, clinic_id: UUID, *, correlation_id: UUID | None = None
    ) -> AsyncIterator[Transaction]:
        """A transaction for a request of one clinic: row-level security shows only its rows.

        The role and the setting end with the transaction, so a pooled connection forgets them.
        """
        async with (
            self.pool.acquire() as connection,
            db.tenant_transaction(connection, clinic_id, role=f"{self.service}_web"),
        ):
            tx = Transaction(
                WriteBuffer(connection),
                self.clock.now(),
                correlation_id or new_id(),
                f"clinic:{clinic_id}",
            )
            yield tx
            await tx.flush()
        self.wake(tx.woken)
        tx.committed()
