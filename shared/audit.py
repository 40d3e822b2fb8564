"""The audit log: who did what to whose data. Insert-only, chained, signed, references only.

Rows are inserted by the use-case without a chain, so no chain head serialises the writers. One
sealer per database links them within a second and signs a checkpoint after every batch. The
checkpoints are also written to a file outside the database: a chain alone cannot show that its
end was cut off.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from shared import db
from shared.clock import Clock
from shared.db import Connection, Pool, Row
from shared.heartbeat import Heartbeat
from shared.logs import log

FIRST_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `actor` is `kind:id`; `detail` holds codes and ids, never a person's value."""

    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: UUID
    detail: Mapping[str, str | int]
    correlation_id: UUID


def link(key: bytes, before: bytes, row: Row) -> bytes:
    """HMAC-SHA256 over the link before and every column of the row."""
    columns = [
        str(row["audit_id"]),
        _instant(row["at"]),
        str(row["actor"]),
        str(row["action"]),
        str(row["subject_kind"]),
        str(row["subject_id"]),
        str(row["detail"]),
        str(row["correlation_id"]),
    ]
    return hmac.new(key, before + json.dumps(columns).encode(), hashlib.sha256).digest()


def _instant(value: object) -> str:
    if not isinstance(value, datetime):
        raise TypeError("an audit row has a time")
    return value.isoformat()


def sign(key: bytes, link_no: int, head: bytes) -> bytes:
    """The signature of a checkpoint: this many links, ending in this one."""
    return hmac.new(key, b"checkpoint|%d|" % link_no + head, hashlib.sha256).digest()


_LOCK = "SELECT pg_try_advisory_xact_lock($1)"
_HEAD = "SELECT link_no, hash FROM audit_links ORDER BY link_no DESC LIMIT 1"
_UNSEALED = """
    SELECT a.audit_id, a.at, a.actor, a.action, a.subject_kind, a.subject_id, a.detail,
           a.correlation_id
      FROM audit AS a
     WHERE a.audit_id > $1
       AND NOT EXISTS (SELECT FROM audit_links AS l WHERE l.audit_id = a.audit_id)
     ORDER BY a.audit_id LIMIT $2
"""
_LINK = """
    INSERT INTO audit_links (link_no, audit_id, hash)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])
"""
_CHECKPOINT = """
    INSERT INTO audit_checkpoints (link_no, signed_at, signature) VALUES ($1, $2, $3)
"""

BATCH = 2_000
LOOK_BACK = 10_000
"""Rows below the last linked one that may still commit late: ids are drawn before the commit."""


@dataclass(slots=True)
class Sealer:
    """Links and signs new audit rows; one at a time per database, by advisory lock."""

    pool: Pool
    clock: Clock
    key: bytes
    checkpoints: Path
    heartbeat: Heartbeat

    async def run(self) -> None:
        """Seal about twice a second until cancelled; outages of the database are waited out."""
        while True:
            self.heartbeat.beat()
            sealed = 0
            try:
                sealed = await self.seal_some()
            except db.OUTAGES as error:
                log.warning("audit_sealer_interrupted", error=type(error).__name__)
            if sealed < BATCH:
                await asyncio.sleep(0.5)

    async def seal_some(self, limit: int = BATCH) -> int:
        """Link up to `limit` rows in id order; returns how many."""
        async with self.pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(_LOCK, db.lock_id("audit")):
                return 0
            head = await connection.fetchrow(_HEAD)
            number, last = (head["link_no"], head["hash"]) if head else (0, FIRST_HASH)
            rows = await connection.fetch(_UNSEALED, await self._floor(connection), limit)
            if not rows:
                return 0
            hashes = []
            for row in rows:
                last = link(self.key, last, row)
                hashes.append(last)
            numbers = list(range(number + 1, number + 1 + len(rows)))
            await connection.execute(_LINK, numbers, [row["audit_id"] for row in rows], hashes)
            signature = sign(self.key, numbers[-1], last)
            await connection.execute(_CHECKPOINT, numbers[-1], self.clock.now(), signature)
        self._keep(numbers[-1], signature)
        return len(rows)

    async def _floor(self, connection: Connection) -> int:
        newest: int | None = await connection.fetchval(
            "SELECT max(audit_id) FROM audit_links WHERE link_no > "
            "(SELECT coalesce(max(link_no), 0) - 1000 FROM audit_links)"
        )
        return (newest or 0) - LOOK_BACK

    def _keep(self, link_no: int, signature: bytes) -> None:
        with self.checkpoints.open("a") as file:
            file.write(f"{link_no} {signature.hex()}\n")


@dataclass(frozen=True, slots=True)
class Verdict:
    """`links` were checked; `broken_at` is the first that is wrong, with the reason."""

    links: int
    unsealed: int
    broken_at: int | None = None
    reason: str | None = None

    @property
    def intact(self) -> bool:
        return self.broken_at is None


_CHAIN = """
    SELECT l.link_no, l.hash, a.audit_id, a.at, a.actor, a.action, a.subject_kind, a.subject_id,
           a.detail, a.correlation_id
      FROM audit_links AS l LEFT JOIN audit AS a USING (audit_id)
     WHERE l.link_no > $1 ORDER BY l.link_no LIMIT 5000
"""
_UNSEALED_COUNT = """
    SELECT (SELECT count(*) FROM audit) - (SELECT count(*) FROM audit_links)
"""


async def verify(connection: Connection, key: bytes, *, checkpoints: Path | None) -> Verdict:
    """Recompute the whole chain and compare it with the checkpoints kept outside.

    Finds edited, removed, swapped and added rows, and a chain that was cut off at its end.
    """
    unsealed: int = await connection.fetchval(_UNSEALED_COUNT)
    kept = _read_checkpoints(checkpoints)
    number, last = 0, FIRST_HASH
    while rows := await connection.fetch(_CHAIN, number):
        for row in rows:
            wrong = _wrong(key, row, number, last, kept)
            if wrong is not None:
                return Verdict(number, unsealed, number + 1, wrong)
            number, last = number + 1, row["hash"]
    if kept and max(kept) > number:
        return Verdict(number, unsealed, number + 1, "cut_off")
    return Verdict(number, unsealed)


def _wrong(key: bytes, row: Row, number: int, last: bytes, kept: Mapping[int, bytes]) -> str | None:
    if row["link_no"] != number + 1:
        return "link_missing"
    if row["audit_id"] is None:
        return "row_missing"
    if not hmac.compare_digest(link(key, last, row), row["hash"]):
        return "row_changed"
    signature = kept.get(row["link_no"])
    if signature and not hmac.compare_digest(sign(key, row["link_no"], row["hash"]), signature):
        return "checkpoint_differs"
    return None


def _read_checkpoints(path: Path | None) -> dict[int, bytes]:
    if path is None or not path.exists():
        return {}
    kept = {}
    for line in path.read_text().splitlines():
        number, _, signature = line.partition(" ")
        with suppress(ValueError):
            kept[int(number)] = bytes.fromhex(signature)
    return kept
