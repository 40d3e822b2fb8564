"""Golden samples: the exact bytes of one body of each type, as it was first written.

A sample is never changed or removed, because records like it lie on the topics. When a type
grows, the command of `tests.contract.schemas` adds the next one: `<type>.2.json`.
"""

import json
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from shared.events import Event

FOLDER = Path(__file__).parent / "samples"

BY_NAME = {
    "ciphertext": "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEg==",
    "county_fips": "40143",
    "language": "es",
    "languages": "es",
    "nonce": "q83vEjRWeJCrze8S",
    "reference": "K7QM-3XPA",
    "state": "OK",
    "zone": "America/Chicago",
}
"""Values of the fields whose shape is not that of a code."""


def write_sample(kind: type[Event], schema: dict[str, Any]) -> None:
    """Add a sample when the type has none or its newest one lacks a field of the model."""
    before = samples_of(kind.type)
    if before and is_whole(before[-1].read_bytes(), schema):
        return
    FOLDER.mkdir(exist_ok=True)
    body = kind.model_validate(value_of(schema, kind.type)).model_dump_json()
    (FOLDER / f"{kind.type}.{len(before) + 1}.json").write_bytes(body.encode())


def samples_of(event_type: str) -> list[Path]:
    """The samples of a type, the oldest first."""
    found = [file for file in FOLDER.glob("*.json") if file.stem.rpartition(".")[0] == event_type]
    return sorted(found, key=lambda file: int(file.stem.rpartition(".")[2]))


def is_whole(body: bytes, schema: dict[str, Any]) -> bool:
    """Whether a sample holds every field that the model has, at every depth."""
    return _holds(json.loads(body), schema)


def _holds(value: object, schema: dict[str, Any]) -> bool:
    if isinstance(value, list):
        return all(_holds(item, schema["items"]) for item in value)
    if isinstance(value, dict):
        fields = schema["properties"]
        return value.keys() == fields.keys() and all(
            _holds(item, fields[name]) for name, item in value.items()
        )
    return True


def value_of(schema: dict[str, Any], name: str) -> object:
    """A value that fits `schema`: the same one in every run."""
    match schema:
        case {"const": value} | {"enum": [value, *_]}:
            return value
        case {"anyOf": [first, *_]}:
            return value_of(first, name)
        case {"properties": dict(fields)}:
            return {field: value_of(one, field) for field, one in fields.items()}
        case {"items": dict(item)}:
            return [value_of(item, name)]
        case {"type": "boolean"}:
            return True
        case {"type": "integer"}:
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case _:
            return _text(schema.get("format"), name)


def _text(form: object, name: str) -> str:
    if form == "uuid":
        return str(uuid5(NAMESPACE_URL, f"alongside:sample:{name}"))
    if form == "date-time":
        return "2026-11-02T15:04:05Z"
    return BY_NAME.get(name, f"sample_{name}")
