"""No field of an event can hold a name, a number or free text; sealed fields are the exception."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from shared.events import EVENT_TYPES, Sealed
from tests.contract.schemas import Schema, schema_of

PROBES = (
    "Jane Doe",
    "Jane",
    "José García",
    "O'Brien",
    "Doe, Jane",
    "jane.doe@example.org",
    "+19185550100",
    "9185550100",
    "918-555-0100",
    "(918) 555-0100",
    "555-0100",
    "123-45-6789",
    "1988-04-12",
    "04/12/1988",
    "00123456",
    "12 Main Street",
    "She has returned to use.",
    "needs help today",
    "call me\nnow",
    "",
)
"""What must fit nowhere: names, numbers of all kinds, addresses, sentences."""

MAX_OF_A_COUNT = 99_999
"""A whole number up to here cannot be a telephone number, a birth date or a record number."""

CLOSED_FORMATS = {"uuid", "date-time"}
SEALED = set(Sealed.model_fields)


def leaves(schema: Schema, where: str = "") -> Iterator[tuple[str, Schema]]:
    """Every place of a body that holds a value, with its schema."""
    match schema:
        case {"properties": dict(fields)}:
            for name, one in fields.items():
                yield from leaves(one, f"{where}.{name}")
        case {"items": dict(item)}:
            yield from leaves(item, f"{where}[]")
        case {"anyOf": list(branches)}:
            for branch in branches:
                yield from leaves(branch, where)
        case _:
            yield where, schema


def faults(schema: Schema) -> list[str]:
    """Every place of a body that could hold a person's data, with what it would take."""
    return [f"{where}: {fault}" for where, leaf in leaves(schema) if (fault := _fault(where, leaf))]


def _fault(where: str, leaf: Schema) -> str | None:
    if where.startswith(".sealed.") and where.removeprefix(".sealed.") in SEALED:
        return None
    if "enum" in leaf or "const" in leaf or leaf.get("format") in CLOSED_FORMATS:
        return None
    match leaf:
        case {"type": "boolean" | "null"}:
            return None
        case {"type": "integer"}:
            limits = [leaf[word] for word in ("maximum", "exclusiveMaximum") if word in leaf]
            bounded = any(limit <= MAX_OF_A_COUNT for limit in limits)
            return None if bounded else "a whole number without a limit"
        case {"type": "string", "pattern": str(pattern)}:
            taken = [probe for probe in PROBES if re.search(pattern, probe)]
            return f"its pattern takes {', '.join(map(repr, taken))}" if taken else None
        case _:
            return f"{leaf.get('type', 'anything')} of any shape"


def test_no_field_could_hold_a_name_a_number_or_free_text() -> None:
    found = {name: faults(schema_of(kind)) for name, kind in EVENT_TYPES.items()}
    assert {name: open_ones for name, open_ones in found.items() if open_ones} == {}


@pytest.mark.parametrize(
    "leaf",
    [
        {"type": "string"},
        {"type": "string", "maxLength": 10},
        {"type": "string", "pattern": "^.*$"},
        {"type": "string", "pattern": "^[A-Z]"},
        {"type": "string", "pattern": "^[0-9-]+$"},
        {"type": "string", "format": "email"},
        {"type": "number"},
        {"type": "integer", "minimum": 1},
        {"type": "object", "additionalProperties": {"type": "string"}},
        {"type": "array", "items": {"type": "string"}},
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"type": "object", "properties": {"name": {"type": "string"}}},
        {},
    ],
)
def test_an_open_field_is_refused(leaf: dict[str, Any]) -> None:
    assert len(faults({"type": "object", "properties": {"planted": leaf}})) == 1


def test_sealed_is_the_only_exception() -> None:
    """The same field outside `sealed` is refused, and a fourth one inside it too."""
    text = {"type": "string", "pattern": "^[A-Za-z0-9+/]+$"}
    assert faults({"properties": {"ciphertext": text}}) != []
    inside = {"properties": {"ciphertext": text, "name": text}}
    assert len(faults({"properties": {"sealed": inside}})) == 1
