"""Whom a task can wake now: the rota, held against who works here and can be reached."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notifications.rules.ladder import Rung
from services.notifications.rules.rota import Place, on_call
from services.notifications.store import referrals, rota
from services.notifications.store.referrals import KnownReferral
from services.notifications.store.rota import StaffContact
from shared.db import Connection
from shared.events import StaffRole


def can_be_called(one: StaffContact) -> bool:
    """A text or a mail reaches them."""
    return one.has_email or (one.has_phone and not one.opted_out)


def reads_words(one: StaffContact) -> bool:
    """Only who may read what people write is on call."""
    return StaffRole.SUPERVISOR in one.roles


async def who_is_on_call(
    connection: Connection, *, now: datetime, zone: ZoneInfo
) -> Mapping[Place, StaffContact]:
    """Who is called first and second, as far as they still work here and can be reached."""
    members = {one.staff_id: one for one in await rota.staff(connection)}
    weeks, covers = await rota.weeks(connection), await rota.covers(connection, now=now)
    return {
        place: member
        for place, staff_id in on_call(now, zone, weeks, covers).items()
        if (member := members.get(staff_id)) and can_be_called(member) and reads_words(member)
    }


async def staff_by_rung(
    connection: Connection, *, now: datetime, zone: ZoneInfo
) -> Mapping[Rung, Sequence[UUID]]:
    """The people of each rung that is ours; the clinic's depends on the referral."""
    members = [one for one in await rota.staff(connection) if can_be_called(one)]
    places = await who_is_on_call(connection, now=now, zone=zone)
    first, second = places.get(Place.FIRST), places.get(Place.SECOND)
    return {
        Rung.ON_CALL: [first.staff_id] if first else [],
        Rung.SECOND: [second.staff_id] if second else [],
        Rung.SUPERVISORS: [one.staff_id for one in members if reads_words(one)],
        Rung.OPERATORS: [one.staff_id for one in members if StaffRole.OPERATOR in one.roles],
    }


async def referrals_of(connection: Connection, subject_id: UUID) -> Sequence[KnownReferral]:
    """The running referrals of a person, or the referral itself, as far as a clinic is known."""
    one = await referrals.find(connection, subject_id)
    known = [one] if one is not None else await referrals.of_person(connection, subject_id)
    return [row for row in known if row.clinic_id is not None]
