"""Checks the audit log as a whole: rows, links, checkpoints and the file outside."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared import audit_file
from shared.audit import FIRST_HASH, LATEST_COMMIT, link, sign
from shared.audit_file import AuditStoppedError, Checkpoint, Kept
from shared.audit_sealer import LOOK_BACK
from shared.db import Connection, Row


@dataclass(frozen=True, slots=True)
class Verdict:
    """`links` were checked; `broken_at` is the first that is wrong, with the reason.

    `acceptances` counts how often a person has accepted the chain as it stood: what was before is
    then compared with nothing outside the database.
    """

    links: int
    unsealed: int
    acceptances: int = 0
    torn: bool = False
    """The file's last line was cut off by a crash; the sealer completes it."""
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
_SIGNED = "SELECT link_no, signature FROM audit_checkpoints ORDER BY link_no"
_ADDED = """
    SELECT EXISTS (
        SELECT FROM audit AS a
         WHERE (a.audit_id <= (SELECT max(audit_id) FROM audit_links) - $1::bigint
                OR a.audit_id < (SELECT max(audit_id) FROM audit_links)
               AND a.at <= (SELECT max(signed_at) FROM audit_checkpoints) - $2::interval)
           AND NOT EXISTS (SELECT FROM audit_links AS l WHERE l.audit_id = a.audit_id))
"""


async def verify(connection: Connection, key: bytes, *, checkpoints: Path) -> Verdict:
    """Recompute the whole chain and compare it with the checkpoints, inside and outside.

    Nothing may be sealed meanwhile. Finds edited, removed, swapped and added rows, a chain
    that was cut off, even if it went on afterwards, and a file that is not what was written.
    """
    unsealed: int = await connection.fetchval(_UNSEALED_COUNT)
    rows = await connection.fetch(_SIGNED)
    signed = {row["link_no"]: row["signature"] for row in rows}
    try:
        kept = audit_file.read(checkpoints, key)
    except AuditStoppedError as error:
        # One checkpoint may be committed before its file is made.
        if error.code != "checkpoint_file_missing" or len(signed) > 1:
            return Verdict(0, unsealed, broken_at=1, reason=error.code)
        kept = Kept()
    number, last = 0, FIRST_HASH
    while chain := await connection.fetch(_CHAIN, number):
        for row in chain:
            wrong = _wrong(key, row, number, last, signed, kept)
            if wrong is not None:
                return Verdict(
                    number, unsealed, kept.acceptances, broken_at=number + 1, reason=wrong
                )
            number, last = number + 1, row["hash"]
    where, why = _misfit(number, signed, kept) or (None, None)
    if why is None and await connection.fetchval(_ADDED, LOOK_BACK, LATEST_COMMIT):
        where, why = number + 1, "row_added"
    return Verdict(number, unsealed, kept.acceptances, bool(kept.torn), where, why)


def _wrong(
    key: bytes,
    row: Row,
    number: int,
    last: bytes,
    signed: Mapping[int, bytes],
    kept: Kept,
) -> str | None:
    if row["link_no"] != number + 1:
        return "link_missing"
    if row["audit_id"] is None:
        return "row_missing"
    if not hmac.compare_digest(link(key, last, row), row["hash"]):
        return "row_changed"
    right = sign(key, row["link_no"], row["hash"])
    for known in (signed, kept.signatures):
        signature = known.get(row["link_no"])
        if signature is not None and not hmac.compare_digest(right, signature):
            return "checkpoint_differs"
    return None


def _misfit(number: int, signed: Mapping[int, bytes], kept: Kept) -> tuple[int, str] | None:
    """Where checkpoints in the database, in the file, and the end of the chain do not fit."""
    if kept.problem is not None:
        return kept.problem
    newest = max(signed, default=0)
    if max(newest, kept.accepted_at, *kept.signatures, 0) > number:
        return number + 1, "cut_off"
    if newest < number:
        return newest + 1, "not_signed"
    lost = sorted(set(kept.signatures) - set(signed))
    if lost:
        return lost[0], "checkpoint_missing"
    unknown = [one for one in signed if one > kept.accepted_at and one not in kept.signatures]
    if [one for one in unknown if one != newest]:
        return min(unknown), "checkpoint_file_shorter"
    if kept.torn and not _begins(kept.torn, newest, signed):
        return newest, "line_damaged"
    return None


def _begins(torn: str, newest: int, signed: Mapping[int, bytes]) -> bool:
    """Whether this is the beginning of the newest checkpoint's line, as a crash leaves it."""
    return newest in signed and Checkpoint(newest, signed[newest]).line.startswith(torn)
