"""The connections of a process, as the kernel and the database see them."""

from collections.abc import Iterable
from pathlib import Path

import asyncpg

from deploy.local.program import Program


def ports_of(program: Program) -> set[int]:
    """Local ports of a process's connections, by the kernel's own tables."""
    return {_port(row[1]) for row in _connections(program)}


def unread_answers(program: Program, port: int) -> int:
    """Connections to this port with bytes that a process has not read."""
    rows = [row for row in _connections(program) if _port(row[2]) == port]
    return sum(int(row[4].split(":")[1], 16) > 0 for row in rows)


def _connections(program: Program) -> list[list[str]]:
    """Rows of the kernel's table: local address, remote address, state, queues and so on."""
    opened = Path(f"/proc/{program.pid}/fd")
    sockets = {str(fd.readlink()) for fd in opened.iterdir() if fd.is_symlink()}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [row for row in rows if f"socket:[{row[9]}]" in sockets]


def _port(address: str) -> int:
    return int(address.split(":")[1], 16)


async def end_sessions(url: str, programs: Iterable[Program]) -> int:
    """Let the server end every session of these processes; returns how many it were."""
    ports = [port for program in programs for port in ports_of(program)]
    connection = await asyncpg.connect(url)
    try:
        ended = await connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE client_port = ANY($1)",
            ports,
        )
    finally:
        await connection.close()
    return len(ended)
