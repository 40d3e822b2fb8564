"""The rota: who is on call in which week, who stands in, and who can be put on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.rules.rota import Cover, Place, RotaWeek
from shared.db import Connection
from shared.events import StaffRole

_SET_WEEK = """
    INSERT INTO rota_weeks (starts_on, place, staff_id) VALUES ($1, $2, $3)
    ON CONFLICT (starts_on, place) DO UPDATE SET staff_id = EXCLUDED.staff_id
"""
_ADD_COVER = """
    INSERT INTO rota_covers (cover_id, place, staff_id, from_at, until_at, noted_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT ON CONSTRAINT a_cover_is_noted_once DO NOTHING
"""
_WEEKS = "SELECT starts_on, place, staff_id FROM rota_weeks ORDER BY starts_on, place"
_COVERS = """
    SELECT place, staff_id, from_at, until_at, noted_at FROM rota_covers
     WHERE until_at > $1 ORDER BY noted_at, cover_id
"""


async def set_week(connection: Connection, week: RotaWeek) -> None:
    """Who is on call from this Monday on; said again, the last word counts."""
    await connection.execute(_SET_WEEK, week.starts_on, week.place.value, week.staff_id)


async def add_cover(connection: Connection, cover_id: UUID, cover: Cover) -> None:
    """Somebody stands in for a while."""
    await connection.execute(
        _ADD_COVER,
        cover_id,
        cover.place.value,
        cover.staff_id,
        cover.from_at,
        cover.until_at,
        cover.noted_at,
    )


async def weeks(connection: Connection) -> Sequence[RotaWeek]:
    """All weeks that were ever set, two lines each at most."""
    return [
        RotaWeek(starts_on, Place(place), staff_id)
        for starts_on, place, staff_id in await connection.fetch(_WEEKS)
    ]


async def covers(connection: Connection, *, now: datetime) -> Sequence[Cover]:
    """Those that stand in now or later."""
    return [Cover(Place(place), *others) for place, *others in await connection.fetch(_COVERS, now)]


@dataclass(frozen=True, slots=True, repr=False)
class StaffContact:
    """Somebody who works here, and whether a text or a mail can reach them."""

    staff_id: UUID
    roles: frozenset[StaffRole]
    sealed: str
    has_phone: bool
    has_email: bool
    opted_out: bool
    """They have stopped texts to their number."""


_STAFF = """
    SELECT s.staff_id, s.roles, c.sealed, c.phone_hash IS NOT NULL, c.has_email,
           EXISTS (SELECT FROM opt_outs x WHERE x.phone_hash = c.phone_hash)
      FROM staff_access s JOIN contacts c ON c.kind = 'staff' AND c.recipient_id = s.staff_id
     WHERE NOT s.ended AND c.sealed IS NOT NULL ORDER BY s.staff_id
"""


async def staff(connection: Connection) -> Sequence[StaffContact]:
    """Everybody who works here and can be written to."""
    return [
        StaffContact(staff_id, frozenset(map(StaffRole, roles)), *others)
        for staff_id, roles, *others in await connection.fetch(_STAFF)
    ]
