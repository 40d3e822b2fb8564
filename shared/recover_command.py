"""The verb `recover`: repairs a service whose database is behind its own topics."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from aiokafka.errors import KafkaError

from shared.audit_sealer import accept_after_restore
from shared.messaging.lost_records import LostRecords
from shared.messaging.own_history import TopicsLostError
from shared.messaging.recovery import Finding, Forgotten, Recovery
from shared.service import Core, Wiring, checkpoint_file, recovery_of
from shared.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)

MAX_SHOWN = 20


def add_recover(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the verb to a service's command line."""
    recover = verbs.add_parser("recover", help="go on after a restore of the database")
    recover.add_argument("--dry-run", action="store_true", help="say what would be done")
    recover.add_argument(
        "--leave-to-people",
        action="store_true",
        help="go on although some events could not be applied again; they are audited",
    )
    recover.add_argument(
        "--accept-lost-records",
        action="store_true",
        help="go on although topics no longer hold what they held; gaps show as parked records",
    )
    recover.add_argument("--actor", default=f"operator:{os.environ.get('USER', 'unknown')}")


async def run_recover(core: Core[S], parts: Wiring, verb: argparse.Namespace) -> int:
    """Do what the command line says. Returns the exit code: 1 when a person has to decide."""
    recovery = recovery_of(core, parts)
    try:
        lost = LostRecords(core.database, core.history, recovery.settler)
        moved = await _positions(lost, verb)
        if verb.accept_lost_records and not verb.dry_run:
            await lost.accept_end_of_topics()
        async with core.database.read_connection() as connection:
            forgotten = await recovery.look(connection)
    except TopicsLostError as error:
        return _topics_lost(error)
    except KafkaError as error:
        _print(f"the broker cannot be asked: {type(error).__name__}; nothing was changed")
        return 1
    if moved:
        return moved
    if not verb.dry_run:
        await _accept_audit(core, verb.actor)
    if not forgotten.events:
        _print("nothing to recover: the database knows everything that its topics hold")
        return 0
    _describe(core.history.service, forgotten)
    if verb.dry_run:
        _print("dry run: nothing was changed")
        return 0
    return await _apply(core, parts, recovery, forgotten, verb)


async def _accept_audit(core: Core[S], actor: str) -> None:
    """The audit log went back with its database; its checkpoint file did not."""
    async with core.database.transaction(actor=actor) as tx:
        if await accept_after_restore(tx.connection, checkpoint_file(core.settings)):
            tx.audit("audit.accepted", "audit", UUID(int=0), reason="restore")
            _print("the audit log has lost its newest rows; it goes on from where it stands")


async def _apply(
    core: Core[S], parts: Wiring, recovery: Recovery, forgotten: Forgotten, verb: argparse.Namespace
) -> int:
    async with core.database.read_connection() as connection:
        inputs = await recovery.inputs(connection)
    findings = await recovery.apply(forgotten, inputs, actor=verb.actor)
    _show(findings)
    if findings and not verb.leave_to_people:
        _print(
            "the service goes on waiting. Restore a later backup, or decide each case and run",
            "recover --leave-to-people; the cases are then noted in the audit log.",
        )
        return 1
    if parts.before_recovery is not None:
        _print(*await parts.before_recovery(forgotten, inputs))
    epoch = await recovery.begin_epoch(forgotten, inputs, findings, actor=verb.actor)
    applied = len(forgotten.events) - len(findings)
    _print(f"recovered: {applied} events are known again, {len(findings)} are left to people")
    _print(f"epoch {epoch} begins; the service goes on within a few seconds")
    return 0


async def _positions(lost: LostRecords, verb: argparse.Namespace) -> int:
    """Repair consumed positions that the topics no longer have; nonzero if a person must decide."""
    async with lost.database.read_connection() as connection:
        nearest = await lost.positions_out_of_range(connection)
    if not nearest:
        return 0
    for part, offset in nearest.items():
        _print(f"{part.topic}[{part.partition}] does not hold our position; nearest is {offset}")
    if not verb.accept_lost_records or verb.dry_run:
        _print("records were lost between the two; recover --accept-lost-records goes on there")
        return 1
    await lost.move_positions(nearest, actor=verb.actor)
    return 0


def _topics_lost(error: TopicsLostError) -> int:
    _print(
        f"{error} ends before what the broker has acknowledged: the topic was deleted, made anew",
        "or set back. Consumers miss those events. Restore the broker, or go on without them by",
        "recover --accept-lost-records",
    )
    return 1


def _describe(service: str, forgotten: Forgotten) -> None:
    keys = len({envelope.key for _, envelope in forgotten.events})
    _print(
        f"{service}: the topics hold {len(forgotten.events)} events of {keys} keys that this "
        f"database has forgotten, since {forgotten.oldest_at:%Y-%m-%d %H:%M:%S} UTC"
    )
    _print(*(f"  {count:>6} {name}" for name, count in sorted(forgotten.types.items())))


def _show(findings: Sequence[Finding]) -> None:
    for finding in findings[:MAX_SHOWN]:
        envelope = finding.envelope
        _print(f"for a person: {envelope.type} of {envelope.key}: {finding.code}")
    if len(findings) > MAX_SHOWN:
        _print(f"… and {len(findings) - MAX_SHOWN} more")


def _print(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
