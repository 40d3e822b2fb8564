"""Links that let a coach sign in, and the devices on which they have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.db import Connection


@dataclass(frozen=True, slots=True)
class CoachLink:
    """A link on its way to a coach, locked when it was loaded."""

    coach_id: UUID
    offer_id: UUID
    browser_hash: bytes
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CoachSession:
    """One device of a coach."""

    session_id: UUID
    coach_id: UUID
    device: str
    began_at: datetime
    expires_at: datetime


_RECENT = "SELECT count(*) FROM coach_links WHERE coach_id = $1 AND asked_at > $2"
_ADD_LINK = """
    INSERT INTO coach_links (link_id, coach_id, offer_id, browser_hash, asked_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6)
"""
_LINK = """
    SELECT coach_id, offer_id, browser_hash, expires_at, used_at
      FROM coach_links WHERE link_id = $1 FOR UPDATE
"""
_USE = "UPDATE coach_links SET used_at = $2 WHERE link_id = $1"


async def links_since(connection: Connection, coach_id: UUID, since: datetime) -> int:
    """How many links were sent to this coach lately."""
    count: int = await connection.fetchval(_RECENT, coach_id, since)
    return count


async def add_link(connection: Connection, link_id: UUID, link: CoachLink, *, at: datetime) -> None:
    """Keep a link that is on its way."""
    await connection.execute(
        _ADD_LINK, link_id, link.coach_id, link.offer_id, link.browser_hash, at, link.expires_at
    )


async def link(connection: Connection, link_id: UUID) -> CoachLink | None:
    """The link, locked until the transaction ends."""
    row = await connection.fetchrow(_LINK, link_id)
    return CoachLink(**row) if row is not None else None


async def use_link(connection: Connection, link_id: UUID, *, at: datetime) -> None:
    """It worked, once."""
    await connection.execute(_USE, link_id, at)


_ADD = """
    INSERT INTO coach_sessions (session_id, coach_id, device, began_at, expires_at)
    VALUES ($1, $2, $3, $4, $5)
"""
_COACH = """
    SELECT s.coach_id FROM coach_sessions s JOIN coaches c USING (coach_id)
     WHERE s.session_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND c.active
       AND NOT EXISTS (SELECT FROM epochs e WHERE e.lost_since > s.began_at)
"""
_RUNNING = """
    SELECT session_id, coach_id, device, began_at, expires_at FROM coach_sessions
     WHERE coach_id = $1 AND ended_at IS NULL AND expires_at > $2 ORDER BY began_at
"""
_END = """
    UPDATE coach_sessions SET ended_at = $3
     WHERE session_id = $1 AND coach_id = $2 AND ended_at IS NULL
"""


async def begin(connection: Connection, session: CoachSession) -> None:
    """A device is signed in."""
    await connection.execute(
        _ADD,
        session.session_id,
        session.coach_id,
        session.device,
        session.began_at,
        session.expires_at,
    )


async def coach_of(connection: Connection, session_id: UUID, *, at: datetime) -> UUID | None:
    """Whose running session this is; None when it is over or the coach is not active.

    One from before a restore is over: the database has forgotten whether it was ended since.
    """
    coach_id: UUID | None = await connection.fetchval(_COACH, session_id, at)
    return coach_id


async def running(
    connection: Connection, coach_id: UUID, *, at: datetime
) -> Sequence[CoachSession]:
    """The devices on which this coach is signed in."""
    return [CoachSession(**row) for row in await connection.fetch(_RUNNING, coach_id, at)]


_END_ALL = "UPDATE coach_sessions SET ended_at = $2 WHERE coach_id = $1 AND ended_at IS NULL"
_END_LINKS = "UPDATE coach_links SET expires_at = $2 WHERE coach_id = $1 AND expires_at > $2"


async def end_all(connection: Connection, coach_id: UUID, *, at: datetime) -> None:
    """The coach is signed in nowhere any more, and no link that is on its way works."""
    await connection.execute(_END_ALL, coach_id, at)
    await connection.execute(_END_LINKS, coach_id, at)


async def end(connection: Connection, session_id: UUID, coach_id: UUID, *, at: datetime) -> None:
    """End one of the coach's own sessions."""
    await connection.execute(_END, session_id, coach_id, at)
