"""Records that nobody waits for: settled with the next one or at the tick, in order, never lost."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from shared.events import OfferMade
from shared.messaging import subscription as subscribing
from shared.messaging.records import Record
from shared.messaging.settle import Settler
from shared.messaging.subscription import Subscription
from tests.world.event_keys import current_history

PATIENT, URGENT = TopicPartition("patient", 0), TopicPartition("urgent", 0)


class SettlerDouble:
    """Settles whatever comes, and notes which offsets came together."""

    def __init__(self) -> None:
        self.handlers = {OfferMade: None}
        self.settled: list[list[str]] = []
        self.database = None

    def is_deferrable(self, record: Record) -> bool:
        return record.topic == PATIENT.topic

    async def settle_all(self, records: Sequence[Record]) -> None:
        self.settled.append([name(record) for record in records])

    async def settle_one(self, record: Record) -> None:
        await self.settle_all([record])


class Consumer:
    """A consumer with nothing fetched besides what is handed out; notes commits and seeks."""

    def __init__(self) -> None:
        self.committed: dict[TopicPartition, int] = {}
        self.sought: list[tuple[TopicPartition, int]] = []
        self.fails = False

    def assignment(self) -> set[TopicPartition]:
        return {PATIENT, URGENT}

    async def getmany(self, *_: Any, **__: Any) -> dict[TopicPartition, list[Any]]:
        if self.fails:
            raise KafkaError
        return {}

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        self.committed |= offsets

    def seek(self, part: TopicPartition, offset: int) -> None:
        self.sought.append((part, offset))


def name(record: Record) -> str:
    return f"{record.topic} {record.offset}"


@pytest.fixture
def settler() -> SettlerDouble:
    return SettlerDouble()


@pytest.fixture
def consumer() -> Consumer:
    return Consumer()


@pytest.fixture
def subscription(
    settler: SettlerDouble, consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> Subscription:
    made = Subscription(
        settler=cast(Settler, settler),
        history=current_history(),
        service="intake",
        member="intake-1",
        session_timeout_ms=6_000,
    )
    made._positions._expected = {PATIENT: 1, URGENT: 7}
    monkeypatch.setattr(made, "_subscriber", SimpleNamespace(consumer=consumer))
    monkeypatch.setattr(subscribing, "TICK_SECONDS", 0.01)
    return made


async def receive(subscription: Subscription, part: TopicPartition, offset: int) -> None:
    raw = SimpleNamespace(
        topic=part.topic, partition=0, offset=offset, key=b"k", headers=(), value=b""
    )
    await subscription._receive(cast("ConsumerRecord[bytes, bytes]", raw))


async def ticks(subscription: Subscription) -> None:
    """Two ticks, so that the first is over."""
    task = asyncio.create_task(subscription.tick())
    await asyncio.sleep(0.03)
    task.cancel()
    await asyncio.wait([task])


async def test_they_are_settled_before_the_next_record_that_somebody_waits_for(
    subscription: Subscription, settler: SettlerDouble
) -> None:
    await receive(subscription, PATIENT, 1)
    await receive(subscription, PATIENT, 2)
    assert settler.settled == []
    await receive(subscription, URGENT, 7)
    assert settler.settled == [["patient 1", "patient 2", "urgent 7"]]


async def test_when_no_other_record_comes_the_tick_settles_them(
    subscription: Subscription, settler: SettlerDouble, consumer: Consumer
) -> None:
    await receive(subscription, PATIENT, 1)
    await ticks(subscription)
    assert settler.settled == [["patient 1"]]
    assert consumer.committed == {PATIENT: 2}


async def test_what_waits_is_not_read_yet(subscription: Subscription) -> None:
    await receive(subscription, PATIENT, 1)
    await receive(subscription, PATIENT, 2)
    assert subscription.read_to(PATIENT) == 1
    await ticks(subscription)
    assert subscription.read_to(PATIENT) == 3


async def test_a_record_comes_again_when_the_broker_fails_behind_it(
    subscription: Subscription, settler: SettlerDouble, consumer: Consumer
) -> None:
    consumer.fails = True
    with pytest.raises(KafkaError):
        await receive(subscription, URGENT, 7)
    consumer.fails = False
    await receive(subscription, URGENT, 7)
    await receive(subscription, URGENT, 8)
    assert settler.settled == [["urgent 7"], ["urgent 8"]]


async def test_a_record_in_hand_is_not_read_yet(
    subscription: Subscription, settler: SettlerDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    async def settle_all(_: Sequence[Record]) -> None:
        seen.append(subscription.read_to(URGENT))

    monkeypatch.setattr(settler, "settle_all", settle_all)
    await receive(subscription, URGENT, 7)
    assert (seen, subscription.read_to(URGENT)) == ([7], 8)


def test_nothing_is_known_of_a_partition_that_was_not_sought(subscription: Subscription) -> None:
    assert subscription.read_to(TopicPartition("new", 0)) is None


async def test_no_offset_is_committed_while_they_wait(
    subscription: Subscription, consumer: Consumer
) -> None:
    await receive(subscription, URGENT, 7)
    await receive(subscription, PATIENT, 1)
    await subscription.on_partitions_revoked({PATIENT, URGENT})
    assert consumer.committed == {URGENT: 8}


async def test_they_are_left_to_the_next_owner_when_a_partition_is_taken_away(
    subscription: Subscription, settler: SettlerDouble
) -> None:
    await receive(subscription, PATIENT, 1)
    await subscription.on_partitions_revoked({PATIENT})
    await subscription.on_partitions_assigned({URGENT})
    subscription._positions._expected = {URGENT: 7}
    await receive(subscription, URGENT, 7)
    await ticks(subscription)
    assert settler.settled == [["urgent 7"]]


async def test_what_follows_a_cleared_one_is_not_taken_before_it_comes_again(
    subscription: Subscription, settler: SettlerDouble, consumer: Consumer
) -> None:
    """The rebalance leaves the partition here; records fetched before it still come in."""
    await receive(subscription, PATIENT, 1)
    await subscription.on_partitions_revoked({PATIENT})
    await receive(subscription, PATIENT, 2)
    await subscription.on_partitions_assigned({PATIENT})
    subscription._positions._unsought.clear()
    subscription._positions._expected = {PATIENT: 1}
    await receive(subscription, PATIENT, 3)
    await ticks(subscription)
    assert settler.settled == []
    assert consumer.committed == {}
    assert consumer.sought[-1] == (PATIENT, 1)
    for offset in (1, 2, 3):
        await receive(subscription, PATIENT, offset)
    await ticks(subscription)
    assert settler.settled == [["patient 1", "patient 2", "patient 3"]]


async def test_what_follows_a_record_that_is_given_back_again_waits_for_it(
    subscription: Subscription, settler: SettlerDouble
) -> None:
    """It was sought back once; that says nothing of what lies there when it is given back anew."""
    await receive(subscription, PATIENT, 2)
    await receive(subscription, PATIENT, 1)
    await subscription.on_partitions_revoked({URGENT})
    subscription._leave.clear()
    await receive(subscription, PATIENT, 2)
    await ticks(subscription)
    assert settler.settled == []


async def test_many_of_them_do_not_wait(
    subscription: Subscription, settler: SettlerDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "BATCH", 2)
    for offset in (1, 2, 3):
        await receive(subscription, PATIENT, offset)
    assert settler.settled == [["patient 1", "patient 2", "patient 3"]]
