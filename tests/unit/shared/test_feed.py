"""As of when events are read to their end: texts to people go out only while that is just now."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import cast

import pytest
from aiokafka import TopicPartition

from shared.messaging.access import BrokerAccess
from shared.messaging.consumer_loop import ConsumerLoop
from shared.messaging.feed import Feed
from shared.messaging.own_history import HistoryState, OwnHistory
from shared.messaging.settle import Settler
from shared.messaging.subscription import Subscription
from tests.world.event_keys import EVENT_KEYS, current_history

FIRST, SECOND = TopicPartition("t", 0), TopicPartition("t", 1)
BEFORE = {("t", 0): 90.0, ("t", 1): 90.0}


@dataclass(slots=True)
class Reading:
    """A consumer that has settled each partition up to some offset, and where each ends."""

    settled: dict[TopicPartition, int | None] = field(default_factory=lambda: {FIRST: 5, SECOND: 5})
    ends: dict[TopicPartition, int] = field(default_factory=lambda: {FIRST: 5, SECOND: 5})
    alive: bool = True
    stuck: bool = False
    halted: bool = False
    out_of_range: bool = False
    waits_for_clock: bool = False

    @property
    def consumer(self) -> "Reading":
        return self

    def assignment(self) -> set[TopicPartition]:
        return set(self.settled)

    async def end_offsets(self, parts: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        return {part: self.ends[part] for part in parts}

    async def position(self, part: TopicPartition) -> int:
        return self.settled[part] or 0

    def read_to(self, part: TopicPartition) -> int | None:
        return self.settled[part]


@dataclass(slots=True)
class Looks:
    """A consumer loop that looks at a reading, at moments of ours."""

    reading: Reading
    monkeypatch: pytest.MonkeyPatch
    history: OwnHistory = field(default_factory=current_history)
    feed: Feed = field(default_factory=lambda: Feed(read_at=dict(BEFORE)))
    loop: ConsumerLoop = field(init=False)

    def __post_init__(self) -> None:
        self.loop = ConsumerLoop(
            settler=cast(Settler, None),
            history=self.history,
            service="tests",
            database_url="postgresql://nowhere",
            session_timeout_ms=6000,
            fetch_min_bytes=1,
            feed=self.feed,
        )

    async def at(self, moment: float) -> dict[tuple[str, int], float]:
        """What is read as of when, after a look at that moment."""
        self.monkeypatch.setattr("shared.messaging.consumer_loop.steady_seconds", lambda: moment)
        await self.loop.check_progress(cast(Subscription, self.reading))
        return dict(self.feed.read_at)


async def test_a_partition_read_to_its_end_is_read_as_of_the_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await Looks(Reading(), monkeypatch).at(100.0) == {("t", 0): 100.0, ("t", 1): 100.0}


async def test_a_partition_with_records_left_stays_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = Looks(Reading(settled={FIRST: 5, SECOND: 4}), monkeypatch)
    assert await looks.at(100.0) == {("t", 0): 100.0, ("t", 1): 90.0}


async def test_what_an_earlier_look_saw_is_read_as_of_that_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Under load a partition has always grown again, and nothing waits for its calm."""
    reading = Reading(settled={FIRST: 4})
    looks = Looks(reading, monkeypatch)
    assert await looks.at(100.0) == {("t", 0): 90.0}
    reading.settled[FIRST], reading.ends[FIRST] = 5, 8
    assert await looks.at(102.0) == {("t", 0): 100.0}
    reading.settled[FIRST], reading.ends[FIRST] = 7, 9
    assert await looks.at(104.0) == {("t", 0): 100.0}
    reading.settled[FIRST], reading.ends[FIRST] = 8, 12
    assert await looks.at(106.0) == {("t", 0): 102.0}


async def test_a_partition_that_was_not_sought_yet_or_is_out_of_range_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = Looks(Reading(settled={FIRST: None}), monkeypatch)
    looks.feed.read_at = {}
    assert await looks.at(100.0) == {}


async def test_a_consumer_halted_by_dead_letters_has_read_nothing_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await Looks(Reading(halted=True), monkeypatch).at(100.0) == {}


async def test_a_consumer_that_waits_for_the_time_has_read_nothing_to_its_end_and_is_not_stuck(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = Looks(Reading(waits_for_clock=True, settled={FIRST: 1}), monkeypatch)
    for _ in range(2):
        since = looks.loop.moved.silent_for
        assert await looks.at(100.0) == {}
        assert looks.loop.moved.silent_for < since


@pytest.mark.parametrize(
    "reading",
    [Reading(halted=True), Reading(out_of_range=True), Reading(waits_for_clock=True)],
)
async def test_whoever_discloses_learns_at_once_that_the_consumer_stands_still(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Looks(Reading(), monkeypatch)
    assert not looks.feed.is_stopped(), "it has not connected yet"
    looks.loop.subscription = cast(Subscription, Reading())
    assert not looks.feed.is_stopped()
    looks.loop.subscription = cast(Subscription, reading)
    assert looks.feed.is_stopped()


@pytest.mark.parametrize("state", [HistoryState.UNCHECKED, HistoryState.BEHIND])
async def test_a_service_whose_own_history_is_not_current_has_read_nothing(
    state: HistoryState, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = OwnHistory("tests", BrokerAccess("nowhere:1"), EVENT_KEYS, state)
    assert await Looks(Reading(), monkeypatch, history).at(100.0) == {}


async def test_a_consume_task_that_has_ended_is_not_overlooked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(RuntimeError, match="has ended"):
        await Looks(Reading(alive=False), monkeypatch).at(100.0)
