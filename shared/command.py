"""The verbs that every service understands: serve, migrate, seed, dead-letters, check."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import uvloop

from shared import audit, db, logs
from shared.clock import SystemClock
from shared.messaging.dead_letters import DeadLetters, NoSuchRecordError, WaitsBehindError
from shared.messaging.settle import Settler
from shared.migrate import CORE, MigrationError, migrate
from shared.service import Core, Service, Wiring, serve
from shared.settings import ServiceSettings, SettingsError, key_of
from shared.transaction import Database
from shared.vault import Vault

S = TypeVar("S", bound=ServiceSettings)
Seed = Callable[[Core[S], Path], Awaitable[Sequence[str]]]


def say(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stdout.write(text + "\n")


def main(service: Service[S], seed: Seed[S] | None = None) -> None:
    """Run the verb that the command line names; exit 2 with a plain sentence when it cannot."""
    verb = _parser(service.name, seeds=seed is not None).parse_args()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            sys.exit(runner.run(_run(service, seed, verb)))
    except (SettingsError, MigrationError, NoSuchRecordError) as error:
        sys.stderr.write(f"{service.name}: {error}\n")
        sys.exit(2)


def _parser(name: str, *, seeds: bool) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m services.{name}")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("serve", help="run the service")
    verbs.add_parser("migrate", help="bring the schema up to date")
    verbs.add_parser("check", help="verify the audit chain")
    if seeds:
        verbs.add_parser("seed", help="load a file").add_argument("file", type=Path)
    letters = verbs.add_parser("dead-letters", help="list, replay or discard what waits")
    acts = letters.add_subparsers(dest="act", required=True)
    acts.add_parser("list")
    for act in ("replay", "discard"):
        one = acts.add_parser(act)
        one.add_argument("record_id", type=UUID)
        one.add_argument("--reason", required=True)
        one.add_argument("--actor", default=f"operator:{os.environ.get('USER', 'unknown')}")
    return parser


async def _run(service: Service[S], seed: Seed[S] | None, verb: argparse.Namespace) -> int:
    prefix = service.settings.prefix
    if verb.verb == "migrate":
        url = os.environ.get(f"{prefix}MIGRATION_URL")
        if not url:
            raise SettingsError(f"{prefix}MIGRATION_URL is missing: the database as its owner")
        await migrate(url, [CORE, service.migrations])
        return 0
    settings = service.settings.read()
    if verb.verb == "serve":
        return await serve(service, settings)
    logs.configure(service.name, out=sys.stderr)
    core, pools = await open_core(service, settings)
    try:
        if verb.verb == "seed" and seed is not None:
            for line in await seed(core, verb.file):
                say(line)
            return 0
        if verb.verb == "check":
            return await _check(core)
        return await _dead_letters(core, service.wire(core), verb)
    finally:
        for pool in pools:
            await pool.close()


async def open_core(service: Service[S], settings: S) -> tuple[Core[S], list[db.Pool]]:
    """The core without its loops, for verbs that end, and the pools to close afterwards."""
    pool = await db.open_pool(
        settings.database_url.get_secret_value(), size=2, application=service.name
    )
    vault_pool = await db.open_pool(
        settings.vault_database_url.get_secret_value(), size=2, application=service.name
    )
    clock = SystemClock()
    database = Database(pool, clock, service.name, lambda _: None)
    vault = Vault(vault_pool, key_of(settings.key_encryption_key))
    return Core(settings, database, vault, clock), [pool, vault_pool]


async def _check(core: Core[S]) -> int:
    async with core.database.transaction() as tx:
        verdict = await audit.verify(
            tx.connection,
            key_of(core.settings.audit_key),
            checkpoints=core.settings.audit_checkpoints,
        )
    if verdict.intact:
        say(f"audit chain intact: {verdict.links} links, {verdict.unsealed} rows not yet linked")
        return 0
    say(f"audit chain broken at link {verdict.broken_at}: {verdict.reason}")
    return 1


async def _dead_letters(core: Core[S], parts: Wiring, verb: argparse.Namespace) -> int:
    settler = Settler(core.database, parts.events, key_of(core.settings.record_key))
    letters = DeadLetters(settler)
    if verb.act == "list":
        rows = await letters.list()
        for row in rows:
            where = f"{row['topic']}[{row['partition']}]@{row['record_offset']}"
            place = f"key {row['key'] or '-'} number {row['seq'] or '-'}"
            why = f"{row['reason']:<13} {row['error'] or '-':<24} {row['type'] or '?':<24}"
            since = f"since {row['parked_at']:%Y-%m-%d %H:%M} UTC"
            say(f"{row['record_id']}  {why} {place}  {where}  {since}")
        say(f"{len(rows)} records wait")
        return 0
    if verb.act == "replay":
        outcome = await letters.replay(verb.record_id, actor=verb.actor, reason=verb.reason)
        say(outcome)
        return 0 if outcome == "applied" else 1
    try:
        await letters.discard(verb.record_id, actor=verb.actor, reason=verb.reason)
    except WaitsBehindError as error:
        say(error.code)
        return 1
    say("discarded")
    return 0
