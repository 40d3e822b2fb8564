"""Two processes of each service share the work; one dies and comes back under its name."""

import json
import time
from collections.abc import Callable, Mapping
from uuid import UUID, uuid4

import pytest

from deploy.kafka.topics import declared
from deploy.local.provision import SERVICES
from shared.events import OWNERS, CoachPaused, Event, PersonErased
from tests.faults.facts import violations
from tests.faults.load_facts import load
from tests.faults.quiet import until_quiet
from tests.integration.core.wire import MOMENT, Raw, open_wire
from tests.integration.system.pair import Pair
from tests.integration.system.traffic import Traffic
from tests.world.groups import assignment_of
from tests.world.system import API_KEY, until

pytestmark = [pytest.mark.timeout(120), pytest.mark.faults]

TAKE_OVER_SECONDS = 5.0
PARTITIONS = declared()[0].partitions


def coach_of_nobody(key: UUID) -> Event:
    return CoachPaused(coach_id=key, until=MOMENT)


def person_of_nobody(key: UUID) -> Event:
    return PersonErased(person_id=key)


_PUBLISHED = """
    INSERT INTO published_positions VALUES ($1, $2, $3)
    ON CONFLICT (topic, partition) DO UPDATE
       SET next_offset = greatest(published_positions.next_offset, EXCLUDED.next_offset)
"""

PROBES: Mapping[str, Callable[[UUID], Event]] = {
    "intake": coach_of_nobody,
    "matching": person_of_nobody,
    "notifications": person_of_nobody,
}
"""A record for each service that does no more than advance the order of its key."""


async def test_two_processes_of_each_service_share_all_partitions(pair: Pair) -> None:
    await until(pair.all_are_shared, what="every process to have its share")


@pytest.mark.parametrize("service", SERVICES)
async def test_who_dies_and_comes_back_serves_its_partitions_again_at_once(
    pair: Pair, service: str
) -> None:
    await until(pair.all_are_shared, what="every process to have its share")
    victim = f"{service}-2"
    topic = PROBES[service](uuid4()).topic
    async with Traffic(pair, seed=SERVICES.index(service)) as traffic:
        before, rebalances = traffic.submitted, rebalances_of(pair, service)
        lost = await partitions_of_slot(pair, service, slot_of(pair, victim), topic)
        pair.kill(victim)
        probes = await probe_each_partition(pair, PROBES[service])
        kept = {number for number in probes if number not in lost}
        await until_applied(pair, service, {probes[number] for number in kept})
        waiting = {probes[number] for number in lost}
        assert not await applied(pair, service, waiting)
        began = time.monotonic()
        pair.start_again(victim)
        await until_applied(pair, service, waiting)
        took = time.monotonic() - began
    assert traffic.submitted > before
    assert len(lost) == len(kept) == PARTITIONS // 2
    assert took <= TAKE_OVER_SECONDS
    assert rebalances_of(pair, service) == rebalances
    await nothing_is_lost_or_done_twice(pair)


async def nothing_is_lost_or_done_twice(pair: Pair) -> None:
    await until_quiet(pair.system, seconds=40)
    facts = await load(pair.system, frozenset(pair.acknowledged), frozenset({API_KEY}))
    assert len(facts.stored) == len(pair.acknowledged)
    assert list(violations(facts)) == []


def slot_of(pair: Pair, name: str) -> str:
    """The slot name under which a process consumes, as it has logged it."""
    lines = [json.loads(line) for line in pair.program(name).log_since_start().splitlines()]
    [slot] = [str(line["slot"]) for line in lines if line["event"] == "consuming"]
    return slot


def rebalances_of(pair: Pair, name: str) -> int:
    return pair.program(name).log_since_start().count('"partitions_assigned"')


async def partitions_of_slot(pair: Pair, service: str, slot: str, topic: str) -> set[int]:
    members = await assignment_of(pair.system.engines.kafka.bootstrap, service)
    return {place.partition for place in members[slot] if place.topic == topic}


async def probe_each_partition(pair: Pair, event_of: Callable[[UUID], Event]) -> dict[int, UUID]:
    """Put a record of a key of its own on each partition of the topic: partition → key.

    The owner's database notes each as published, as its relay would have; it would otherwise find
    that it is behind its own topic.
    """
    probes = {number: uuid4() for number in range(PARTITIONS)}
    topic = event_of(uuid4()).topic
    async with (
        open_wire(pair.system.engines.kafka.bootstrap) as wire,
        pair.system.database(OWNERS[topic]) as owner,
    ):
        for number, key in probes.items():
            raw = Raw.of(event_of(key), 1)
            [offset] = await wire.put([raw], partition=number, topic=topic)
            await owner.execute(_PUBLISHED, topic, number, offset + 1)
    return probes


async def applied(pair: Pair, service: str, keys: set[UUID]) -> set[UUID]:
    """Which of these keys have been handled."""
    async with pair.system.database(service) as connection:
        rows = await connection.fetch("SELECT key FROM inbox WHERE key = ANY($1)", list(keys))
    return {row["key"] for row in rows}


async def until_applied(pair: Pair, service: str, keys: set[UUID]) -> None:
    async def all_of_them() -> bool:
        return await applied(pair, service, keys) == keys

    await until(all_of_them, seconds=30, what="the records of these partitions to be applied")
