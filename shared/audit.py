"""The audit log: who did what to whose data. Insert-only, chained, signed, references only.

Rows are inserted by the use-case without a chain, so no chain head serialises the writers. One
sealer per database links them within a second and signs a checkpoint after every batch. The
checkpoints are also written to a file outside the database: a chain alone cannot show that its
end was cut off.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shared.db import Row

FIRST_HASH = bytes(32)

LATEST_COMMIT = timedelta(minutes=10)
"""Ids are drawn before the commit, so a row may come after one with a higher id; never so late."""


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


def sign_acceptance(key: bytes, link_no: int) -> bytes:
    """The signature of a person's word that the chain, as it stands at this link, is accepted."""
    return hmac.new(key, b"accepted|%d" % link_no, hashlib.sha256).digest()
