"""Records put on a topic byte for byte, and what the consumer group has committed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self
from uuid import UUID, uuid4

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared import events
from shared.messaging.envelope import to_headers

COACHES = events.CoachContactRecorded.topic
MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True, slots=True)
class Raw:
    """One record as it will lie on the topic."""

    key: bytes | None
    headers: Headers
    body: bytes | None

    @classmethod
    def of(cls, event: events.Event, seq: int) -> Self:
        """The record that a relay would have sent."""
        headers = to_headers(
            source="tests",
            event_id=uuid4(),
            type_=event.type,
            key=event.key,
            seq=seq,
            occurred_at=MOMENT,
            correlation_id=uuid4(),
        )
        return cls(str(event.key).encode(), tuple(headers), event.model_dump_json().encode())

    def with_header(self, name: str, value: bytes | None) -> Self:
        """The same record with one header replaced or added."""
        others = tuple(one for one in self.headers if one[0] != name)
        return replace(self, headers=(*others, (name, value)))

    def without_header(self, name: str) -> Self:
        return replace(self, headers=tuple(one for one in self.headers if one[0] != name))

    def with_body(self, body: bytes | None) -> Self:
        return replace(self, body=body)


def contact(coach_id: UUID, seq: int, *, language: str = "en") -> Raw:
    """A coach's contact: intake stores it, so a test sees that it was applied."""
    sealed = events.Sealed(key_id=uuid4(), nonce="q83vEjRWeJCrze8S", ciphertext=f"q{language}8=")
    event = events.CoachContactRecorded(
        coach_id=coach_id, sealed=sealed, language=language, zone="UTC", business_hours=()
    )
    return Raw.of(event, seq)


def paused(coach_id: UUID, seq: int) -> Raw:
    """A fact that intake knows and does not use."""
    return Raw.of(events.CoachPaused(coach_id=coach_id, until=MOMENT), seq)


@dataclass(frozen=True, slots=True)
class Wire:
    """A producer that refuses nothing, and a look at the group's positions."""

    producer: AIOKafkaProducer
    admin: AIOKafkaAdminClient

    async def put(
        self, records: Sequence[Raw], *, partition: int = 0, topic: str = COACHES
    ) -> list[int]:
        """Put the records on one partition, together, in order; returns their offsets."""
        sent = [
            await self.producer.send(
                topic, raw.body, key=raw.key, partition=partition, headers=list(raw.headers)
            )
            for raw in records
        ]
        return [(await one).offset for one in sent]

    async def committed(self, group: str, *, partition: int = 0, topic: str = COACHES) -> int:
        """The offset at which the group would go on after a restart."""
        place = TopicPartition(topic, partition)
        offsets = await self.admin.list_consumer_group_offsets(group, partitions=[place])
        return int(offsets[place].offset)


@asynccontextmanager
async def open_wire(bootstrap: str) -> AsyncIterator[Wire]:
    """A connected wire."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, max_request_size=2_000_000, max_batch_size=1_100_000,
        linger_ms=20,
    )  # fmt: skip
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await producer.start()
    await admin.start()
    try:
        yield Wire(producer, admin)
    finally:
        await admin.close()
        await producer.stop()
