"""Offsets of what is settled, committed now and then instead of after every record.

Consumption goes on from the positions in the database. Kafka's own commits are for the tools that
show them, and each costs a request and a write for every partition that the process has.
"""

import asyncio
from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared.logs import log
from shared.messaging.records import Record

EVERY_SECONDS = 2.0
MAX_SECONDS = 3.0
"""A commit that takes longer is given up; the next one takes its offsets along."""


class Commits:
    """The next offset of each partition with something settled since the last commit."""

    def __init__(self) -> None:
        self._next: dict[TopicPartition, int] = {}

    def settled(self, records: Iterable[Record]) -> None:
        """These records are safe. Within a partition they come in order."""
        for record in records:
            self._next[TopicPartition(record.topic, record.partition)] = record.offset + 1

    async def commit(self, consumer: AIOKafkaConsumer) -> None:
        """Commit what is settled. What cannot be committed now is kept or, of others, let go."""
        offsets, self._next = self._next, {}
        offsets = {part: at for part, at in offsets.items() if part in consumer.assignment()}
        if not offsets:
            return
        try:
            await asyncio.wait_for(consumer.commit(offsets), MAX_SECONDS)
        except (CommitFailedError, IllegalStateError) as error:
            log.info("offsets_not_committed", error=type(error).__name__)
        except (KafkaError, TimeoutError, RuntimeError) as error:
            # RuntimeError: the event loop's, for a connection that the broker has just reset.
            log.warning("offsets_not_committed", error=type(error).__name__)
            self._next = offsets | self._next
