"""What the consumer groups of the services have read, and who of them reads what."""

import asyncio
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from aiokafka.errors import KafkaError

from deploy.kafka.topics import declared
from deploy.local.provision import SERVICES
from tests.world.system import until

Assignment = Mapping[str, frozenset[TopicPartition]]


async def skip_to_the_end(bootstrap: str) -> None:
    """Let all groups begin behind what earlier worlds have left; their services have ended."""
    await asyncio.gather(*(_skip(bootstrap, group) for group in SERVICES))


async def _skip(bootstrap: str, group: str) -> None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False
    )
    await consumer.start()
    try:
        places = [
            TopicPartition(topic.name, number)
            for topic in declared()
            for number in range(topic.partitions)
        ]
        consumer.assign(places)
        ends = await consumer.end_offsets(places)

        async def committed() -> bool:
            """Refused while a member that was killed still counts as one, for some seconds."""
            try:
                await consumer.commit(dict(ends))
            except KafkaError:
                return False
            return True

        await until(committed, what=f"the group of {group} to be empty")
    finally:
        await consumer.stop()


async def assignment_of(bootstrap: str, group: str) -> Assignment:
    """Slot name of each member → the partitions that the broker has given it."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        [answer] = await admin.describe_consumer_groups([group])
    finally:
        await admin.close()
    [described] = answer.to_object()["groups"]
    return {
        member["client_id"]: frozenset(
            ConsumerProtocolMemberAssignment.decode(member["member_assignment"]).partitions()
        )
        for member in described["members"]
    }
