"""Who of a consumer group reads what."""

from collections.abc import Mapping

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment

Assignment = Mapping[str, frozenset[TopicPartition]]


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
