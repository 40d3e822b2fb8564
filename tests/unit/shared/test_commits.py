"""Commits: only what is settled, only where it is ours, and nothing twice."""

from typing import cast

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, RequestTimedOutError

from shared.messaging.commits import Commits
from shared.messaging.records import Record

HERE, THERE = TopicPartition("t", 0), TopicPartition("t", 1)


class Broker:
    """A consumer that owns some partitions, notes what is committed, and raises what it is told."""

    def __init__(self, *failures: Exception) -> None:
        self.owned = {HERE, THERE}
        self.committed: list[dict[TopicPartition, int]] = []
        self._failures = list(failures)

    def assignment(self) -> set[TopicPartition]:
        return self.owned

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        if self._failures:
            raise self._failures.pop(0)
        self.committed.append(dict(offsets))

    @property
    def consumer(self) -> AIOKafkaConsumer:
        return cast(AIOKafkaConsumer, self)


def record(part: TopicPartition, offset: int) -> Record:
    return Record(part.topic, part.partition, offset, b"key", (), b"body")


async def test_the_offset_after_the_last_settled_record_of_each_partition_is_committed() -> None:
    broker, commits = Broker(), Commits()
    commits.settled([record(HERE, 4), record(THERE, 9), record(HERE, 5)])
    await commits.commit(broker.consumer)
    assert broker.committed == [{HERE: 6, THERE: 10}]


async def test_what_is_committed_is_not_committed_again() -> None:
    broker, commits = Broker(), Commits()
    commits.settled([record(HERE, 4)])
    await commits.commit(broker.consumer)
    await commits.commit(broker.consumer)
    assert broker.committed == [{HERE: 5}]


async def test_a_partition_that_was_taken_away_is_left_to_its_new_owner() -> None:
    broker, commits = Broker(), Commits()
    commits.settled([record(HERE, 4), record(THERE, 9)])
    broker.owned = {THERE}
    await commits.commit(broker.consumer)
    broker.owned = {HERE, THERE}
    await commits.commit(broker.consumer)
    assert broker.committed == [{THERE: 10}]


async def test_after_an_outage_the_offsets_go_along_with_newer_ones() -> None:
    broker, commits = Broker(RequestTimedOutError()), Commits()
    commits.settled([record(HERE, 4), record(THERE, 9)])
    await commits.commit(broker.consumer)
    commits.settled([record(HERE, 5)])
    await commits.commit(broker.consumer)
    assert broker.committed == [{HERE: 6, THERE: 10}]


async def test_a_commit_that_comes_too_late_for_the_group_is_let_go() -> None:
    broker, commits = Broker(CommitFailedError()), Commits()
    commits.settled([record(HERE, 4)])
    await commits.commit(broker.consumer)
    await commits.commit(broker.consumer)
    assert broker.committed == []
