"""The committed JSON Schema of every event, and the command that writes it.

    python -m tests.contract.schemas

writes `shared/events/schemas/<type>.json` and the golden samples from the models. It refuses
every change but additive, optional growth; before the first release `--before-first-release`
lets a contract change as a whole.
"""

import json
import sys
from pathlib import Path
from typing import Any, cast

from shared.events import EVENT_TYPES, Event
from tests.contract.growth import breaks
from tests.contract.samples import write_sample

FOLDER = Path(__file__).parents[2] / "shared" / "events" / "schemas"

Schema = dict[str, Any]


def schema_of(kind: type[Event]) -> Schema:
    """The schema of an event's body: without references and titles, in a fixed order."""
    schema = kind.model_json_schema()
    plain = cast("Schema", _inlined(schema, schema.get("$defs", {})))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": kind.type,
        "topic": kind.topic,
        "description": schema["description"],
        **{key: value for key, value in plain.items() if key != "$defs"},
    }


def _inlined(part: object, definitions: Schema) -> object:
    match part:
        case {"$ref": str(reference), **others}:
            name = reference.removeprefix("#/$defs/")
            return _inlined({**definitions[name], **others}, definitions)
        case {"properties": dict(properties), **others}:
            fields = {name: _inlined(field, definitions) for name, field in properties.items()}
            rest = cast("Schema", _inlined(others, definitions))
            return {**rest, "properties": fields}
        case dict():
            return {
                key: _inlined(value, definitions)
                for key, value in part.items()
                if key not in ("title", "description", "$defs")
            }
        case list():
            return [_inlined(item, definitions) for item in part]
        case _:
            return part


def file_of(event_type: str) -> Path:
    """Where the schema of a type is committed."""
    return FOLDER / f"{event_type}.json"


def as_text(schema: Schema) -> str:
    """The file's text."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def committed() -> dict[str, Schema]:
    """All committed schemas by type."""
    return {
        file.stem: json.loads(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.json")
    }


def refusals() -> list[str]:
    """What the models may not have changed, against what is committed."""
    found = []
    for event_type, old in sorted(committed().items()):
        kind = EVENT_TYPES.get(event_type)
        new = schema_of(kind) if kind is not None else None
        found += [f"{event_type}{one}" for one in breaks(old, new)] if new else [
            f"{event_type}: the type is gone"
        ]  # fmt: skip
    return found


def main() -> int:
    """Write what may be written; 1 when a change is refused."""
    refused = [] if "--before-first-release" in sys.argv else refusals()
    if refused:
        sys.stderr.write("\n".join([*refused, "A breaking change is a new topic `.v2`.\n"]))
        return 1
    FOLDER.mkdir(exist_ok=True)
    for file in FOLDER.glob("*.json"):
        if file.stem not in EVENT_TYPES:
            file.unlink()
    for event_type, kind in EVENT_TYPES.items():
        file_of(event_type).write_text(as_text(schema_of(kind)), encoding="utf-8")
        write_sample(kind, schema_of(kind))
    return 0


if __name__ == "__main__":
    sys.exit(main())
