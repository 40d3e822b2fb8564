"""What a referral costs: CPU by process, statements and commits by service, log volume.

CPU is read from /proc; a session of PostgreSQL belongs to the service whose name it carries.
Statements and requests are counted from the servers' logs, which are switched on for these phases
alone.
"""

import asyncio
import os
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from tests.bench.broker_log import counted_requests

MS_PER_TICK = 1000 / os.sysconf("SC_CLK_TCK")
SESSIONS = "sessions of"
BROKER, SERVER = "broker", "rest of PostgreSQL"

_BACKENDS = """
    SELECT pid, split_part(application_name, '-', 1) AS service FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_WAL = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
_LOGGED = re.compile(r"^(\d+)\|([a-z]+)[a-z-]*\|LOG:  (?:execute [^:]*|statement): *(\w*)", re.M)
_PREFIX = "%p|%a|"


@dataclass(slots=True)
class Costs:
    """Per referral: ms of CPU by process, kB of write-ahead log, statements and commits."""

    cpu: dict[str, float] = field(default_factory=dict)
    wal: float = 0.0
    statements: dict[str, float] = field(default_factory=dict)
    commits: dict[str, float] = field(default_factory=dict)
    requests: dict[str, float] = field(default_factory=dict)
    """To the broker, by kind."""

    @property
    def total(self) -> float:
        return sum(self.cpu.values())


@dataclass(frozen=True, slots=True)
class Meter:
    """Over the processes of one chain."""

    postgres: Postgres
    kafka: Kafka
    processes: Mapping[str, int]
    """Services and broker: name → pid."""

    async def used(self) -> tuple[Counter[tuple[str, int]], int]:
        """CPU so far by part and process in ms, and the bytes of write-ahead log."""
        connection = await asyncpg.connect(self.postgres.url())
        try:
            backends = await connection.fetch(_BACKENDS)
            wal = await connection.fetchval(_WAL)
        finally:
            await connection.close()
        parts = {pid: name for name, pid in self.processes.items()}
        parts |= {pid: f"{SESSIONS} {name}" for pid, name in backends if name in self.processes}
        children = _children(self.postgres.pid or 0)
        parts = {**dict.fromkeys(children, SERVER), **parts}
        return Counter({(name, pid): _cpu(pid) for pid, name in parts.items()}), int(wal)

    @asynccontextmanager
    async def per_referral(self, count: int) -> AsyncIterator[Costs]:
        """What happens inside, divided by `count`."""
        costs = Costs()
        before, wal_before = await self.used()
        yield costs
        after, wal_after = await self.used()
        costs.wal = (wal_after - wal_before) / 1024 / count
        for (name, pid), used in after.items():
            spent = (used - before[name, pid]) / count
            costs.cpu[name] = costs.cpu.get(name, 0.0) + spent

    @asynccontextmanager
    async def logged(self, count: int) -> AsyncIterator[Costs]:
        """Statements, commits and requests of what happens inside, divided by `count`."""
        costs = Costs()
        log = self.postgres.folder / "postgres.log"
        await self._set("ALTER SYSTEM SET log_statement = 'all'")
        await self._set(f"ALTER SYSTEM SET log_line_prefix = '{_PREFIX}'")
        start = log.stat().st_size
        broker = self.kafka.folder / "kafka.log"
        async with counted_requests(self.kafka.bootstrap, broker) as requests:
            yield costs
        await self._set("ALTER SYSTEM RESET log_statement")
        statements, commits = _count(log, start)
        costs.requests = {kind: number / count for kind, number in requests.most_common()}
        for name in self.processes:
            if name != BROKER:
                costs.statements[name] = statements[name] / count
                costs.commits[name] = commits[name] / count

    async def _set(self, statement: str) -> None:
        connection = await asyncpg.connect(self.postgres.url())
        await connection.execute(statement)
        await connection.execute("SELECT pg_reload_conf()")
        await connection.close()
        await asyncio.sleep(0.3)


def _count(log: Path, start: int) -> tuple[Counter[str], Counter[str]]:
    """Statements, and commits: those that are said, and statements outside any transaction."""
    with log.open("rb") as file:
        file.seek(start)
        text = file.read().decode(errors="replace")
    statements: Counter[str] = Counter()
    commits: Counter[str] = Counter()
    inside: set[str] = set()
    for pid, service, word in _LOGGED.findall(text):
        statements[service] += 1
        match word.upper():
            case "BEGIN":
                inside.add(pid)
            case "COMMIT":
                commits[service] += 1
                inside.discard(pid)
            case "ROLLBACK":
                inside.discard(pid)
            case _:
                commits[service] += pid not in inside
    return statements, commits


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) * MS_PER_TICK


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [pid, *map(int, text.split())]
