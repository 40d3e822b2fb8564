"""The verbs that every service understands: serve, migrate, seed, dead-letters, check."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import uvloop

from shared import audit, db, logs
from shared.clock import SystemClock
from shared.dead_letter_command import add_dead_letters, run_dead_letters
from shared.messaging.dead_letters import DeadLetters, NoSuchRecordError
from shared.migrate import CORE, MigrationError, migrate
from shared.recover_command import add_recover, run_recover
from shared.service import Core, Service, history_of, serve, settler_of
from shared.settings import ServiceSettings, SettingsError, key_of
from shared.transaction import Database
from shared.vault import Vault

S = TypeVar("S", bound=ServiceSettings)
Seed = Callable[[Core[S], Path], Awaitable[Sequence[str]]]


def print_line(text: str) -> None:
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
    add_dead_letters(verbs)
    add_recover(verbs)
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
        return await _end(service, core, seed, verb)
    finally:
        for pool in pools:
            await pool.close()


async def _end(
    service: Service[S], core: Core[S], seed: Seed[S] | None, verb: argparse.Namespace
) -> int:
    """The verbs that end by themselves."""
    if verb.verb == "seed" and seed is not None:
        for line in await seed(core, verb.file):
            print_line(line)
        return 0
    if verb.verb == "check":
        return await _check(core)
    if verb.verb == "recover":
        return await run_recover(core, service.wire(core), verb)
    return await run_dead_letters(DeadLetters(settler_of(core, service.wire(core))), verb)


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
    history = history_of(service.name, settings)
    return Core(settings, database, vault, clock, history), [pool, vault_pool]


async def _check(core: Core[S]) -> int:
    async with core.database.transaction() as tx:
        verdict = await audit.verify(
            tx.connection,
            key_of(core.settings.audit_key),
            checkpoints=core.settings.audit_checkpoints,
        )
    if verdict.intact:
        print_line(
            f"audit chain intact: {verdict.links} links, {verdict.unsealed} rows not yet linked"
        )
        return 0
    print_line(f"audit chain broken at link {verdict.broken_at}: {verdict.reason}")
    return 1
