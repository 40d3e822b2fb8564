"""Which sessions at the database belong to which process."""

from collections.abc import Iterable
from pathlib import Path

import asyncpg

from deploy.local.program import Program


def ports_of(program: Program) -> set[int]:
    """Local ports of a process's connections, by the kernel's own tables."""
    opened = Path(f"/proc/{program.pid}/fd")
    sockets = {str(fd.readlink()) for fd in opened.iterdir() if fd.is_symlink()}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].split(":")[1], 16) for row in rows if f"socket:[{row[9]}]" in sockets}


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
