"""What counts as read to its end: texts to people go out only while the referral events do."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import cast

import pytest
from aiokafka import TopicPartition

from shared.messaging.consume import Subscription
from shared.messaging.consumer_loop import ConsumerLoop
from shared.messaging.feed import Feed
from shared.messaging.own_history import HistoryState, OwnHistory
from shared.messaging.settle import Settler
from tests.world.event_keys import EVENT_KEYS, current_history

FIRST, SECOND = TopicPartition("t", 0), TopicPartition("t", 1)
BOTH = frozenset({("t", 0), ("t", 1)})


@dataclass(slots=True)
class Reading:
    """A consumer that has read each partition up to some offset; each ends at 5."""

    read: dict[TopicPartition, int] = field(default_factory=lambda: {FIRST: 5, SECOND: 5})
    alive: bool = True
    stuck: bool = False
    halted: bool = False
    in_hand: frozenset[TopicPartition] = frozenset()

    @property
    def consumer(self) -> "Reading":
        return self

    def assignment(self) -> set[TopicPartition]:
        return set(self.read)

    async def end_offsets(self, parts: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(parts, 5)

    async def position(self, part: TopicPartition) -> int:
        return self.read[part]


async def looked_at(
    reading: Reading, history: OwnHistory | None = None
) -> frozenset[tuple[str, int]]:
    history = history or current_history()
    feed = Feed(read_up=BOTH)
    loop = ConsumerLoop(
        settler=cast(Settler, None),
        history=history,
        service="tests",
        bootstrap_servers="nowhere:1",
        database_url="postgresql://nowhere",
        session_timeout_ms=6000,
        fetch_min_bytes=1,
        feed=feed,
    )
    await loop.check_progress(cast(Subscription, reading))
    return feed.read_up


async def test_a_partition_read_to_its_end_counts() -> None:
    assert await looked_at(Reading()) == BOTH


async def test_a_partition_with_records_left_does_not_count() -> None:
    assert await looked_at(Reading(read={FIRST: 5, SECOND: 4})) == {("t", 0)}


async def test_a_record_in_hand_is_not_read_yet() -> None:
    assert await looked_at(Reading(in_hand=frozenset({FIRST}))) == {("t", 1)}


async def test_a_consumer_halted_by_dead_letters_has_read_nothing_to_its_end() -> None:
    assert await looked_at(Reading(halted=True)) == frozenset()


@pytest.mark.parametrize("state", [HistoryState.UNCHECKED, HistoryState.BEHIND])
async def test_a_service_whose_own_history_is_not_current_has_read_nothing(
    state: HistoryState,
) -> None:
    history = OwnHistory("tests", "nowhere:1", EVENT_KEYS, state)
    assert await looked_at(Reading(), history) == frozenset()


async def test_a_consume_task_that_has_ended_is_not_overlooked() -> None:
    with pytest.raises(RuntimeError, match="has ended"):
        await looked_at(Reading(alive=False))
