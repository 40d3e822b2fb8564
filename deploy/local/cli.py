"""The `alongside` command: the whole system on one machine, without installing anything else."""

from __future__ import annotations

import asyncio
import importlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import cyclopts
from rich.console import Console

from deploy.local import backup_commands, report, running
from deploy.local import story as stories
from deploy.local.downloads import fetch_all
from deploy.local.environment import Site
from deploy.local.errors import LocalError, NotReadyError
from deploy.local.home import Home, wanted_ports
from deploy.local.log_view import files_of, follow
from deploy.local.logs import tail
from deploy.local.ports import LOOPBACK
from deploy.local.postgres import SUPERUSER, Postgres
from deploy.local.provision import SERVICES
from deploy.local.stack import site_of
from deploy.local.state import State, holder

app = cyclopts.App(
    name="alongside",
    help="Run Alongside on this machine: PostgreSQL, Kafka, three services, a phone simulator.",
    version_flags=[],
)
console = Console(highlight=False)
complaints = Console(stderr=True, highlight=False, soft_wrap=True)

_GO_ON = (
    "Everything else keeps running and this is tried again: `alongside status` shows how it "
    "stands, `alongside logs` more of why, `alongside down` stops all."
)

Flag = Annotated[bool, cyclopts.Parameter(negative=())]
PortOption = Annotated[
    list[str] | None,
    cyclopts.Parameter(name="--port", negative=(), help="name=number, e.g. intake=9000; repeat."),
]


@app.command
def up(*, port: PortOption = None, archive: Path | None = None, no_archive: Flag = False) -> int:
    """Start everything and return when it is ready. What is running already stays.

    Parameters
    ----------
    archive
        Archive PostgreSQL's log in this folder, now and at every later start.
    no_archive
        Archive it no longer.
    """
    home = Home.here()
    began = time.monotonic()
    wanted = wanted_ports(port or [], os.environ)
    home.open()
    if archive is not None or no_archive:
        backup_commands.begin_archive(home, archive)
    if home.engines != home.folder:
        console.print(
            f"Data of PostgreSQL and Kafka: {home.engines} (their account cannot enter "
            f"{home.folder})"
        )
    fetch_all(console)
    daemon = running.launch(home, wanted)
    with console.status("Starting …") as shown:
        try:
            state = running.wait_settled(home, daemon, lambda now: shown.update(_progress(now)))
        except NotReadyError as error:
            raise NotReadyError(f"{error}\n\n{_GO_ON}") from error
    console.print(report.table(state, asyncio.run(report.server_version(home))))
    _print_archive_state(home)
    console.print(
        f"Everything is ready after {time.monotonic() - began:.1f} s. "
        "`alongside status`, `logs` and `down` go on from here."
    )
    return 0


def _print_archive_state(home: Home) -> None:
    line = asyncio.run(backup_commands.archive_state(home))
    if line is not None:
        console.print(line, markup=False, soft_wrap=True)


def _progress(state: State) -> str:
    waiting = [program.name for program in state.programs if not program.ready]
    return f"Starting … waiting for {', '.join((*state.missing, *waiting))}"


@app.command
def demo() -> int:
    """Start everything, then let the demo's people be referred, matched and contacted."""
    for name in ("NOTIFICATIONS_TEXTS_OPEN", "NOTIFICATIONS_TEXTS_CLOSE"):
        os.environ.setdefault(name, "00:00")  # texts at any hour, so that nobody has to wait
    failed = up()
    if failed:
        return failed
    return int(importlib.import_module("deploy.local.demo").run() or 0)


@app.command
def down() -> int:
    """Stop everything, services first. Data stays."""
    with console.status("Stopping services, then Kafka, then PostgreSQL …"):
        was_running = running.halt(Home.here())
    console.print("Stopped. Nothing is running." if was_running else "Nothing was running.")
    return 0


@app.command
def status() -> int:
    """Show every program; exit code 0 only when all are ready."""
    home = Home.here()
    state = running.current(home)
    if state is None and holder(home.lock_file) is not None:
        console.print("The supervisor has just been started; ask again in a second.")
        return 1
    if state is None:
        console.print(f"Nothing is running in {home.folder}. `alongside up` starts it.")
        return 3
    console.print(report.table(state, asyncio.run(report.server_version(home))))
    _print_archive_state(home)
    if state.settled:
        return 0
    console.print(f"\n{running.what_is_wrong(home, state)}", markup=False, soft_wrap=True)
    return 1


@app.command
def logs(
    program: str | None = None,
    *,
    follow_on: Annotated[bool, cyclopts.Parameter(name=["--follow", "-f"], negative=())] = False,
    lines: Annotated[int, cyclopts.Parameter(name=["--lines", "-n"])] = 20,
) -> int:
    """Show the end of the logs, of one program or of all; with -f, what comes after, too."""
    found = files_of(Home.here())
    if program is not None and program not in found:
        raise LocalError(f"there is no log of `{program}`; there are {', '.join(found) or 'none'}.")
    chosen = {program: found[program]} if program else found
    for name, file in chosen.items():
        for line in tail(file, lines).splitlines():
            console.print(f"{name:>13} | {line}", markup=False, soft_wrap=True)
    if follow_on:
        for name, line in follow(chosen):
            console.print(f"{name:>13} | {line}", markup=False, soft_wrap=True)
    return 0


Word = Annotated[str, cyclopts.Parameter(allow_leading_hyphen=True)]


@app.command
def run(service: str, /, *words: Word) -> int:
    """Run a command of a service in its environment, e.g. `run matching dead-letters list`."""
    if service not in SERVICES:
        raise LocalError(f"there is no service `{service}`; there are {', '.join(SERVICES)}.")
    site = _running_site()
    command = [sys.executable, "-m", f"services.{service}", *words]
    return subprocess.call(command, env=site.service(service))


@app.command
def tasks(*, json: Annotated[bool, cyclopts.Parameter(negative=())] = False) -> int:
    """List what waits for a human, oldest due first; with --json, one object per line."""
    return run("notifications", "tasks", *(["--json"] if json else []))


@app.command
def story(of: str, /, *, json: Annotated[bool, cyclopts.Parameter(negative=())] = False) -> int:
    """Tell what happened to a referral, everywhere: by reference, id, telephone or coach number."""
    stories.tell(_running_site(), of, console, as_json=json)
    return 0


@app.command(name="sign-in")
def sign_in(role: str = "supervisor", /) -> int:
    """Print a link that signs the first supervisor (or operator) in to the desk, once."""
    return run("matching", "sign-in-link", role)


@app.command
def sql(database: str, /, *words: Word) -> int:
    """Open psql on a database as its superuser, e.g. `sql notifications -c "SELECT …"`."""
    site = _running_site()
    server = Postgres(Home.here().engines / "postgres", site.ports.postgres)
    command = ["psql", "--no-psqlrc", "--host", LOOPBACK, "--port", str(site.ports.postgres)]
    signed_in = site.base() | {"PGPASSWORD": server.password}
    return subprocess.call([*command, "-U", SUPERUSER, "-d", database, *words], env=signed_in)


def _running_site() -> Site:
    home = Home.here()
    if running.current(home) is None:
        raise LocalError(f"nothing is running in {home.folder}; `alongside up` starts it.")
    return site_of(home, home.last_ports())


@app.command
def backup(into: Path, /) -> int:
    """Copy all databases as of one moment, with all keys, into a new folder. Stops nothing."""
    backup_commands.back_up(Home.here(), into.absolute(), console)
    return 0


@app.command
def restore(
    backup: Path,
    /,
    *,
    only: str | None = None,
    to: str | None = None,
    archive: Path | None = None,
    timeline: int | None = None,
    yes: Flag = False,
) -> int:
    """Put a backup in the place of the present databases. Everything must be down.

    Parameters
    ----------
    only
        The one service whose database goes back; keys and the other databases stay.
    to
        Go on from the backup to this moment (2026-11-27T10:15:00Z), or to `latest`.
    archive
        The folder of `up --archive`; this installation's own by default.
    timeline
        Which history to follow after earlier restores; the newest by default.
    yes
        Do not ask.
    """
    target = backup_commands.target_of(to, archive, timeline)
    done = backup_commands.restore(
        Home.here(), backup.absolute(), only=only, target=target, yes=yes, console=console
    )
    return 0 if done else 1


@app.command
def forget(database: str, /) -> int:
    """Delete a database that a restore has put aside; its name is in what the restore said."""
    backup_commands.forget(Home.here(), database)
    console.print(f"Deleted {database}.")
    return 0


@app.command
def reset(*, yes: Flag = False) -> int:
    """Stop everything and delete the data folder: databases, topics, secrets, logs."""
    home = Home.here()
    if not home.exists():
        console.print(f"{home.folder} is not there; nothing to delete.")
        return 0
    if not yes and not _confirmed(home):
        console.print("Nothing was deleted.")
        return 1
    running.halt(home)
    home.delete()
    console.print(f"Deleted {home.folder}.")
    return 0


def _confirmed(home: Home) -> bool:
    if not sys.stdin.isatty():
        raise LocalError("a reset deletes all data, so it asks first; say --yes when nobody can.")
    answer = console.input(f"Delete {home.folder} with all its data? Type [bold]yes[/]: ")
    return answer.strip().lower() == "yes"


def main() -> None:
    """Entry point; errors of the stack are printed as what they are, without a traceback."""
    try:
        sys.exit(app(result_action="return_value"))
    except LocalError as error:
        complaints.print("alongside:", style="red", end=" ")
        complaints.print(str(error), markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
