"""What lies on the topics, byte for byte."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

Records = list["ConsumerRecord[bytes, bytes]"]
Ends = Mapping[TopicPartition, int]


async def ends_of(bootstrap: str, topics: Iterable[str]) -> Ends:
    """Where each partition ends now: the place from which a test reads on."""
    async with _reading(bootstrap, topics) as consumer:
        ends: Ends = await consumer.end_offsets(consumer.assignment())
        return ends


async def records_since(bootstrap: str, topics: Iterable[str], since: Ends) -> Records:
    """Every record behind `since`, partition by partition, in its order."""
    async with _reading(bootstrap, topics) as consumer:
        partitions = consumer.assignment()
        ends = await consumer.end_offsets(partitions)
        for partition in partitions:
            consumer.seek(partition, since.get(partition, 0))
        found: Records = []
        behind = {one for one in partitions if since.get(one, 0) < ends[one]}
        while behind:
            for records in (await consumer.getmany(*behind, timeout_ms=500)).values():
                found += records
            behind = {one for one in behind if await consumer.position(one) < ends[one]}
        return sorted(found, key=lambda one: (one.topic, one.partition, one.offset))


@asynccontextmanager
async def _reading(bootstrap: str, topics: Iterable[str]) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of all partitions, in no group, so that it takes nothing from anybody."""
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=bootstrap, group_id=None)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()
