"""A hash of everything a decision was made from, to prove later what it saw."""

import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from pydantic import BaseModel

from services.matching.rules.choose import Json
from services.matching.rules.coach import Coach
from services.matching.rules.need import Need


def fingerprint(
    need: Need, coaches: Iterable[Coach], *, now: datetime, already_asked: frozenset[UUID]
) -> str:
    """SHA-256 (hex) of the inputs of `choose`: equal for equal inputs in any order."""
    roster = sorted(coaches, key=lambda coach: coach.coach_id)
    inputs = _plain((need, roster, now.timestamp(), already_asked))
    return sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def _plain(value: object) -> Json:
    if value is None or isinstance(value, str | int | float):
        return value
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, BaseModel):
        return _plain(tuple(value))
    if isinstance(value, frozenset):
        return sorted((_plain(item) for item in value), key=str)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return str(value)
