"""What `alongside status` shows: every program, and the versions that the two engines report."""

from __future__ import annotations

import time

import asyncpg
from rich.table import Table

from deploy.local.home import Home
from deploy.local.postgres import Postgres
from deploy.local.state import ProgramState, State


async def server_version(home: Home) -> str | None:
    """What the running PostgreSQL answers to SHOW server_version; None when it does not."""
    server = Postgres(home.engines / "postgres", home.last_ports().postgres)
    try:
        connection = await asyncpg.connect(server.url(), timeout=3)
    except (OSError, asyncpg.PostgresError):
        return None
    try:
        return str(await connection.fetchval("SHOW server_version"))
    finally:
        await connection.close()


def table(state: State, postgres_version: str | None) -> Table:
    """One line per program; the version of an engine is what the running one said itself."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("program", "", "pid", "port", "since", "restarts", "says of itself"):
        shown.add_column(heading, justify="right" if heading in ("pid", "port") else "left")
    for program in state.programs:
        shown.add_row(
            program.name,
            _readiness(program),
            str(program.pid or "–"),
            str(program.port),
            _age(program.since) if program.pid else "–",
            str(program.restarts),
            _version(program, postgres_version),
        )
    return shown


def _readiness(program: ProgramState) -> str:
    if program.ready:
        return "[green]ready[/]"
    return "[yellow]starting[/]" if program.pid else "[red]not running[/]"


def _version(program: ProgramState, postgres_version: str | None) -> str:
    if program.name == "postgres":
        return f"PostgreSQL {postgres_version}" if postgres_version else "no answer"
    if program.name == "kafka":
        return f"Apache Kafka {program.version}" if program.version else "no answer"
    return ""


def _age(since: float | None) -> str:
    if since is None:
        return "–"
    seconds = int(time.time() - since)
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds % 60} s"
