"""From `emit` over the relay to the bytes on the topic: nothing is lost, each key keeps order."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.local.environment import Site
from shared.events import CoachPaused
from shared.messaging import relay
from shared.transaction import Database
from tests.integration.core.store import SERVICE, open_database
from tests.integration.core.wire import COACHES, MOMENT
from tests.world.engines import Engines
from tests.world.event_keys import current_history
from tests.world.system import until
from tests.world.topics import Ends, ends_of, records_since

pytestmark = pytest.mark.timeout(180)

WRITERS = 10


class ChangedTheirMindError(Exception):
    """Ends a transaction after its events were written."""


def mark(writer: int, number: int) -> datetime:
    """A moment that tells whose event this is, and which."""
    return MOMENT + timedelta(hours=writer, seconds=number)


@dataclass(slots=True)
class Writing:
    """Many use-cases at once, some of which roll back, over keys that they share."""

    database: Database
    keys: Sequence[UUID]
    committed: dict[UUID, set[datetime]] = field(default_factory=lambda: defaultdict(set))

    async def write(self, *, each: int, pause: float = 0.0) -> None:
        """Every writer commits or gives up `each` transactions."""
        writers = (self._writer(writer, each, pause) for writer in range(WRITERS))
        await asyncio.gather(*writers)

    async def _writer(self, writer: int, each: int, pause: float) -> None:
        chance = random.Random(writer)
        for number in range(each):
            keys = chance.sample(self.keys, chance.randint(1, 3))
            with suppress(ChangedTheirMindError):
                await self._one(keys, mark(writer, number), gives_up=chance.random() < 0.15)
                for key in keys:
                    self.committed[key].add(mark(writer, number))
            await asyncio.sleep(pause * chance.random())

    async def _one(self, keys: Iterable[UUID], moment: datetime, *, gives_up: bool) -> None:
        async with self.database.transaction() as tx:
            for key in keys:
                tx.emit(CoachPaused(coach_id=key, until=moment))
            if gives_up:
                await tx.flush()
                raise ChangedTheirMindError


@asynccontextmanager
async def relaying(site: Site, bootstrap: str) -> AsyncIterator[relay.Relay]:
    """A relay of its own, as each replica has one."""
    url = site.database_url(SERVICE, SERVICE)
    one = relay.Relay(database_url=url, history=current_history(SERVICE, bootstrap))
    task = asyncio.create_task(one.run())
    try:
        yield one
        assert not task.done(), "a relay never ends by itself"
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


Sent = dict[UUID, list[tuple[int, datetime]]]
"""By key: number and mark of each record, in the order of the topic."""


@pytest.fixture
async def since(engines: Engines) -> Ends:
    return await ends_of(engines.kafka.bootstrap, [COACHES])


async def sent_to(engines: Engines, since: Ends) -> Sent:
    sent: Sent = defaultdict(list)
    for record in await records_since(engines.kafka.bootstrap, [COACHES], since):
        event = CoachPaused.model_validate_json(record.value or b"")
        assert (record.key or b"").decode() == str(event.key)
        sent[event.key].append((int(dict(record.headers)["ce_sequence"]), event.until))
    return sent


async def until_relayed(database: Database) -> None:
    async def is_empty() -> bool:
        async with database.read_connection() as connection:
            return not await connection.fetchval("SELECT count(*) FROM outbox")

    await until(is_empty, seconds=90, what="the outbox to be empty")


async def left(database: Database) -> int:
    async with database.read_connection() as connection:
        count: int = await connection.fetchval("SELECT count(*) FROM outbox")
    return count


def once(records: Sequence[tuple[int, datetime]]) -> list[tuple[int, datetime]]:
    """What a consumer applies: the first record of each number, where it stands."""
    seen: dict[int, datetime] = {}
    for seq, moment in records:
        assert seen.setdefault(seq, moment) == moment, "a number never means two events"
    return list(seen.items())


def in_order(sent: Sent, writing: Writing) -> None:
    """Each key: every committed event, numbered from 1 without a hole, writers in their order."""
    assert sent.keys() == writing.committed.keys()
    for key, records in sent.items():
        applied = once(records)
        assert [seq for seq, _ in applied] == list(range(1, len(applied) + 1))
        assert {moment for _, moment in applied} == writing.committed[key]
        for writer in range(WRITERS):
            own = [m for _, m in applied if mark(writer, 0) <= m < mark(writer + 1, 0)]
            assert own == sorted(own)


async def test_many_writers_leave_each_key_in_order_on_the_topic(
    engines: Engines, since: Ends
) -> None:
    site = await engines.new_site()
    async with open_database(site) as database, relaying(site, engines.kafka.bootstrap):
        writing = Writing(database, [uuid4() for _ in range(12)])
        await writing.write(each=60)
        await until_relayed(database)
    sent = await sent_to(engines, since)
    in_order(sent, writing)
    assert all(len(records) == len(once(records)) for records in sent.values())


async def test_one_key_of_all_writers_keeps_its_order(engines: Engines, since: Ends) -> None:
    site = await engines.new_site()
    async with open_database(site) as database, relaying(site, engines.kafka.bootstrap):
        writing = Writing(database, [uuid4() for _ in range(3)])
        await writing.write(each=40)
        await until_relayed(database)
    in_order(await sent_to(engines, since), writing)


async def test_two_relays_that_lose_their_shards_to_each_other_keep_the_order(
    engines: Engines, since: Ends
) -> None:
    site = await engines.new_site()
    bootstrap = engines.kafka.bootstrap
    async with (
        open_database(site) as database,
        relaying(site, bootstrap) as first,
        relaying(site, bootstrap) as second,
    ):
        writing = Writing(database, [uuid4() for _ in range(40)])
        work = asyncio.create_task(writing.write(each=80, pause=0.1))
        owned = set()
        while not work.done():
            await asyncio.sleep(0.4)
            owned.add((bool(first._owned), bool(second._owned)))
            await cut_off(engines, site)
        await work
        await until_relayed(database)
    in_order(await sent_to(engines, since), writing)
    assert {(True, False), (False, True), (True, True)} & owned
    assert len(owned) > 1


async def cut_off(engines: Engines, site: Site) -> None:
    """End one relay's database session in the middle of whatever it does."""
    connection = await asyncpg.connect(engines.postgres.url(site.databases[SERVICE]))
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'intake-relay' "
            "AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)"
        )
    finally:
        await connection.close()


async def test_a_broker_that_is_killed_in_between_loses_nothing(
    engines: Engines, since: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Shorter than the outage, so that what is under way at the kill becomes unknown.
    monkeypatch.setattr(relay, "PUBLISH_SECONDS", 1.0)
    site = await engines.new_site()
    async with open_database(site) as database, relaying(site, engines.kafka.bootstrap):
        writing = Writing(database, [uuid4() for _ in range(30)])
        work = asyncio.create_task(writing.write(each=150, pause=0.05))
        await asyncio.sleep(1.5)
        engines.kafka.kill()
        assert not work.done()
        await work
        assert await left(database) > 0
        await asyncio.to_thread(engines.kafka.start)
        await asyncio.to_thread(engines.kafka.wait_ready, 90)
        await until_relayed(database)
    in_order(await sent_to(engines, since), writing)
