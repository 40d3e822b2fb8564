"""Who is on call: this week and the next ones, and who stands in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from services.notifications.actions.address_book import AddressBook
from services.notifications.actions.on_call import reads_words, who_is_on_call
from services.notifications.actions.set_rota import NotOnCallError, cover, set_week
from services.notifications.rules.quiet_hours import instant_of
from services.notifications.rules.rota import Place, monday_of, on_call_in
from services.notifications.settings import Settings
from services.notifications.store import rota
from services.notifications.store.rota import StaffContact
from services.notifications.web.desk import PAGES, to_sign_in
from services.notifications.web.rota_words import PLACES, WHY_NOT_ON_CALL
from shared.errors import KeyDestroyedError
from shared.events import Sealed, StaffRole
from shared.service import Core
from shared.signin.guard import StaffGuard
from shared.transaction import Transaction

WEEKS_AHEAD = 6
HAS_LEFT = "somebody who has left"


@dataclass(frozen=True, slots=True, repr=False)
class Member:
    """Somebody who can be on call, by the name they are called."""

    staff_id: UUID
    name: str


async def members_of(tx: Transaction, book: AddressBook) -> Sequence[Member]:
    """The supervisors, by name."""
    found = []
    for one in await rota.staff(tx.connection):
        if reads_words(one):
            sealed = Sealed.model_validate_json(one.sealed)
            try:
                opened = await book.open("staff", one.staff_id, sealed)
            except KeyDestroyedError:
                continue
            found.append(Member(one.staff_id, opened.name))
    return sorted(found, key=lambda one: (one.name.casefold(), one.staff_id))


class RotaPage:
    """For supervisors."""

    def __init__(self, core: Core[Settings], guard: StaffGuard, book: AddressBook) -> None:
        self._core, self._guard, self._book = core, guard, book
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/desk/rota", self.show, methods=["GET"])
        add("/desk/rota/week", self.week, methods=["POST"])
        add("/desk/rota/cover", self.cover, methods=["POST"])

    async def show(self, request: Request) -> Response:
        return await self._page(request)

    async def _page(self, request: Request, error: str | None = None) -> Response:
        who = await self._guard.who(request)
        if who is None:
            return to_sign_in(self._core.settings, request)
        if StaffRole.SUPERVISOR not in who.roles:
            return PAGES.show(request, "rota_refused.html", {}, status=403)
        async with self._core.database.transaction(actor=who.actor) as tx:
            values = await self._values(tx)
            tx.audit("rota.viewed", "staff", who.staff_id)
        return PAGES.show(
            request, "rota.html", values | {"error": error}, status=409 if error else 200
        )

    async def _values(self, tx: Transaction) -> dict[str, Any]:
        zone = self._core.settings.desk_zone
        members = await members_of(tx, self._book)
        names = {one.staff_id: one.name for one in members}
        now = await who_is_on_call(tx.connection, now=tx.now, zone=zone)
        this_week = monday_of(tx.now.astimezone(zone).date())
        all_weeks = await rota.weeks(tx.connection)
        covers = [
            (
                PLACES[one.place],
                names.get(one.staff_id, HAS_LEFT),
                one.from_at.astimezone(zone),
                one.until_at.astimezone(zone),
            )
            for one in await rota.covers(tx.connection, now=tx.now)
        ]
        return {
            "members": members,
            "places": [(place.value, said) for place, said in PLACES.items()],
            "now": [(PLACES[place], _said_of(now.get(place), names)) for place in Place],
            "weeks": [
                (monday, _lines(on_call_in(monday, all_weeks), names))
                for monday in _mondays(this_week)
            ],
            "covers": covers,
            "zone": zone.key.rpartition("/")[2].replace("_", " "),
        }

    async def week(
        self,
        request: Request,
        day: Annotated[date, Form()],
        place: Annotated[Place, Form()],
        staff_id: Annotated[UUID | None, Form()] = None,
    ) -> Response:
        """Somebody is on call from that week on."""
        return await self._changed(request, staff_id, place, day=day)

    async def cover(
        self,
        request: Request,
        place: Annotated[Place, Form()],
        begins: Annotated[datetime | None, Form()] = None,
        ends: Annotated[datetime | None, Form()] = None,
        staff_id: Annotated[UUID | None, Form()] = None,
    ) -> Response:
        """Somebody stands in for a while; times are those of the desk's clock."""
        return await self._changed(request, staff_id, place, times=(begins, ends))

    async def _changed(
        self,
        request: Request,
        staff_id: UUID | None,
        place: Place,
        *,
        day: date | None = None,
        times: tuple[datetime | None, datetime | None] = (None, None),
    ) -> Response:
        who = await self._guard.who(request)
        if who is None or StaffRole.SUPERVISOR not in who.roles:
            return await self._page(request)
        begins, ends = map(self._instant, times)
        if staff_id is None or (day is None and (begins is None or ends is None)):
            return await self._page(request, "Fill in every field, then press the button again.")
        try:
            async with self._core.database.transaction(actor=who.actor) as tx:
                if day is not None:
                    await set_week(tx, day, place, staff_id)
                elif begins is not None and ends is not None:
                    await cover(tx, place, staff_id, begins, ends)
        except NotOnCallError as refused:
            return await self._page(request, WHY_NOT_ON_CALL[refused.reason])
        return RedirectResponse("/desk/rota", 303)

    def _instant(self, wall: datetime | None) -> datetime | None:
        if wall is None or wall.tzinfo is not None:
            return wall.astimezone(UTC) if wall else None
        return instant_of(wall, self._core.settings.desk_zone)


def _said_of(one: StaffContact | None, names: Mapping[UUID, str]) -> str | None:
    if one is None:
        return None
    return f"{names[one.staff_id]}{', by mail only: they have stopped texts' * one.opted_out}"


def _lines(
    standing: Mapping[Place, UUID], names: Mapping[UUID, str]
) -> Sequence[tuple[str, str | None]]:
    return [
        (said, names.get(standing[place], HAS_LEFT) if place in standing else None)
        for place, said in PLACES.items()
    ]


def _mondays(first: date) -> list[date]:
    return [first + timedelta(weeks=number) for number in range(WEEKS_AHEAD)]
