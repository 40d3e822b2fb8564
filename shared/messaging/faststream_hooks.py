"""Stops the library from parsing headers, decoding or committing; we do that."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aiokafka import TopicPartition

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord
    from faststream.kafka.message import ConsumerProtocol, KafkaMessage
    from faststream.message import StreamMessage


async def tolerant(
    record: "ConsumerRecord[bytes, bytes]", original: Callable[..., Awaitable["KafkaMessage"]]
) -> "KafkaMessage":
    """Parse without the headers: a null or non-UTF-8 one would skip the record unseen."""
    message = await original(replace(record, headers=()))
    message.raw_message = record
    message.consumer = Acknowledged(message.consumer)
    return message


async def raw(
    message: "StreamMessage[ConsumerRecord[bytes, bytes]]",
    _original: Callable[..., Awaitable[Any]],
) -> "ConsumerRecord[bytes, bytes]":
    """Hand out the record itself; our own code reads it, where a failure can be parked."""
    return message.raw_message


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the library acknowledges a record by: `Commits` does it, so only going back is left."""

    consumer: "ConsumerProtocol"

    async def commit(self) -> None:
        """Nothing: what is settled was noted with its exact offset."""

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """Go back to a record that was not settled."""
        self.consumer.seek(partition, offset)
