"""The databases as the migrations make them, and what PostgreSQL says of a statement there."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg

from deploy.local.account import scratch_folder
from deploy.local.postgres import Postgres
from deploy.local.provision import LOGINS, REQUEST_ROLE, SERVICES, VAULT, Connection, provision
from shared.migrate import CORE, migrate
from tests.architecture.lints import is_sql
from tests.architecture.statements import Session
from tests.architecture.tree import ROOT

_LIGHT = {"fsync": "off", "max_connections": "20", "shared_buffers": "16MB"}
_WORDS = {role: f"of-{role}" for role in LOGINS}


@contextmanager
def migrated() -> Iterator[Postgres]:
    """A server of its own with the roles, databases and tables that the product has."""
    with scratch_folder() as folder, Postgres(folder / "postgres", settings=_LIGHT) as server:
        asyncio.run(_make(server))
        yield server


async def _make(server: Postgres) -> None:
    await provision(server.url(), _WORDS)
    folders = {name: [CORE, ROOT / "services" / name / "migrations"] for name in SERVICES}
    folders[VAULT] = [ROOT / "shared" / "vault" / "migrations"]
    await asyncio.gather(
        *(
            migrate(
                "X_MIGRATION_URL", server.url(name, f"{name}_owner", _WORDS[f"{name}_owner"]), found
            )
            for name, found in folders.items()
        )
    )


@asynccontextmanager
async def signed_in(server: Postgres, session: Session) -> AsyncIterator[Connection]:
    """A connection that has the rights of this role; the request role is taken on, as it is."""
    login = "intake" if session.role == REQUEST_ROLE else session.role
    connection = await asyncpg.connect(server.url(session.database, login, _WORDS[login]))
    try:
        if login != session.role:
            await connection.execute(f"SET ROLE {session.role}")
        yield connection
    finally:
        await connection.close()


async def refusal(connection: Connection, sql: str) -> str | None:
    """What the server has against this statement; None when it would run it.

    Preparing finds what does not exist or does not fit. It does not look at rights; a plan does.
    """
    try:
        await connection.prepare(sql)
        if is_sql(sql):
            await connection.execute(f"EXPLAIN (GENERIC_PLAN) {sql}")
    except asyncpg.PostgresError as error:
        return str(error)
    return None


_CHECKS = """
    SELECT conrelid::regclass::text AS place, pg_get_constraintdef(oid) AS says
      FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 ORDER BY conrelid, conname
"""
_ONE_OF = re.compile(r"CHECK \(\((\w+) = ANY \(ARRAY\[([^]]+)\]\)\)\)")


async def codes_of_columns(connection: Connection) -> dict[str, set[str]]:
    """The columns that may hold certain codes only, each with them."""
    return {
        f"{row['place']}.{found[1]}": set(re.findall(r"'([^']+)'::text", found[2]))
        for row in await connection.fetch(_CHECKS)
        if (found := _ONE_OF.match(row["says"]))
    }
