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
from shared.events import OWNERS
from shared.messaging.envelope import Outbound, texts
from shared.messaging.macs import HEADER
from tests.world.event_keys import EVENT_KEYS

COACHES = events.CoachContactRecorded.topic
MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True, slots=True)
class Raw:
    """One record as it will lie on the topic."""

    key: bytes | None
    headers: Headers
    body: bytes | None
    forged: bool = False
    """Written by a stranger, who does not have the owner's key."""

    @classmethod
    def of(cls, event: events.Event, seq: int, *, epoch: int = 1) -> Self:
        """The record that a relay would have sent; the MAC comes when it is put on a topic."""
        body = event.model_dump_json().encode()
        sent = Outbound(
            source=OWNERS[event.topic],
            topic=event.topic,
            type=event.type,
            key=event.key,
            seq=seq,
            epoch=epoch,
            event_id=uuid4(),
            occurred_at=MOMENT,
            correlation_id=uuid4(),
            body=body,
        )
        headers = [one for one in sent.headers(EVENT_KEYS) if one[0] != HEADER]
        return cls(str(event.key).encode(), tuple(headers), body)

    def signed(self, topic: str) -> Headers:
        """The headers with the MAC of the topic's owner over whatever they hold."""
        if self.forged:
            return self.headers
        mac = EVENT_KEYS.mac(OWNERS[topic], topic, texts(self.headers), self.body or b"")
        return (*self.headers, (HEADER, mac.encode()))

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
                topic, raw.body, key=raw.key, partition=partition, headers=list(raw.signed(topic))
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
