"""Roles and databases: who owns which, and who may only use it.

Each database belongs to `<name>_owner`, who runs its migrations. A service signs in as
`<name>`: neither owner nor superuser nor exempt from row-level security. The vault is a
database of its own to which all three services may connect; its migrations say what each
may do there. Every function here may be repeated; a repetition changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

SERVICES: Final = ("intake", "matching", "notifications")
VAULT: Final = "vault"
REQUEST_ROLE: Final = "intake_web"
"""Taken by intake (SET LOCAL ROLE) for a clinic's request; row-level security binds it."""

LOGINS: Final = (*SERVICES, *(f"{name}_owner" for name in (*SERVICES, VAULT)))
"""Every role that signs in and therefore has a password."""

_ROLE_EXISTS = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)"

_DATABASE_EXISTS = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"

_STATEMENT = "SELECT format($1, VARIADIC $2::text[])"


async def _run(connection: Connection, template: str, *names: str) -> None:
    """Execute a statement that takes no parameters: the server itself quotes `names` into it."""
    await connection.execute(await connection.fetchval(_STATEMENT, template, list(names)))


async def create_login(connection: Connection, role: str, password: str) -> None:
    """A role that signs in with `password` and has no other right."""
    if not await connection.fetchval(_ROLE_EXISTS, role):
        await _run(connection, "CREATE ROLE %I", role)
    await _run(
        connection,
        "ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT PASSWORD %L",
        role,
        password,
    )


async def create_request_role(connection: Connection, role: str, service: str) -> None:
    """A role without sign-in that `service` may take on with SET ROLE, but does not inherit."""
    if not await connection.fetchval(_ROLE_EXISTS, role):
        await _run(connection, "CREATE ROLE %I NOLOGIN NOINHERIT", role)
    await _run(connection, "GRANT %I TO %I", role, service)


async def database_exists(connection: Connection, name: str) -> bool:
    """Whether the server has a database of this name."""
    return bool(await connection.fetchval(_DATABASE_EXISTS, name))


async def drop_database(connection: Connection, name: str) -> None:
    """Delete a database if there is one."""
    await _run(connection, "DROP DATABASE IF EXISTS %I", name)


async def rename_database(connection: Connection, name: str, to: str) -> None:
    """Give a database, to which nobody is connected, another name."""
    await _run(connection, "ALTER DATABASE %I RENAME TO %I", name, to)


async def create_database(
    connection: Connection,
    name: str,
    *,
    owner: str,
    users: Iterable[str],
    template: str = "template0",
) -> None:
    """A database that only its owner and `users` may connect to.

    With another `template` it is a clone, whose tables keep their owners and grants. Rights on
    the database itself are never cloned; they are given here.
    """
    if not await database_exists(connection, name):
        await _run(connection, "CREATE DATABASE %I OWNER %I TEMPLATE %I", name, owner, template)
    await _run(connection, "REVOKE ALL ON DATABASE %I FROM PUBLIC", name)
    for user in users:
        await _run(connection, "GRANT CONNECT ON DATABASE %I TO %I", name, user)


async def grant_use(connection: Connection, *, owner: str, user: str) -> None:
    """Let `user` work with what `owner` will create in the database of this connection.

    Rows may be read and changed, tables may not: no TRUNCATE, no REFERENCES, no DDL.
    """
    await _run(connection, "GRANT USAGE ON SCHEMA public TO %I", user)
    await _run(
        connection,
        "ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I",
        owner,
        user,
    )
    await _run(
        connection,
        "ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT USAGE ON SEQUENCES TO %I",
        owner,
        user,
    )


async def create_logins(connection: Connection, passwords: Mapping[str, str]) -> None:
    """All roles of the system; `passwords` has one for each of `LOGINS`."""
    for role in LOGINS:
        await create_login(connection, role, passwords[role])
    await create_request_role(connection, REQUEST_ROLE, "intake")


async def provision(superuser_url: str, passwords: Mapping[str, str]) -> None:
    """Roles, the three services' databases and the vault, on the server of `superuser_url`."""
    connection: Connection = await asyncpg.connect(superuser_url)
    try:
        await create_logins(connection, passwords)
        for service in SERVICES:
            await create_database(
                connection, service, owner=f"{service}_owner", users=[f"{service}_owner", service]
            )
        await create_database(
            connection, VAULT, owner=f"{VAULT}_owner", users=[f"{VAULT}_owner", *SERVICES]
        )
    finally:
        await connection.close()
    for service in SERVICES:
        await grant_in(superuser_url, service, owner=f"{service}_owner", user=service)


async def grant_in(superuser_url: str, database: str, *, owner: str, user: str) -> None:
    """`grant_use` on a connection of its own to `database` of the same server."""
    connection: Connection = await asyncpg.connect(superuser_url, database=database)
    try:
        await grant_use(connection, owner=owner, user=user)
    finally:
        await connection.close()
