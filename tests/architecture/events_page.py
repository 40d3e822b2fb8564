"""`docs/events.md`, from the models and the wiring tables."""

from collections.abc import Iterator
from typing import Any

from deploy.kafka.topics import declared
from shared.events import EVENT_TYPES, OWNERS, Event
from tests.architecture.wirings import consumers, emitted
from tests.contract.schemas import schema_of

Schema = dict[str, Any]

HEAD = """\
# Events

Written by `python -m tests.architecture.generate` from the models in `shared/events` and the
tables in `services/*/wiring.py`; a test compares. Why events look like this:
[decision 0004](decisions/0004-events-are-facts.md).

Every record is a CloudEvent 1.0 in binary mode: `ce_id`, `ce_type`, `ce_source`, `ce_time`,
`ce_subject` (the record key), `ce_sequence` (its place among the events of this key on this
topic), `correlation_id` and `traceparent` are headers, the body is the JSON below. The exact
shape of each body is `shared/events/schemas/<type>.json`. Fields may be added, nothing else may
change; readers ignore what they do not know. A name, a number or free text has no place here:
what identifies a person is sealed.
"""

WORDS = {
    "ciphertext": "base64",
    "county_fips": "FIPS code of the county",
    "language": "BCP 47 tag",
    "languages": "BCP 47 tag",
    "nonce": "base64",
    "reference": "the short reference, `K7QM-3XPA`",
    "state": "postal code of the state",
    "zone": "IANA time zone",
}
"""What fields with a shape of their own hold; every other text is a code."""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_overview(), *(line for name in OWNERS for line in _topic(name))])


def _overview() -> Iterator[str]:
    yield "| topic | key | written by | read by | kept |"
    yield "|---|---|---|---|---|"
    kept = {topic.name: topic.retention_days for topic in declared()}
    for topic, owner in OWNERS.items():
        read = [kind for kind in _types(topic) if kind.topic == topic]
        readers = sorted({name for kind in read for name in consumers(kind.type)})
        days = kept[topic]
        how_long = "for ever" if days is None else f"{days} days"
        read_by = ", ".join(readers) or "no service"
        yield f"| `{topic}` | {_keys(topic)} | {owner} | {read_by} | {how_long} |"
    yield ""


def _types(topic: str) -> list[type[Event]]:
    return [one for one in EVENT_TYPES.values() if topic in (one.topic, one.unread_topic)]


def _keys(topic: str) -> str:
    """The fields that the types of a topic begin with."""
    first = dict.fromkeys(next(iter(kind.model_fields)) for kind in _types(topic))
    return ", ".join(f"`{name}`" for name in first)


def _topic(topic: str) -> Iterator[str]:
    yield f"## `{topic}`"
    yield ""
    unread = [f"`{kind.type}`" for kind in _types(topic) if kind.unread_topic == topic]
    if unread:
        yield f"Carries those that decide nothing for another service of {', '.join(unread)}."
        yield ""
    for kind in _types(topic):
        if kind.topic == topic:
            yield from _event(kind)


def _event(kind: type[Event]) -> Iterator[str]:
    yield f"### `{kind.type}`"
    yield ""
    yield from _meaning(kind)
    yield ""
    yield f"Read by: {', '.join(consumers(kind.type)) or 'no service'}.{_unwritten(kind)}"
    yield ""
    fields = list(_fields(schema_of(kind)))[1:]
    if fields:
        yield "| field | value |"
        yield "|---|---|"
        yield from fields
        yield ""


def _meaning(kind: type[Event]) -> Iterator[str]:
    for line in (kind.__doc__ or "").strip().splitlines():
        yield line.strip()


def _unwritten(kind: type[Event]) -> str:
    written = kind.type in emitted()[OWNERS[kind.topic]]
    return "" if written else " No service writes it yet."


def _fields(schema: Schema, before: str = "") -> Iterator[str]:
    for name, field in schema["properties"].items():
        where = f"{before}{name}"
        inner = field.get("items", field)
        if "properties" in inner:
            dot = "[]." if "items" in field else "."
            yield from _fields(inner, f"{where}{dot}")
        else:
            yield f"| `{where}` | {_value(field, name)} |"


def _value(field: Schema, name: str) -> str:
    match field:
        case {"anyOf": [first, {"type": "null"}]}:
            return f"{_value(first, name)}, or null"
        case {"items": dict(item)}:
            return f"list of: {_value(item, name)}"
        case {"enum": list(values)}:
            return ", ".join(f"`{value}`" for value in values)
        case {"const": value}:
            return f"`{value}`"
        case {"pattern": str()}:
            return WORDS.get(name, "code")
        case _:
            return PLAIN[str(field.get("format", field["type"]))]


PLAIN = {
    "boolean": "true or false",
    "date-time": "moment with its offset",
    "integer": "whole number",
    "uuid": "UUID",
}
