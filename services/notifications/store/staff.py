"""Who works here and what they may do: this service's own copy."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from shared.db import Connection
from shared.events import StaffRole
from shared.signin import session
from shared.signin.session import SessionClaim

_GRANT = """
    INSERT INTO staff_access (staff_id, roles, access_version) VALUES ($1, $2, $3)
    ON CONFLICT (staff_id) DO UPDATE
       SET roles = EXCLUDED.roles, access_version = EXCLUDED.access_version
"""
_END = """
    INSERT INTO staff_access (staff_id, roles, access_version, ended) VALUES ($1, '{}', 1, true)
    ON CONFLICT (staff_id) DO UPDATE SET ended = true, roles = '{}'
"""
_END_SESSION = """
    INSERT INTO ended_staff_sessions (session_id, ended_at) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""
_PRUNE = "DELETE FROM ended_staff_sessions WHERE ended_at < $1"
_ROLES = """
    SELECT roles FROM staff_access
     WHERE staff_id = $1 AND access_version = $2 AND NOT ended
       AND NOT EXISTS (SELECT FROM ended_staff_sessions WHERE session_id = $3)
"""


async def grant(
    connection: Connection, staff_id: UUID, roles: Sequence[StaffRole], version: int
) -> None:
    """What they do from now on."""
    await connection.execute(_GRANT, staff_id, [role.value for role in roles], version)


async def end(connection: Connection, staff_id: UUID) -> None:
    """They work here no longer."""
    await connection.execute(_END, staff_id)


async def end_session(connection: Connection, session_id: UUID, *, at: datetime) -> None:
    """Remember an ended session for as long as its cookie could still be shown."""
    await connection.execute(_PRUNE, at - session.LASTS - timedelta(hours=1))
    await connection.execute(_END_SESSION, session_id, at)


async def roles_of_session(connection: Connection, claim: SessionClaim) -> Sequence[StaffRole]:
    """What a session allows now; none when it was ended or the access has changed."""
    roles = await connection.fetchval(
        _ROLES, claim.staff_id, claim.access_version, claim.session_id
    )
    return [StaffRole(role) for role in roles or ()]
