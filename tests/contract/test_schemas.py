"""Events only grow: the committed schemas are the contract, and what would break it is refused."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from shared.events import EVENT_TYPES
from tests.contract import schemas
from tests.contract.growth import breaks
from tests.contract.schemas import Schema, as_text, committed, file_of, refusals, schema_of

HOW = "run `python -m tests.contract.schemas` and commit what it wrote"


def test_no_event_changed_in_a_way_that_a_reader_would_not_survive() -> None:
    assert refusals() == []


def test_the_committed_schemas_are_those_of_the_models() -> None:
    models = {name: as_text(schema_of(kind)) for name, kind in EVENT_TYPES.items()}
    files = {name: file_of(name).read_text(encoding="utf-8") for name in committed()}
    assert files == models, HOW


def test_every_event_says_what_happened() -> None:
    assert [kind.type for kind in EVENT_TYPES.values() if not kind.__doc__] == []


def test_every_type_is_named_after_its_class() -> None:
    """`ReferralAccepted` and `referral.accepted`: a noun and a past participle."""

    def words(text: str) -> str:
        return text.replace(".", "").replace("_", "")

    assert {name: kind.__name__ for name, kind in EVENT_TYPES.items()
            if words(name) != kind.__name__.lower()} == {}  # fmt: skip


def planted() -> Schema:
    """A schema with one of everything."""
    return {
        "topic": "alongside.referrals.v1",
        "type": "object",
        "required": ["referral_id", "area"],
        "properties": {
            "referral_id": {"type": "string", "format": "uuid"},
            "reason": {"type": "string", "pattern": "^[a-z]+$", "default": "none"},
            "urgency": {"type": "string", "enum": ["routine", "urgent"]},
            "until": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
            "area": {
                "type": "object",
                "required": ["state"],
                "properties": {"state": {"type": "string", "pattern": "^[A-Z]{2}$"}},
            },
            "sealed": {"type": "object", "additionalProperties": False, "properties": {}},
            "needs": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
        },
    }


def field(schema: Schema, name: str) -> Schema:
    found: Schema = schema["properties"][name]
    return found


BREAKING: dict[str, Callable[[Schema], Any]] = {
    "a removed field": lambda s: s["properties"].pop("reason"),
    "a removed required field": lambda s: (
        s["properties"].pop("area"),
        s["required"].remove("area"),
    ),
    "a new required field": lambda s: (
        s["properties"].update(extra={"type": "boolean"}),
        s["required"].append("extra"),
    ),
    "a field that became required": lambda s: s["required"].append("reason"),
    "a field that became optional": lambda s: s["required"].remove("area"),
    "another type": lambda s: field(s, "reason").update(type="integer"),
    "another format": lambda s: field(s, "referral_id").update(format="date-time"),
    "another pattern": lambda s: field(s, "reason").update(pattern="^[a-z]{3}$"),
    "a limit that was not there": lambda s: field(s, "reason").update(maxLength=3),
    "a limit that is gone": lambda s: field(s, "reason").pop("pattern"),
    "another default": lambda s: field(s, "reason").update(default="other"),
    "a narrowed closed set": lambda s: field(s, "urgency").update(enum=["routine"]),
    "a closed set of one": lambda s: (
        field(s, "urgency").pop("enum"),
        field(s, "urgency").update(const="urgent"),
    ),
    "a closed set that opened": lambda s: field(s, "urgency").pop("enum"),
    "an open value that closed": lambda s: field(s, "reason").update(enum=["none"]),
    "a value that may no longer be null": lambda s: field(s, "until")["anyOf"].pop(),
    "another alternative": lambda s: field(s, "until")["anyOf"][0].update(format="date"),
    "a change inside an object": lambda s: field(field(s, "area"), "state").update(pattern="^.$"),
    "a change inside a list": lambda s: field(s, "needs")["items"].update(enum=["a"]),
    "a field for readers that refuse it": lambda s: field(s, "sealed")["properties"].update(
        extra={"type": "boolean"}
    ),
    "another topic": lambda s: s.update(topic="alongside.people.v1"),
}

GROWING: dict[str, Callable[[Schema], Any]] = {
    "nothing": lambda s: None,
    "another wording": lambda s: s.update(description="Something happened."),
    "a new optional field": lambda s: s["properties"].update(extra={"type": "boolean"}),
    "a new optional field inside": lambda s: field(s, "area")["properties"].update(
        extra={"type": "boolean"}
    ),
    "a wider closed set": lambda s: field(s, "urgency")["enum"].append("fast_lane"),
}


@pytest.mark.parametrize("change", BREAKING)
def test_a_breaking_change_is_refused(change: str) -> None:
    new = copy.deepcopy(planted())
    BREAKING[change](new)
    assert len(breaks(planted(), new)) == 1


@pytest.mark.parametrize("change", GROWING)
def test_additive_optional_growth_is_let_through(change: str) -> None:
    new = copy.deepcopy(planted())
    GROWING[change](new)
    assert breaks(planted(), new) == []


def test_a_type_cannot_disappear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "EVENT_TYPES", {})
    assert len(refusals()) == len(committed()) > 0
