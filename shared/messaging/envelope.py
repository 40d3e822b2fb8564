"""The envelope of every record: CloudEvents 1.0, Kafka protocol binding, binary mode."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from pydantic import ValidationError

from shared.errors import PermanentError
from shared.events import EVENT_TYPES, Event

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
    occurred_at: datetime
    correlation_id: UUID
    event: Event | None
    """None when this service does not use the type; the record still counts in the order."""


def to_headers(
    *,
    source: str,
    event_id: UUID,
    type_: str,
    key: UUID,
    seq: int,
    occurred_at: datetime,
    correlation_id: UUID,
) -> Headers:
    """The headers of one record. `traceparent` ties all that one correlation id caused."""
    trace = f"00-{correlation_id.hex}-{event_id.hex[16:]}-01"
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(event_id).encode()),
        ("ce_type", type_.encode()),
        ("ce_source", f"/alongside/{source}".encode()),
        ("ce_time", occurred_at.astimezone(UTC).isoformat().encode()),
        ("ce_subject", str(key).encode()),
        ("ce_sequence", str(seq).encode()),
        ("content-type", b"application/json"),
        ("correlation_id", str(correlation_id).encode()),
        ("traceparent", trace.encode()),
    ]


@dataclass(frozen=True, slots=True)
class RecordHead:
    """Key, number and type of a record, as far as they can be read."""

    key: UUID | None
    seq: int | None
    type: str | None


def _texts(headers: Iterable[tuple[str, bytes | None]]) -> dict[str, str]:
    """Headers that are readable text; a null or non-UTF-8 one counts as missing."""
    texts = {}
    for name, value in headers:
        try:
            if value is not None:
                texts[name] = value.decode()
        except UnicodeDecodeError:
            continue
    return texts


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def read_head(key: bytes | None, headers: Iterable[tuple[str, bytes | None]]) -> RecordHead:
    """The head of a record, read without judging the rest of it. Never raises."""
    texts = _texts(headers)
    try:
        key_text = key.decode() if key else None
    except UnicodeDecodeError:
        key_text = None
    seq_text = texts.get("ce_sequence", "")
    seq = int(seq_text) if seq_text.isascii() and seq_text.isdigit() and len(seq_text) < 19 else 0
    event_type = texts.get("ce_type")
    return RecordHead(
        key=_uuid(texts.get("ce_subject")) or _uuid(key_text),
        seq=seq or None,
        type=event_type if event_type in EVENT_TYPES else None,
    )


def read(
    *,
    topic: str,
    key: bytes | None,
    headers: Iterable[tuple[str, bytes | None]],
    body: bytes | None,
    used: frozenset[str],
) -> Envelope:
    """Parse one record; bodies of types that are not `used` are left unread.

    Raises PermanentError with a code that says what is wrong with it, never with its content.
    """
    headers = list(headers)
    texts = _texts(headers)
    head = read_head(key, headers)
    event_type = texts.get("ce_type")
    if event_type is None or head.key is None or head.seq is None:
        raise PermanentError("envelope_incomplete")
    if key is None or _uuid(key.decode(errors="replace")) != head.key:
        raise PermanentError("key_differs_from_subject")
    kind = EVENT_TYPES.get(event_type)
    if kind is None:
        raise PermanentError("unknown_type")
    if kind.topic != topic:
        raise PermanentError("type_on_wrong_topic")
    event_id, correlation_id = _uuid(texts.get("ce_id")), _uuid(texts.get("correlation_id"))
    if event_id is None or texts.get("ce_specversion") != "1.0":
        raise PermanentError("envelope_incomplete")
    return Envelope(
        event_id=event_id,
        type=event_type,
        topic=topic,
        key=head.key,
        seq=head.seq,
        occurred_at=_time(texts.get("ce_time", "")),
        correlation_id=correlation_id or event_id,
        event=_event(kind, body, head.key) if event_type in used else None,
    )


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
