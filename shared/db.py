"""Connections to PostgreSQL: one pool per process, and which errors are outages."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from uuid import UUID

import asyncpg

from shared.errors import TransientError

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

# Strings, because these classes take their type argument in the stubs only.
Session: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Pooled: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"
Row = asyncpg.Record


class Connection(Protocol):
    """What stores use of a connection: a plain one, a pooled one, or one that gathers writes.

    Do not use what `execute` returns: a gathered write has not happened yet.
    """

    async def execute(self, query: str, /, *args: Any) -> object: ...

    async def fetch(self, query: str, /, *args: Any) -> list[Row]: ...

    async def fetchrow(self, query: str, /, *args: Any) -> Row | None: ...

    async def fetchval(self, query: str, /, *args: Any) -> Any: ...


OUTAGES: tuple[type[Exception], ...] = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a statement met a session that the server had just ended
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DiskFullError,
    asyncpg.OutOfMemoryError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)
"""Database errors that may pass by themselves, so the work is retried."""

_PASSING_WORDS = ("closed", "closing", "released", "in progress", "not initialized")


class StatementError(Exception):
    """The arguments do not fit their statement: a bug, which waiting does not fix.

    The client reports it with the same class as a closed connection, and quotes the value.
    """

    def __init__(self) -> None:
        super().__init__("the arguments do not fit the statement")


def is_outage(error: asyncpg.InterfaceError) -> bool:
    """True when the client complains about the state of a connection, not about arguments."""
    return not isinstance(error, ValueError) and any(word in str(error) for word in _PASSING_WORDS)


RETRYABLE: tuple[type[Exception], ...] = (TransientError, *OUTAGES)
"""Errors that are waited out in place."""


REFUSALS: tuple[type[Exception], ...] = (asyncpg.PostgresError, StatementError)
"""Errors of one statement, outages among them: what the transaction has written is lost."""


STANDSTILL_MS = "10000"
"""How long a session may stand still inside a transaction before the server ends it. A frozen
process would keep its locks, and another that needs the same key would wait until it woke up."""


class PlainConnection(asyncpg.Connection):
    """A pooled connection that needs no cleaning when it is given back.

    Every setting and lock taken on a pooled connection ends with its transaction, so the round
    trip that the pool would spend on resetting them is saved.
    """

    def get_reset_query(self) -> str:
        return ""


@asynccontextmanager
async def tenant_transaction(
    connection: Pooled, clinic_id: UUID, *, role: str
) -> AsyncIterator[None]:
    """A transaction that sees only one clinic's rows: begun and narrowed in one round trip."""
    # Only an identifier of ours and a parsed UUID become part of the text.
    await connection.execute(_BEGIN_AS_TENANT.format(clinic=clinic_id, role=role))
    try:
        yield
    except BaseException:
        if not connection.is_closed():
            await connection.execute("ROLLBACK")
        raise
    await connection.execute("COMMIT")


_BEGIN_AS_TENANT = """
    BEGIN; SELECT set_config('app.clinic', '{clinic}', true), set_config('role', '{role}', true)
"""


async def open_pool(url: str, *, size: int, application: str) -> Pool:
    """A pool of up to `size` connections; opens none before the first is needed.

    This lets a service start, and say what is missing, while its database is away.
    """
    return await asyncpg.create_pool(
        url,
        connection_class=PlainConnection,
        min_size=0,
        max_size=size,
        command_timeout=30,
        timeout=5,
        server_settings={
            "application_name": application,
            "timezone": "UTC",
            "jit": "off",
            "idle_in_transaction_session_timeout": STANDSTILL_MS,
        },
    )


async def connect(url: str, *, application: str) -> Session:
    """A connection of its own, for advisory locks that live as long as the session does."""
    return await asyncpg.connect(
        url,
        timeout=5,
        command_timeout=30,
        server_settings={"application_name": application, "timezone": "UTC"},
    )


def lock_id(name: str) -> int:
    """A stable 63-bit number for an advisory lock with this name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1
