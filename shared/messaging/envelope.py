"""The envelope of every record: CloudEvents 1.0, Kafka protocol binding, binary mode."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from pydantic import ValidationError

from shared.errors import PermanentError
from shared.events import EVENT_TYPES, OWNERS, Event
from shared.messaging.macs import HEADER, EventKeys

MAX_BODY = 256 * 1024
"""Bytes of a body that a consumer still parses. Larger ones are dead-lettered unread."""

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who says what about whom, and its place in the order of its key."""

    event_id: UUID
    type: str
    topic: str
    key: UUID
    seq: int
    epoch: int
    """The history of the owner's database: numbers are unique within one."""
    occurred_at: datetime
    correlation_id: UUID
    event: Event | None
    """None when this service does not use the type; the record still counts in the order."""


@dataclass(frozen=True, slots=True)
class Outbound:
    """One event as its owner publishes it."""

    source: str
    topic: str
    type: str
    key: UUID
    seq: int
    epoch: int
    event_id: UUID
    occurred_at: datetime
    correlation_id: UUID
    body: bytes

    def headers(self, keys: EventKeys) -> Headers:
        """All headers, the MAC last. `traceparent` ties together all that one request caused."""
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(self.event_id),
            "ce_type": self.type,
            "ce_source": f"/alongside/{self.source}",
            "ce_time": self.occurred_at.astimezone(UTC).isoformat(),
            "ce_subject": str(self.key),
            "ce_sequence": str(self.seq),
            "ce_epoch": str(self.epoch),
            "content-type": "application/json",
            "correlation_id": str(self.correlation_id),
            "traceparent": f"00-{self.correlation_id.hex}-{self.event_id.hex[16:]}-01",
        }
        headers[HEADER] = keys.mac(self.source, self.topic, headers, self.body)
        return [(name, value.encode()) for name, value in headers.items()]


@dataclass(frozen=True, slots=True)
class RecordHead:
    """Key, number and type of a record, as far as they can be read."""

    key: UUID | None
    seq: int | None
    type: str | None
    event_id: UUID | None = None


def texts(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """Headers that are readable text; a null or non-UTF-8 one counts as missing."""
    readable = {}
    for name, value in headers:
        try:
            if value is not None:
                readable[name] = value.decode()
        except UnicodeDecodeError:
            continue
    return readable


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def read_head(key: bytes | None, headers: Iterable[tuple[str, bytes | None]]) -> RecordHead:
    """The head of a record, read without judging the rest of it. Never raises."""
    given = texts(headers)
    try:
        key_text = key.decode() if key else None
    except UnicodeDecodeError:
        key_text = None
    event_type = given.get("ce_type")
    return RecordHead(
        key=_uuid(given.get("ce_subject")) or _uuid(key_text),
        seq=_number(given.get("ce_sequence", ""), digits=18),
        type=event_type if event_type in EVENT_TYPES else None,
        event_id=_uuid(given.get("ce_id")),
    )


def _number(text: str, *, digits: int) -> int | None:
    """A positive number of at most so many digits, or None."""
    readable = text.isascii() and text.isdigit() and len(text) <= digits
    return (int(text) or None) if readable else None


def read(
    *,
    topic: str,
    key: bytes | None,
    headers: Iterable[tuple[str, bytes | None]],
    body: bytes | None,
    used: frozenset[str],
    keys: EventKeys,
) -> Envelope:
    """Parse one record; bodies of types that are not `used` are left unread.

    Raises NotFromOwnerError before anything else is looked at, then PermanentError with a code
    that says what is wrong with it, never with its content.
    """
    headers = list(headers)
    given = texts(headers)
    keys.verify(OWNERS.get(topic), topic, given, body)
    head = read_head(key, headers)
    event_type, epoch = given.get("ce_type"), _number(given.get("ce_epoch", ""), digits=9)
    if event_type is None or head.key is None or head.seq is None or epoch is None:
        raise PermanentError("envelope_incomplete")
    if key is None or _uuid(key.decode(errors="replace")) != head.key:
        raise PermanentError("key_differs_from_subject")
    kind = _kind(event_type, topic)
    event_id, correlation_id = _uuid(given.get("ce_id")), _uuid(given.get("correlation_id"))
    if event_id is None or given.get("ce_specversion") != "1.0":
        raise PermanentError("envelope_incomplete")
    return Envelope(
        event_id=event_id,
        type=event_type,
        topic=topic,
        key=head.key,
        seq=head.seq,
        epoch=epoch,
        occurred_at=_time(given.get("ce_time", "")),
        correlation_id=correlation_id or event_id,
        event=_event(kind, body, head.key) if event_type in used else None,
    )


def _kind(event_type: str, topic: str) -> type[Event]:
    kind = EVENT_TYPES.get(event_type)
    if kind is None:
        raise PermanentError("unknown_type")
    if topic not in (kind.topic, kind.unread_topic):
        raise PermanentError("type_on_wrong_topic")
    return kind


def _time(text: str) -> datetime:
    """Raises PermanentError for what is no time, has no zone, or no place in the calendar."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise PermanentError("envelope_incomplete")


def _event(kind: type[Event], body: bytes | None, key: UUID) -> Event:
    if not body:
        raise PermanentError("tombstone")
    if len(body) > MAX_BODY:
        raise PermanentError("body_too_large")
    try:
        event = kind.model_validate_json(body)
    except ValidationError:
        raise PermanentError("body_invalid") from None
    if event.key != key:
        raise PermanentError("key_differs_from_body")
    return event
