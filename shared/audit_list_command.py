"""The verb `audit`: what was done, with whose data, newest first; codes and ids only."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from shared.db import Connection, Row
from shared.transaction import Database

MAX_LISTED = 1_000


def add_audit(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb to a service's command line."""
    audit = verbs.add_parser("audit", help="list what the audit log says, newest first")
    audit.add_argument("--action", help="only this act, for example promise.missed")
    audit.add_argument("--subject", type=UUID, help="only what is about this id")
    audit.add_argument("--days", type=int, default=1, help="how far back; 1 unless said")
    audit.add_argument(
        "--ahead", action="store_true", help="what was noted at moments that have not come yet"
    )
    audit.add_argument("--actor", default=f"operator:{os.environ.get('USER', 'unknown')}")


async def run_audit(database: Database, verb: argparse.Namespace) -> int:
    """Print what was asked for; that somebody looked is in the log too. Returns 0."""
    async with database.transaction(actor=verb.actor) as tx:
        since = tx.now if verb.ahead else tx.now - timedelta(days=verb.days)
        rows = await _noted_since(
            tx.connection, since, action=verb.action, subject_id=verb.subject, limit=MAX_LISTED
        )
        tx.audit("audit.listed", "audit", UUID(int=0), count=len(rows))
    for row in rows:
        _print(_line(row))
    more = ", the newest" if len(rows) == MAX_LISTED else ""
    _print(f"{len(rows)} rows{more}")
    return 0


_SINCE = """
    SELECT at, actor, action, subject_kind, subject_id, detail
      FROM audit
     WHERE at > $1 AND ($2::text IS NULL OR action = $2)
       AND ($3::uuid IS NULL OR subject_id = $3)
     ORDER BY audit_id DESC LIMIT $4
"""


async def _noted_since(
    connection: Connection,
    moment: datetime,
    *,
    action: str | None,
    subject_id: UUID | None,
    limit: int,
) -> Sequence[Row]:
    """What was noted after a moment, newest first; of one act or about one subject if named."""
    return await connection.fetch(_SINCE, moment, action, subject_id, limit)


def _line(row: Row) -> str:
    what = f"{row['at']:%Y-%m-%d %H:%M:%S} UTC  {row['action']}"
    about = f"{row['subject_kind']} {row['subject_id']}"
    return f"{what}  {about}  {row['actor']}  {row['detail']}"


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
