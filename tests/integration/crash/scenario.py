"""Given this, when that comes: at every end the process may meet, and once more after it."""

import inspect
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from deploy.local.environment import Site
from shared.events import Event
from shared.messaging.records import Record
from shared.settings import ServiceSettings, key_of
from shared.transaction import Timer
from shared.vault import Vault
from tests.integration.core.store import SetClock
from tests.integration.core.wire import Raw
from tests.integration.crash.cast import MOMENT, Seals
from tests.integration.crash.effects import Effects, Rows, Store, differences, effects, gaps
from tests.integration.crash.fate import Fate, Killed
from tests.integration.crash.process import SERVICES, Process, living, mortal_pool
from tests.world.engines import Engines

MAX_ENDS = 200
_offsets = itertools.count()
_migrated: dict[str, Rows] = {}
"""What the migrations themselves wrote, by database: its rows when it was used first."""


@dataclass(frozen=True, slots=True)
class Before:
    """What is stored when something comes."""

    rows: Rows
    seals: Seals
    settings: ServiceSettings

    def only(self, table: str, **fields: str) -> dict[str, Any]:
        """The one row of a table, or the one with these values."""
        found = [row for row in self.rows[table] if fields.items() <= row.items()]
        assert len(found) == 1, f"{len(found)} rows in {table} with {fields}"
        return found[0]

    def id_of(self, table: str, column: str, **fields: str) -> UUID:
        return UUID(self.only(table, **fields)[column])

    def next_of(self, event: Event) -> int:
        """The number that a record about this key has next."""
        place = {"topic": event.topic, "key": str(event.key)}
        seen = [row["last_seq"] for row in self.rows["inbox"] if place.items() <= row.items()]
        return 1 + max(seen, default=0)


Act: TypeAlias = Callable[[Process], Awaitable[object]]
"""What comes from outside, as often as it has to come."""

Step: TypeAlias = Callable[[Before], Awaitable[Act]]
"""Makes the act from what is stored, so that it is the same one when it is repeated."""

Making: TypeAlias = Event | Callable[[Before], Event | Awaitable[Event]]


async def made(making: Making, before: Before) -> Event:
    if isinstance(making, Event):
        return making
    event = making(before)
    return await event if inspect.isawaitable(event) else event


def record_of(event: Event, seq: int) -> Record:
    return record_of_raw(event.topic, Raw.of(event, seq))


def record_of_raw(topic: str, raw: Raw) -> Record:
    return Record(topic, 0, next(_offsets), raw.key, raw.signed(topic), raw.body)


def comes(making: Making) -> Step:
    """A record with this event is delivered."""

    async def step(before: Before) -> Act:
        event = await made(making, before)
        record = record_of(event, before.next_of(event))
        return lambda process: process.settler.settle_one(record)

    return step


def sealed(making: Callable[[Seals], Awaitable[Event]]) -> Step:
    """A record with this contact is delivered."""
    return comes(lambda before: making(before.seals))


def rings(kind: type[Timer]) -> Step:
    """The time of the stored timer of this kind has come."""

    async def step(before: Before) -> Act:
        due = datetime.fromisoformat(before.only("timers", kind=kind.kind)["due_at"])

        async def ring(process: Process) -> None:
            process.clock.moment = max(process.clock.moment, due)
            while await process.timers.fire_due():
                pass

        return ring

    return step


@dataclass(frozen=True, slots=True)
class Scenario:
    """One handler at work."""

    about: type[Event] | type[Timer] | str
    """What the wiring calls it: an event, a timer, or method and path of a route."""
    when: Step
    given: Sequence[Step] = ()
    case: str = ""
    seen_again: frozenset[str] = frozenset()
    """Audit actions that are true each time they happen: a look, a refusal."""

    @property
    def name(self) -> str:
        about = self.about if isinstance(self.about, str) else self.about.__name__
        return f"{about}, {self.case}" if self.case else about


@dataclass(slots=True)
class Stage:
    """One service on databases of its own, between its lives."""

    service: str
    settings: ServiceSettings
    store: Store
    seals: Seals
    migrated: Rows
    clock: SetClock = field(default_factory=lambda: SetClock(MOMENT))

    async def before(self) -> Before:
        return Before(await self.store.rows(), self.seals, self.settings)

    def process(self, fate: Fate) -> AbstractAsyncContextManager[Process]:
        """A new life."""
        return living(SERVICES[self.service], self.settings, self.clock, fate)

    async def live(self, act: Act, fate: Fate) -> bool:
        """A process does this until its end. False when it was killed."""
        try:
            async with self.process(fate) as process:
                await act(process)
        except Killed:
            assert fate.dead
        if fate.dead:
            await self.store.until_free()
        return not fate.dead

    async def set(self, given: Sequence[Step]) -> Before:
        """A database that was just migrated, and then what is given, undisturbed."""
        self.clock.moment = MOMENT
        await self.store.put_back(self.migrated)
        async with self.process(Fate()) as process:
            for step in given:
                act = await step(await self.before())
                await act(process)
        return await self.before()

    async def seen(self, before: Before, but: Collection[str] = ()) -> Effects:
        rows = await self.store.rows()
        assert gaps(rows) == []
        return effects(rows, before.rows, but=but)


@asynccontextmanager
async def staged(
    engines: Engines, site: Site, service: str, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Stage]:
    """A stage for one service."""
    url = engines.postgres.url(site.databases[service])
    store = await Store.open(url)
    migrated = _migrated.setdefault(url, await store.rows())
    read = SERVICES["intake"].settings.read(site.service("intake"))
    vault_pool = await mortal_pool(read.vault_database_url.get_secret_value(), Fate())
    try:
        seals = await Seals.open(Vault(vault_pool, key_of(read.key_encryption_key)))
        environment = {**site.service(service), **(settings or {})}
        settings_of = SERVICES[service].settings
        yield Stage(service, settings_of.read(environment), store, seals, migrated)
    finally:
        vault_pool.terminate()
        await store.connection.close()


async def at_every_end(stage: Stage, scenario: Scenario) -> int:
    """Kill at every await, come again, and compare with a run that nobody disturbed.

    Returns how often it was killed.
    """
    before = await stage.set(scenario.given)
    act = await scenario.when(before)
    return await ends_alike(stage, before, act, act, but=scenario.seen_again)


async def ends_alike(
    stage: Stage, before: Before, first: Act, again: Act, *, but: Collection[str] = ()
) -> int:
    """The same, where another act than the first one brings everything to its end."""
    moment = stage.clock.moment
    assert await stage.live(first, Fate())
    wanted = await stage.seen(before, but)
    nothing = effects(before.rows, before.rows)
    assert [t for t in wanted if t != "inbox" and wanted[t] != nothing[t]], "it had no effect"
    await stage.store.put_back(before.rows)
    start = await stage.store.rows()
    for answers in range(MAX_ENDS):
        stage.clock.moment = moment
        lived = await stage.live(first, Fate(answers))
        # Where a killed process left nothing at all, the next one is the run already seen.
        if answers and await stage.store.rows() == start:
            continue
        assert await stage.live(again, Fate()), "the second process was not to be killed"
        wrong = differences(wanted, await stage.seen(before, but))
        assert not wrong, "\n".join([f"killed after {answers} answers:", *wrong])
        await stage.store.put_back(before.rows)
        if lived:
            return answers
    raise AssertionError(f"it awaits more than {MAX_ENDS} answers")
