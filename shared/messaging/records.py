"""A Kafka record as it came, and how it is kept, sealed, when it cannot be handled now."""

import base64
import json
from dataclasses import dataclass

from aiokafka import ConsumerRecord

from shared import seals
from shared.messaging.envelope import RecordHead, read_head


@dataclass(frozen=True, slots=True)
class Record:
    """Bytes and headers of one record, with where it lies."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    body: bytes | None

    @classmethod
    def of(cls, raw: "ConsumerRecord[bytes, bytes]") -> "Record":
        return cls(
            raw.topic, raw.partition, raw.offset, raw.key, tuple(raw.headers or ()), raw.value
        )

    @property
    def head(self) -> RecordHead:
        return read_head(self.key, self.headers)

    @property
    def _context(self) -> bytes:
        return f"record|{self.topic}|{self.partition}|{self.offset}".encode()

    def sealed(self, key: bytes) -> bytes:
        """The record with its headers, encrypted and bound to its place in the topic."""
        content = {
            "key": _text(self.key),
            "headers": [[name, _text(value)] for name, value in self.headers],
            "body": _text(self.body),
        }
        return seals.seal(key, json.dumps(content).encode(), self._context)

    @classmethod
    def unsealed(
        cls, key: bytes, sealed: bytes, *, topic: str, partition: int, offset: int
    ) -> "Record":
        """What `sealed` was made of. Raises PermanentError when it was tampered with or moved."""
        empty = cls(topic, partition, offset, None, (), None)
        content = json.loads(seals.unseal(key, sealed, empty._context))
        return cls(
            topic,
            partition,
            offset,
            _bytes(content["key"]),
            tuple((name, _bytes(value)) for name, value in content["headers"]),
            _bytes(content["body"]),
        )


def _text(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


def _bytes(value: str | None) -> bytes | None:
    return None if value is None else base64.b64decode(value)
