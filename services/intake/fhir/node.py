"""Reading a FHIR tree without trusting it: what is absent or of another kind reads as None."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime

from services.intake.rules.json_tree import Json
from services.intake.rules.text import one_line

Tree = dict[str, Json]

_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class Node:
    """One element of a resource. Asking for what is not there gives an empty answer."""

    tree: Tree

    def __bool__(self) -> bool:
        return bool(self.tree)

    def text(self, name: str) -> str | None:
        """A string on one line; None if it is empty."""
        value = self.tree.get(name)
        return one_line(value) if isinstance(value, str) else None

    def texts(self, name: str) -> list[str]:
        found = self.tree.get(name)
        values = found if isinstance(found, list) else []
        return [line for value in values if isinstance(value, str) and (line := one_line(value))]

    def flag(self, name: str) -> bool | None:
        value = self.tree.get(name)
        return value if isinstance(value, bool) else None

    def whole(self, name: str) -> int | None:
        """A whole number; `12.0` is 12, and 12.5 is None."""
        value = self.tree.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return int(value) if value == int(value) else None

    def day(self, name: str) -> date | None:
        """The calendar day of a date or time as written; a month alone is no day."""
        return day_of(self.text(name))

    def node(self, name: str) -> "Node":
        value = self.tree.get(name)
        return Node(value if isinstance(value, dict) else {})

    def nodes(self, name: str) -> list["Node"]:
        found = self.tree.get(name)
        values = found if isinstance(found, list) else []
        return [Node(value) for value in values if isinstance(value, dict)]

    def extension(self, url: str) -> "Node":
        """The first extension with this url; an empty node if there is none."""
        return next((e for e in self.nodes("extension") if e.text("url") == url), Node({}))

    def codes(self, system: str) -> list[str]:
        """The codes of one system in a CodeableConcept."""
        return [
            code
            for coding in self.nodes("coding")
            if coding.text("system") == system and (code := coding.text("code"))
        ]


def day_of(written: str | None) -> date | None:
    """The day that a FHIR date or dateTime names in full."""
    found = _DAY.match(written or "")
    if found is None or found.group(3) is None:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def moment_of(written: str | None) -> datetime | None:
    """The moment that a FHIR dateTime names; a bare date is taken at midnight UTC."""
    day = day_of(written)
    if day is None or written is None:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def covers(period: Node, today: date) -> bool:
    """Whether a Period contains a day. An open end contains everything on its side."""
    starts, ends = _edge(period.text("start"), last=False), _edge(period.text("end"), last=True)
    return (starts is None or starts <= today) and (ends is None or today <= ends)


def started(period: Node) -> date:
    """When a Period began; one without a start began before all others."""
    return _edge(period.text("start"), last=False) or date.min


def _edge(written: str | None, *, last: bool) -> date | None:
    """First or last day of what a partial date covers."""
    found = _DAY.match(written or "")
    if found is None:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        if year is None or day is not None:
            return day_of(written)
        month = month or (12 if last else 1)
        return date(year, month, monthrange(year, month)[1] if last else 1)
    except ValueError:
        return None
