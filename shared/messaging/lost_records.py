"""Going on without records that topics no longer hold, once a person has accepted the loss."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.db import Connection
from shared.messaging import inbox
from shared.messaging.own_history import OwnHistory
from shared.messaging.settle import Settler
from shared.transaction import Database


@dataclass(frozen=True, slots=True)
class LostRecords:
    """Positions of one service that its topics do not have (any more)."""

    database: Database
    history: OwnHistory
    settler: Settler

    async def accept_end_of_topics(self) -> None:
        """Take the present ends of the own topics for what the broker has acknowledged."""
        async with self.history.reader() as consumer:
            ends = await consumer.end_offsets(list(consumer.assignment()))
        async with self.database.transaction() as tx:
            await tx.connection.execute(
                _POSITIONS_BACK,
                [part.topic for part in ends],
                [part.partition for part in ends],
                list(ends.values()),
            )
            tx.audit("topics.loss_accepted", "service", UUID(int=0))

    async def positions_out_of_range(self, connection: Connection) -> dict[TopicPartition, int]:
        """Consumed positions that the topics do not have, with the nearest one that they have."""
        stored = await inbox.positions(connection)
        topics = sorted({kind.topic for kind in self.settler.handlers})
        async with self.history.reader(topics) as consumer:
            return await _nearest(consumer, stored)

    async def move_positions(self, nearest: Mapping[TopicPartition, int], *, actor: str) -> None:
        """Consume from these offsets on. What lay between is lost and shows as a gap of its key."""
        async with self.database.transaction(actor=actor) as tx:
            for part, offset in nearest.items():
                await tx.connection.execute(_SET_CONSUMED, part.topic, part.partition, offset)
            tx.audit("positions.moved", "service", UUID(int=0), partitions=len(nearest))


async def _nearest(
    consumer: AIOKafkaConsumer, stored: Mapping[tuple[str, int], int]
) -> dict[TopicPartition, int]:
    partitions = [part for part in consumer.assignment() if tuple(part) in stored]
    first = await consumer.beginning_offsets(partitions)
    ends = await consumer.end_offsets(partitions)
    nearest = {
        part: min(max(stored[part.topic, part.partition], first[part]), ends[part])
        for part in partitions
    }
    return {
        part: offset
        for part, offset in nearest.items()
        if offset != stored[part.topic, part.partition]
    }


_POSITIONS_BACK = """
    UPDATE published_positions AS p SET next_offset = e.next_offset
      FROM unnest($1::text[], $2::int[], $3::bigint[]) AS e (topic, partition, next_offset)
     WHERE p.topic = e.topic AND p.partition = e.partition AND p.next_offset > e.next_offset
"""
_SET_CONSUMED = """
    UPDATE consumed_positions SET first_offset = $3, next_offset = $3
     WHERE topic = $1 AND partition = $2
"""
