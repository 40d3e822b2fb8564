"""Who works at the peer organisation, the links by which they sign in, and their sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db import Connection, Row
from shared.events import StaffRole
from shared.signin.session import SessionClaim


@dataclass(frozen=True, slots=True, repr=False)
class StaffMember:
    """One row. What they are called and their address stay sealed under `key_id`."""

    staff_id: UUID
    key_id: UUID
    sealed_contact: bytes
    roles: tuple[StaffRole, ...]
    language: str
    zone: str
    access_version: int
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """One device on which somebody signed in; `device` is its browser's own short name."""

    session_id: UUID
    staff_id: UUID
    access_version: int
    device: str
    began_at: datetime
    expires_at: datetime


_BY_EMAIL = """
    SELECT staff_id, key_id, sealed_contact, roles, language, zone, access_version, ended_at
      FROM staff WHERE email_hash = $1 AND ended_at IS NULL FOR UPDATE
"""
_BY_ID = """
    SELECT staff_id, key_id, sealed_contact, roles, language, zone, access_version, ended_at
      FROM staff WHERE staff_id = $1 FOR UPDATE
"""
_ALL = """
    SELECT staff_id, key_id, sealed_contact, roles, language, zone, access_version, ended_at
      FROM staff ORDER BY added_at, staff_id
"""


async def by_email(connection: Connection, email_hash: bytes) -> StaffMember | None:
    """Who has this address and works here now, locked."""
    row = await connection.fetchrow(_BY_EMAIL, email_hash)
    return _member(row) if row is not None else None


async def by_id(connection: Connection, staff_id: UUID) -> StaffMember | None:
    """The member of staff, locked, whether they still work here or not."""
    row = await connection.fetchrow(_BY_ID, staff_id)
    return _member(row) if row is not None else None


async def everybody(connection: Connection) -> Sequence[StaffMember]:
    """All who work here or did, oldest first."""
    return [_member(row) for row in await connection.fetch(_ALL)]


def _member(row: Row) -> StaffMember:
    return StaffMember(
        staff_id=row["staff_id"],
        key_id=row["key_id"],
        sealed_contact=row["sealed_contact"],
        roles=tuple(StaffRole(role) for role in row["roles"]),
        language=row["language"],
        zone=row["zone"],
        access_version=row["access_version"],
        ended_at=row["ended_at"],
    )


_ADD = """
    INSERT INTO staff (staff_id, key_id, sealed_contact, email_hash, roles, language, zone,
                       access_version, added_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def add(
    connection: Connection, member: StaffMember, *, email_hash: bytes, at: datetime
) -> None:
    """Somebody begins to work here. The database refuses an address that is in use."""
    await connection.execute(
        _ADD,
        member.staff_id,
        member.key_id,
        member.sealed_contact,
        email_hash,
        [role.value for role in member.roles],
        member.language,
        member.zone,
        member.access_version,
        at,
    )


_SET_CONTACT = """
    UPDATE staff SET sealed_contact = $2, language = $3, zone = $4 WHERE staff_id = $1
"""


async def set_contact(connection: Connection, member: StaffMember) -> None:
    """How they are called and reached from now on."""
    await connection.execute(
        _SET_CONTACT, member.staff_id, member.sealed_contact, member.language, member.zone
    )


_SET_ROLES = """
    UPDATE staff SET roles = $2, access_version = access_version + 1 WHERE staff_id = $1
    RETURNING access_version
"""


async def set_roles(connection: Connection, staff_id: UUID, roles: Sequence[StaffRole]) -> int:
    """Change what they do. Returns the new version: sessions of the old one are over."""
    version: int = await connection.fetchval(_SET_ROLES, staff_id, [role.value for role in roles])
    return version


_ROLES_STAND = """
    UPDATE staff SET roles = $2, access_version = $3
     WHERE staff_id = $1 AND access_version <= $3 AND ended_at IS NULL
"""


async def roles_stand(
    connection: Connection, staff_id: UUID, roles: Sequence[StaffRole], version: int
) -> None:
    """What they do, as a later event of our own told; nothing earlier replaces it."""
    await connection.execute(_ROLES_STAND, staff_id, [role.value for role in roles], version)


_END_ACCESS = "UPDATE staff SET ended_at = $2, roles = '{}' WHERE staff_id = $1"
_END_SESSIONS = """
    UPDATE staff_sessions SET ended_at = $2 WHERE staff_id = $1 AND ended_at IS NULL
"""


async def end_access(connection: Connection, staff_id: UUID, *, at: datetime) -> None:
    """They work here no longer; their sessions end with it."""
    await connection.execute(_END_ACCESS, staff_id, at)
    await connection.execute(_END_SESSIONS, staff_id, at)


_RECENT_LINKS = "SELECT count(*) FROM sign_in_links WHERE staff_id = $1 AND asked_at > $2"
_ADD_LINK = """
    INSERT INTO sign_in_links (link_id, staff_id, browser_hash, asked_at, expires_at)
    VALUES ($1, $2, $3, $4, $5)
"""
_LINK = """
    SELECT staff_id, browser_hash, expires_at, used_at FROM sign_in_links
     WHERE link_id = $1 FOR UPDATE
"""
_USE_LINK = "UPDATE sign_in_links SET used_at = $2 WHERE link_id = $1"


@dataclass(frozen=True, slots=True, repr=False)
class SignInLink:
    """One link. `browser_hash` is None when it was made at the command line."""

    staff_id: UUID
    browser_hash: bytes | None
    expires_at: datetime
    used_at: datetime | None


async def links_since(connection: Connection, staff_id: UUID, since: datetime) -> int:
    """How many links they asked for lately."""
    count: int = await connection.fetchval(_RECENT_LINKS, staff_id, since)
    return count


async def add_link(
    connection: Connection, link_id: UUID, link: SignInLink, *, at: datetime
) -> None:
    """Keep a link that is on its way."""
    await connection.execute(
        _ADD_LINK, link_id, link.staff_id, link.browser_hash, at, link.expires_at
    )


async def link(connection: Connection, link_id: UUID) -> SignInLink | None:
    """The link, locked, so that two presses of its button cannot both use it."""
    row = await connection.fetchrow(_LINK, link_id)
    return SignInLink(**dict(row)) if row is not None else None


async def use_link(connection: Connection, link_id: UUID, *, at: datetime) -> None:
    """Nobody can use it again."""
    await connection.execute(_USE_LINK, link_id, at)


_ADD_SESSION = """
    INSERT INTO staff_sessions (session_id, staff_id, access_version, device, began_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
_SESSIONS = """
    SELECT s.session_id, s.staff_id, s.access_version, s.device, s.began_at, s.expires_at
      FROM staff_sessions s JOIN staff m USING (staff_id)
     WHERE s.staff_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2
       AND m.ended_at IS NULL AND m.access_version = s.access_version
     ORDER BY s.began_at DESC
"""
_END_SESSION = """
    UPDATE staff_sessions SET ended_at = $3
     WHERE session_id = $1 AND staff_id = $2 AND ended_at IS NULL
    RETURNING true
"""


async def add_session(connection: Connection, session: Session) -> None:
    """Somebody signed in on a device."""
    await connection.execute(
        _ADD_SESSION,
        session.session_id,
        session.staff_id,
        session.access_version,
        session.device,
        session.began_at,
        session.expires_at,
    )


async def sessions_of(connection: Connection, staff_id: UUID, *, at: datetime) -> list[Session]:
    """Where they are signed in: not over, not ended, and with the access that they have now."""
    rows = await connection.fetch(_SESSIONS, staff_id, at)
    return [Session(**dict(row)) for row in rows]


async def end_session(
    connection: Connection, session_id: UUID, staff_id: UUID, *, at: datetime
) -> bool:
    """End one of their own sessions. False when there is no such running one."""
    ended = await connection.fetchval(_END_SESSION, session_id, staff_id, at)
    return ended is not None


_ROLES_OF_SESSION = """
    SELECT m.roles FROM staff_sessions s JOIN staff m USING (staff_id)
     WHERE s.session_id = $1 AND s.staff_id = $2 AND s.ended_at IS NULL
       AND m.ended_at IS NULL AND m.access_version = s.access_version AND s.access_version = $3
"""


async def roles_of_session(connection: Connection, claim: SessionClaim) -> Sequence[StaffRole]:
    """What a session allows now; none when it was ended or the access has changed."""
    roles = await connection.fetchval(
        _ROLES_OF_SESSION, claim.session_id, claim.staff_id, claim.access_version
    )
    return [StaffRole(role) for role in roles or ()]
