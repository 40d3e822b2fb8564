"""The verb `check`: is the audit log whole, and a person's word that it goes on as it stands."""

import argparse
import os
import sys
from uuid import UUID

from shared import audit_check, audit_sealer
from shared.audit_file import CheckpointFile
from shared.transaction import Database


def add_check(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb to a service's command line."""
    check = verbs.add_parser("check", help="verify the audit log")
    check.add_argument(
        "--accept",
        metavar="REASON",
        help="go on with the chain as it stands, after a restore, a lost file or tampering that was"
        " looked into; a signed line in the checkpoint file says so for ever",
    )
    check.add_argument("--actor", default=f"operator:{os.environ.get('USER', 'unknown')}")


async def run_check(database: Database, file: CheckpointFile, verb: argparse.Namespace) -> int:
    """Do what the command line says. Returns the exit code: 1 when the log is not whole."""
    if verb.accept is not None:
        async with database.transaction(actor=verb.actor) as tx:
            link_no = await audit_sealer.accept(tx.connection, file)
            tx.audit("audit.accepted", "audit", UUID(int=0), reason=verb.accept[:200])
        _print(f"accepted as it stands at link {link_no}; sealing goes on within five seconds")
        return 0
    async with database.transaction() as tx:
        await audit_sealer.hold(tx.connection)
        verdict = await audit_check.verify(tx.connection, file.key, checkpoints=file.path)
    if verdict.acceptances:
        _print(f"note: a person has accepted the chain as it stood {verdict.acceptances} times")
    if verdict.intact:
        torn = "; the file's last line was cut off by a crash" if verdict.torn else ""
        _print(
            f"audit chain intact: {verdict.links} links, {verdict.unsealed} rows not yet linked"
            + torn
        )
        return 0
    _print(f"audit chain broken at link {verdict.broken_at}: {verdict.reason}")
    return 1


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
