"""The page that tells supervisors and operators whether people are being helped."""

from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.matching.rules.figures import FIGURES, words_of
from services.matching.settings import Settings
from services.matching.store import figures, staff
from shared.service import Core
from shared.signin.guard import StaffGuard
from shared.webui import Pages

PAGES = Pages(Path(__file__).parent / "templates")


class FiguresPage:
    """One address, for whoever works here and is signed in."""

    def __init__(self, core: Core[Settings], guard: StaffGuard) -> None:
        self._core, self._guard = core, guard
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/figures", self.show, methods=["GET"])

    async def show(self, request: Request) -> Response:
        who = await self._guard.who(request)
        if who is None:
            return RedirectResponse("/sign-in", 303)
        async with self._core.database.transaction(actor=who.actor) as tx:
            now = tx.now
            values = await figures.count(tx.connection, now=now)
            member = await staff.by_id(tx.connection, who.staff_id)
        zone = ZoneInfo(member.zone if member else "UTC")
        told = [
            (one, [(words, words_of(values.get((one.name, row)), one.unit))
                   for row, words in one.rows.items()])
            for one in FIGURES
        ]  # fmt: skip
        shown = {
            "figures": told,
            "at": f"{now.astimezone(zone):%a, %b %-d, %-I:%M %p %Z}",
            "desk": f"{self._core.settings.desk_url}/desk",
        }
        return PAGES.show(request, "figures.html", shown)
