"""What a database holds, put back as it was, and what of it counts as an effect."""

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

Rows = Mapping[str, list[dict[str, Any]]]
"""Every row of every table, as JSON says it."""

Effects = Mapping[str, list[str]]
"""Rows by table, in words that are equal in every run that did the same."""

NUMBERS = {"outbox_id", "audit_id", "happening_id", "timer_id", "shard"}
"""Counted by the database, where transactions that rolled back leave gaps; or made of an id."""

BY_CHANCE = {
    "code_hash",
    "sealed",
    "sealed_contact",
    "sealed_body",
    "sealed_person",
    "browser_hash",
    "created_at",
    "nonce",
    "ciphertext",
}
"""Columns and fields with a nonce, or with the database's own clock."""

FROM_AN_ID = {"reference": 9}
"""Fields that are made of an id of the same row, and how long they then are."""

_NEW = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
"""Ids that a service made (version 7); those of the tests are of other versions."""

_OUR_TABLES = """
    SELECT relname FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
       AND relname !~ '^(schema_mig|epochs|clinic_sessions)'
     ORDER BY relname
"""


@dataclass(frozen=True, slots=True)
class Store:
    """A service's database as its superuser sees it, between the lives of the service."""

    connection: "asyncpg.Connection[Any]"
    tables: tuple[str, ...]

    @classmethod
    async def open(cls, url: str) -> "Store":
        connection = await asyncpg.connect(url, server_settings={"synchronous_commit": "off"})
        tables = await connection.fetch(_OUR_TABLES)
        return cls(connection, tuple(row["relname"] for row in tables))

    async def rows(self) -> Rows:
        """Everything, in an order that says nothing of when it was written."""
        each = [
            f"SELECT '{table}' AS name, to_jsonb(t) AS row FROM {table} AS t"  # noqa: S608 (a name of ours)
            for table in self.tables
        ]
        found: dict[str, list[dict[str, Any]]] = {table: [] for table in self.tables}
        stored = await self.connection.fetch(" UNION ALL ".join(each))
        for name, row in sorted((one["name"], one["row"]) for one in stored):
            found[name].append(json.loads(row))
        return found

    async def put_back(self, rows: Rows) -> None:
        """Make the database what it was; waits until the sessions of a killed process are over."""
        fill = [
            f"INSERT INTO {table} OVERRIDING SYSTEM VALUE "  # noqa: S608 (names of ours)
            f"SELECT * FROM json_populate_recordset(NULL::{table}, $json${json.dumps(there)}$json$)"
            for table, there in rows.items()
            if there
        ]
        empty = [f"DELETE FROM {table}" for table in self.tables]  # noqa: S608 (a name of ours)
        await self.connection.execute(
            "BEGIN; SET LOCAL session_replication_role = replica; "
            f"{self._take_all}; " + "; ".join([*empty, *fill, "COMMIT"])
        )

    async def until_free(self) -> None:
        """Return when no session holds a lock any more: that of a killed process ends by itself."""
        await self.connection.execute(f"BEGIN; {self._take_all}; COMMIT")

    @property
    def _take_all(self) -> str:
        """Waits for everybody who writes or has locked a row."""
        return f"LOCK TABLE {', '.join(self.tables)} IN EXCLUSIVE MODE"


def effects(rows: Rows, before: Rows, *, but: Collection[str] = ()) -> Effects:
    """The rows in comparable words. `but`: audit actions that are no effect.

    Ids that are new since `before` are numbered in the order in which they are met.
    """
    known = set(_NEW.findall(json.dumps(before)))
    names: dict[str, str] = {}

    def plain(found: re.Match[str]) -> str:
        return found.group() if found.group() in known else "new"

    def named(found: re.Match[str]) -> str:
        one = found.group()
        return one if one in known else names.setdefault(one, f"new-{len(names) + 1}")

    said = {
        table: sorted(
            (_said(row) for row in there if not (table == "audit" and row["action"] in but)),
            key=lambda text: _NEW.sub(plain, text),
        )
        for table, there in rows.items()
    }
    return {table: [_NEW.sub(named, text) for text in texts] for table, texts in said.items()}


def differences(wanted: Effects, found: Effects) -> list[str]:
    """What was lost and what was done besides, one row a line."""
    lost = {table: Counter(rows) - Counter(found[table]) for table, rows in wanted.items()}
    more = {table: Counter(rows) - Counter(wanted[table]) for table, rows in found.items()}
    return [f"lost from {table}: {row}" for table in lost for row in lost[table].elements()] + [
        f"besides in {table}: {row}" for table in more for row in more[table].elements()
    ]


def _said(row: dict[str, Any]) -> str:
    kept = {name: value for name, value in row.items() if name not in NUMBERS}
    return json.dumps(dict(_steady(kept)), sort_keys=True)


def _steady(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        if isinstance(value, str) and len(value) == FROM_AN_ID.get(name):
            yield name, "made of an id"
        else:
            yield name, value is not None if name in BY_CHANCE else _steady_value(value)


def _steady_value(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("{"):
        return dict(_steady(json.loads(value)))
    return dict(_steady(value)) if isinstance(value, dict) else value


def gaps(rows: Rows) -> list[str]:
    """Keys whose events are not numbered 1, 2, 3 … up to what `sequences` has counted."""
    numbers: dict[tuple[str, str], list[int]] = {}
    for event in rows["outbox"]:
        numbers.setdefault((event["topic"], event["key"]), []).append(event["seq"])
    counted = {(row["topic"], row["key"]): row["last_seq"] for row in rows["sequences"]}
    return [
        f"{topic} {key}: {numbers.get((topic, key))} of {counted.get((topic, key))}"
        for topic, key in numbers.keys() | counted.keys()
        if sorted(numbers.get((topic, key), [])) != list(range(1, counted.get((topic, key), 0) + 1))
    ]
