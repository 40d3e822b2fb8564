"""The verbs of every service: serve, migrate, seed, audit, check, clock, timers and so on."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import uvloop

from shared import db, logs
from shared.audit_command import add_check, run_check
from shared.audit_list_command import add_audit, run_audit
from shared.clock import SystemClock
from shared.clock_command import add_clock, run_clock
from shared.dead_letter_command import add_dead_letters, run_dead_letters
from shared.messaging.dead_letters import DeadLetters, NoSuchRecordError
from shared.migrate import CORE, MigrationError, migrate
from shared.recover_command import add_recover, run_recover
from shared.seed_file import SeedFileError
from shared.service import (
    Core,
    Service,
    Wiring,
    checkpoint_file,
    guard_of,
    history_of,
    serve,
    settler_of,
)
from shared.settings import ServiceSettings, SettingsError, key_of
from shared.timers_command import add_timers, run_timers
from shared.transaction import Database
from shared.vault import Vault

S = TypeVar("S", bound=ServiceSettings)
Seed = Callable[[Core[S], Path], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Verb(Generic[S]):
    """A verb that one service has besides those of all."""

    name: str
    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Core[S], argparse.Namespace], Awaitable[int]]
    """Takes what was typed; returns the exit code."""


def print_line(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stdout.write(text + "\n")


def main(service: Service[S], seed: Seed[S] | None = None, own: Sequence[Verb[S]] = ()) -> None:
    """Run the verb that the command line names; exit 2 with a plain sentence when it cannot."""
    verb = parser_of(service.name, own, seeds=seed is not None).parse_args()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            sys.exit(runner.run(_run(service, seed, own, verb)))
    except (SettingsError, MigrationError, NoSuchRecordError, SeedFileError) as error:
        sys.stderr.write(f"{service.name}: {error}\n")
        sys.exit(2)


def parser_of(name: str, own: Sequence[Verb[S]], *, seeds: bool) -> argparse.ArgumentParser:
    """The command line of a service."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{name}")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("serve", help="run the service")
    verbs.add_parser("migrate", help="bring the schema up to date")
    add_check(verbs)
    add_audit(verbs)
    if seeds:
        verbs.add_parser("seed", help="load a file").add_argument("file", type=Path)
    add_dead_letters(verbs)
    add_recover(verbs)
    add_clock(verbs)
    add_timers(verbs)
    for one in own:
        one.add_arguments(verbs.add_parser(one.name, help=one.help))
    return parser


async def _run(
    service: Service[S], seed: Seed[S] | None, own: Sequence[Verb[S]], verb: argparse.Namespace
) -> int:
    prefix = service.settings.prefix
    if verb.verb == "migrate":
        setting, plain_hosts = f"{prefix}MIGRATION_URL", os.environ.get(f"{prefix}PLAIN_HOSTS", "")
        url = os.environ.get(setting)
        if not url:
            raise SettingsError(f"{setting} is missing: the database as its owner")
        folders = [CORE, service.migrations]
        await migrate(setting, url, folders, plain_hosts=plain_hosts)
        return 0
    settings = service.settings.read()
    if verb.verb == "serve":
        return await serve(service, settings)
    logs.configure(service.name, out=sys.stderr)
    core, pools = await open_core(service, settings)
    try:
        return await _end(service, core, seed, own, verb)
    finally:
        for pool in pools:
            await pool.close()


_OF_ALL: Mapping[str, Callable[[Core[Any], argparse.Namespace], Awaitable[int]]] = {
    "audit": lambda core, verb: run_audit(core.database, verb),
    "check": lambda core, verb: run_check(core.database, checkpoint_file(core.settings), verb),
    "clock": lambda core, verb: run_clock(core.database, core.guard, verb),
    "timers": lambda core, verb: run_timers(core.database, verb),
}


async def _end(
    service: Service[S],
    core: Core[S],
    seed: Seed[S] | None,
    own: Sequence[Verb[S]],
    verb: argparse.Namespace,
) -> int:
    """Run a verb that ends by itself."""
    if verb.verb == "seed" and seed is not None:
        for line in await seed(core, verb.file):
            print_line(line)
        return 0
    if verb.verb in _OF_ALL:
        return await _OF_ALL[verb.verb](core, verb)
    one = {one.name: one for one in own}.get(verb.verb)
    if one is not None:
        return await one.run(core, verb)
    return await _with_wiring(core, service.wire(core), verb)


async def _with_wiring(core: Core[S], wiring: Wiring, verb: argparse.Namespace) -> int:
    try:
        if verb.verb == "recover":
            return await run_recover(core, wiring, verb)
        return await run_dead_letters(DeadLetters(settler_of(core, wiring)), verb)
    finally:
        if wiring.close is not None:
            await wiring.close()


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
    history, guard = history_of(service.name, settings), guard_of(clock, settings)
    return Core(settings, database, vault, clock, history, guard), [pool, vault_pool]
