"""Links new audit rows and signs them, as long as chain and checkpoint file fit together."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from shared import db
from shared.audit import FIRST_HASH, LATEST_COMMIT, link, sign
from shared.audit_file import AuditStoppedError, Checkpoint, CheckpointFile
from shared.clock import Clock
from shared.db import Connection, Pool
from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.metrics import AUDIT_SEALING_STOPPED

BATCH = 2_000
LOOK_BACK = 10_000
"""Rows below the last linked one that may still commit late: ids are drawn before the commit."""
STOPPED_SECONDS = 5.0
PACE_SECONDS = 0.5
"""Between two batches; what the first one committed goes into the file with the second."""
LOOK_SECONDS = 2.0
"""Between two looks at chain and file while nothing comes: somebody may have changed them."""

_LOCK = "SELECT pg_try_advisory_xact_lock($1)"
_HEAD = "SELECT link_no, hash FROM audit_links ORDER BY link_no DESC LIMIT 1"
_NEWEST = "SELECT link_no, signature FROM audit_checkpoints ORDER BY link_no DESC LIMIT 2"
_UNSEALED = """
    SELECT a.audit_id, a.at, a.actor, a.action, a.subject_kind, a.subject_id, a.detail,
           a.correlation_id
      FROM audit AS a
     WHERE a.audit_id > $1
       AND (a.audit_id > $2 OR a.at > $3::timestamptz - $4::interval)
       AND NOT EXISTS (SELECT FROM audit_links AS l WHERE l.audit_id = a.audit_id)
     ORDER BY a.audit_id LIMIT $5
"""
_NEWEST_ROW = """
    SELECT coalesce((SELECT max(audit_id) FROM audit_links
                      WHERE link_no > (SELECT coalesce(max(link_no), 0) - 1000 FROM audit_links)),
                    0) AS audit_id,
           coalesce((SELECT max(signed_at) FROM audit_checkpoints), '-infinity') AS signed_at
"""
_LINK = """
    INSERT INTO audit_links (link_no, audit_id, hash)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])
"""
_CHECKPOINT = """
    INSERT INTO audit_checkpoints (link_no, signed_at, signature) VALUES ($1, $2, $3)
"""


@dataclass(slots=True)
class Sealer:
    """One at a time per database, by advisory lock."""

    pool: Pool
    clock: Clock
    key: bytes
    file: CheckpointFile
    heartbeat: Heartbeat
    _stopped: str | None = field(default=None)
    _work: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """There may be rows that are not sealed."""
        self._work.set()

    async def run(self) -> None:
        """Seal what the lookout sees until cancelled; outages of the database are waited out."""
        while True:
            self.heartbeat.beat()
            self._work.clear()
            sealed = 0
            try:
                sealed = await self.seal_some()
                self._stop(None)
            except AuditStoppedError as error:
                self._stop(error.code)
                await asyncio.sleep(STOPPED_SECONDS)
            except db.OUTAGES as error:
                log.warning("audit_sealer_interrupted", error=type(error).__name__)
            if sealed == 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._work.wait(), LOOK_SECONDS)
            elif sealed < BATCH:
                await asyncio.sleep(PACE_SECONDS)

    def _stop(self, code: str | None) -> None:
        if code is not None and code != self._stopped:
            log.critical("audit_sealing_stopped", reason=code)
        self._stopped = code
        AUDIT_SEALING_STOPPED.set(code is not None)

    async def seal_some(self, limit: int = BATCH) -> int:
        """Link up to `limit` rows in id order; returns how many. Raises AuditStoppedError."""
        async with self.pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(_LOCK, db.lock_id("audit")):
                return 0
            number, last = await self._sound_head(connection)
            newest = await connection.fetchrow(_NEWEST_ROW)
            if newest is None:
                return 0
            floor = newest["audit_id"] - LOOK_BACK
            rows = await connection.fetch(
                _UNSEALED, floor, newest["audit_id"], newest["signed_at"], LATEST_COMMIT, limit
            )
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
        return len(rows)

    async def _sound_head(self, connection: Connection) -> tuple[int, bytes]:
        """Where the chain ends, if its end is signed and the file knows it."""
        rows = await connection.fetch(_NEWEST)
        newest = [Checkpoint(row["link_no"], row["signature"]) for row in rows]
        head = await connection.fetchrow(_HEAD)
        number, last = (head["link_no"], head["hash"]) if head else (0, FIRST_HASH)
        await asyncio.to_thread(self.file.follow, newest)
        signed = newest[0] if newest else Checkpoint(0, b"")
        if number < signed.link_no:
            raise AuditStoppedError("cut_off")
        if number and signed != Checkpoint(number, sign(self.key, number, last)):
            raise AuditStoppedError("checkpoint_differs")
        return number, last


_WAIT_FOR_LOCK = "SELECT pg_advisory_xact_lock($1)"


async def hold(connection: Connection) -> None:
    """Nothing is sealed until the caller's transaction ends: chain and file stand still."""
    await connection.fetchval(_WAIT_FOR_LOCK, db.lock_id("audit"))


async def accept(connection: Connection, file: CheckpointFile) -> int:
    """Note in the file that a person accepts the chain as it stands. Returns its last link."""
    await hold(connection)
    newest = await connection.fetchrow(_NEWEST)
    link_no = newest["link_no"] if newest else 0
    file.accept(link_no)
    return int(link_no)


async def accept_after_restore(connection: Connection, file: CheckpointFile) -> bool:
    """The same, where the file knows links that a restored database has lost. False elsewhere.

    Whatever else is wrong goes on stopping the sealing, for a person to look into.
    """
    await hold(connection)
    rows = await connection.fetch(_NEWEST)
    try:
        file.follow([Checkpoint(row["link_no"], row["signature"]) for row in rows])
    except AuditStoppedError as error:
        if error.code not in ("cut_off", "signed_twice"):
            return False
        await accept(connection, file)
        return True
    return False
