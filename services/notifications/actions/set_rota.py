"""Putting somebody on call, for a week or while they stand in."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.notifications.actions.on_call import reads_words
from services.notifications.rules.rota import Cover, Place, RotaWeek, monday_of
from services.notifications.store import rota
from shared.transaction import Transaction


class NotOnCall(StrEnum):
    """Why somebody cannot be put on the rota."""

    UNKNOWN = "unknown"
    NO_SUPERVISOR = "no_supervisor"
    NO_PHONE = "no_phone"
    OPTED_OUT = "opted_out"
    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"


class NotOnCallError(Exception):
    """Nothing was changed; `reason` says what has to change first."""

    def __init__(self, reason: NotOnCall) -> None:
        super().__init__(reason.value)
        self.reason = reason


async def set_week(tx: Transaction, day: date, place: Place, staff_id: UUID) -> RotaWeek:
    """They are on call from the week of this day on. Raises NotOnCallError."""
    await _check(tx, staff_id)
    week = RotaWeek(monday_of(day), place, staff_id)
    await rota.set_week(tx.connection, week)
    tx.audit("rota.set", "staff", staff_id, week=week.starts_on.isoformat(), place=place.value)
    return week


async def cover(
    tx: Transaction, place: Place, staff_id: UUID, from_at: datetime, until_at: datetime
) -> None:
    """They stand in from one moment until another. Raises NotOnCallError."""
    if until_at <= from_at:
        raise NotOnCallError(NotOnCall.ENDS_BEFORE_IT_BEGINS)
    await _check(tx, staff_id)
    await rota.add_cover(
        tx.connection, tx.new_id(), Cover(place, staff_id, from_at, until_at, tx.now)
    )
    tx.audit(
        "rota.cover",
        "staff",
        staff_id,
        place=place.value,
        from_at=from_at.isoformat(),
        until_at=until_at.isoformat(),
    )


async def _check(tx: Transaction, staff_id: UUID) -> None:
    found = [one for one in await rota.staff(tx.connection) if one.staff_id == staff_id]
    if not found:
        raise NotOnCallError(NotOnCall.UNKNOWN)
    if not reads_words(found[0]):
        raise NotOnCallError(NotOnCall.NO_SUPERVISOR)
    if not found[0].has_phone:
        raise NotOnCallError(NotOnCall.NO_PHONE)
    if found[0].opted_out:
        raise NotOnCallError(NotOnCall.OPTED_OUT)
