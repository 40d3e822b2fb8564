"""Which changes of an event's schema its readers survive: additive, optional ones and no other.

Records live for 14 days, contacts for ever, and services are deployed one after the other. So a
new reader must take old records and, because readers ignore what they do not know, an old reader
must take new ones. A closed set may grow: readers are deployed before writers.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_SAID_OTHERWISE = {"description", "properties", "required", "items", "anyOf", "enum", "const"}
"""Keywords with a rule of their own; every other keyword must stay as it is."""

_ABSENT = object()


def breaks(old: Schema, new: Schema, where: str = "") -> list[str]:
    """Every change from `old` to `new` that some reader would not survive, as `.field: what`."""
    return [
        *_keywords(old, new, where),
        *_values(old, new, where),
        *_fields(old, new, where),
        *_branches(old, new, where),
    ]


def _keywords(old: Schema, new: Schema, where: str) -> Iterator[str]:
    for key in sorted((old.keys() | new.keys()) - _SAID_OTHERWISE):
        before, after = old.get(key, _ABSENT), new.get(key, _ABSENT)
        if before is _ABSENT:
            yield f"{where}: `{key}` is new"
        elif after is _ABSENT:
            yield f"{where}: `{key}` is gone"
        elif before != after:
            yield f"{where}: `{key}` was {before!r} and is {after!r}"


def _values(old: Schema, new: Schema, where: str) -> Iterator[str]:
    before, after = _closed_set(old), _closed_set(new)
    if (before is None) != (after is None):
        yield f"{where}: a closed set became open or an open one closed"
    elif before is not None and after is not None and before - after:
        yield f"{where}: the closed set lost {', '.join(sorted(before - after))}"


def _closed_set(schema: Schema) -> set[str] | None:
    if "const" in schema:
        return {str(schema["const"])}
    return {str(value) for value in schema["enum"]} if "enum" in schema else None


def _fields(old: Schema, new: Schema, where: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    owed_before, owed_after = set(old.get("required", [])), set(new.get("required", []))
    for name in sorted(before.keys() - after.keys()):
        yield f"{where}.{name}: the field is gone"
    for name in sorted(after.keys() - before.keys()):
        if name in owed_after:
            yield f"{where}.{name}: a new field must be optional"
        if old.get("additionalProperties") is False:
            yield f"{where}.{name}: readers of this object refuse fields they do not know"
    for name in sorted(before.keys() & after.keys()):
        if name in owed_before ^ owed_after:
            yield f"{where}.{name}: required became optional or the other way round"
        yield from breaks(before[name], after[name], f"{where}.{name}")


def _branches(old: Schema, new: Schema, where: str) -> Iterator[str]:
    if ("items" in old) != ("items" in new):
        yield f"{where}: what the list holds was said before or is said now only"
    elif "items" in old:
        yield from breaks(old["items"], new["items"], f"{where}[]")
    before, after = old.get("anyOf", []), new.get("anyOf", [])
    if len(before) != len(after):
        yield f"{where}: another number of alternatives"
    for first, second in zip(before, after, strict=False):
        yield from breaks(first, second, where)
