"""The coach's page for one offer: GET shows, POST answers. Opening a link never answers it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.matching.actions.ask_next_coach import Asking
from services.matching.on.coach_answered import coach_answered
from services.matching.on.contact_logged import contact_logged
from services.matching.rules.answer import Accepted, Already, DeclineReason, Reply, TooLate
from services.matching.rules.states import OfferState
from services.matching.settings import Settings
from services.matching.store import offers
from services.matching.web.offer_view import OfferView, load_view
from services.matching.web.wording import BY_CODE, in_language
from shared import signed_cookies
from shared.events import Answer, ContactChannel, ContactOutcome
from shared.offer_link import has_code_shape
from shared.service import Core
from shared.settings import key_of
from shared.webui import Pages

COOKIE = "assignment"
PRESSED_TWICE = timedelta(minutes=2)
"""A yes that comes again so soon is the same device, whose first answer got lost on the way."""

PAGES = Pages(Path(__file__).parent / "templates")

Lang = Annotated[str, Query(alias="lang", max_length=35)]
"""The language that the coach chose on the page; without one it is that of the roster."""


class OfferPage:
    """The three addresses behind an offer's link."""

    def __init__(self, core: Core[Settings], asking: Asking) -> None:
        self._core, self._asking = core, asking
        self._key = key_of(core.settings.session_key)
        gate = [Depends(core.history.refuse_while_behind)]
        self.router = APIRouter(include_in_schema=False, dependencies=gate)
        add = self.router.add_api_route
        add("/o/{code}", self.show, methods=["GET"])
        add("/o/{code}", self.answer, methods=["POST"])
        add("/o/{code}/contact", self.log_contact, methods=["POST"])

    async def show(self, request: Request, code: str, lang: Lang = "") -> Response:
        """What the coach may see now."""
        offer_id = await self._find(code)
        if offer_id is None:
            return _unknown(request)
        async with self._core.database.transaction(actor="coach:link") as tx:
            known = self._knows(request, offer_id)
            view = await load_view(tx, offer_id, self._core.vault, with_contact=known)
            if view is None:
                return _unknown(request)
            await offers.was_seen(tx.connection, offer_id, at=tx.now)
            tx.audit("offer.viewed", "referral", view.referral_id, with_contact=int(known))
            return self._page(request, view, tx.now, lang)

    async def answer(
        self,
        request: Request,
        code: str,
        answer: Annotated[Answer, Form()],
        reason: Annotated[DeclineReason, Form()] = DeclineReason.PREFER_NOT_TO_SAY,
        lang: Lang = "",
    ) -> Response:
        """The coach's yes or not this time."""
        offer_id = await self._find(code)
        if offer_id is None:
            return _unknown(request)
        async with self._core.database.transaction(actor="coach:link") as tx:
            offer = await offers.find(tx.connection, offer_id)
            if offer is None:
                return _unknown(request)
            tx.actor = f"coach:{offer.coach_id}"
            reply = Reply(offer.coach_id, answer, reason)
            judgement = await coach_answered(tx, offer_id, reply, self._asking)
            view = await load_view(tx, offer_id, self._core.vault, with_contact=False)
            if isinstance(judgement, TooLate) and view is not None:
                return self._page(request, view, tx.now, lang, status=409)
            moment = offer.answered_at or tx.now
            again = judgement == Already("accept") and tx.now - moment < PRESSED_TWICE
        accepted = isinstance(judgement, Accepted) or again
        return self._back(code, offer_id if accepted else None, lang)

    async def log_contact(
        self,
        request: Request,
        code: str,
        channel: Annotated[ContactChannel, Form()],
        outcome: Annotated[ContactOutcome, Form()],
        lang: Lang = "",
    ) -> Response:
        """The coach tried to reach the person, or did."""
        offer_id = await self._find(code)
        if offer_id is None or not self._knows(request, offer_id):
            return _unknown(request)
        async with self._core.database.transaction(actor="coach:link") as tx:
            await contact_logged(tx, offer_id, channel, outcome)
        return RedirectResponse(f"/o/{code}{_query(lang)}", 303)

    def _knows(self, request: Request, offer_id: UUID) -> bool:
        """Whether this device is the one that accepted, within the last twelve hours."""
        cookie = request.cookies.get(COOKIE)
        value = signed_cookies.read(self._key, cookie, now=self._core.clock.now())
        return value == str(offer_id)

    async def _find(self, code: str) -> UUID | None:
        if not has_code_shape(code):
            return None
        async with self._core.database.transaction() as tx:
            found = await offers.find_code(tx.connection, code)
        return found["offer_id"] if found is not None else None

    def _back(self, code: str, accepted: UUID | None, lang: str) -> Response:
        """See the page again; the device that accepted is known, others read 'taken'."""
        response = RedirectResponse(f"/o/{code}{_query(lang)}", 303)
        if accepted is None:
            return response
        until = self._core.clock.now() + signed_cookies.LONGEST
        response.set_cookie(
            COOKIE,
            signed_cookies.make(self._key, str(accepted), expires_at=until),
            max_age=int(signed_cookies.LONGEST.total_seconds()),
            httponly=True,
            samesite="lax",
            path=f"/o/{code}",
            secure=self._core.settings.public_url.startswith("https"),
        )
        return response

    def _page(
        self, request: Request, view: OfferView, now: datetime, lang: str, *, status: int = 200
    ) -> HTMLResponse:
        zone = ZoneInfo(view.coach_zone)
        say = in_language(lang, view.coach_language)

        def clock(at: datetime) -> str:
            return say.clock(at.astimezone(zone))

        return PAGES.show(
            request,
            f"offer_{_shown(view)}.html",
            {
                "view": view,
                "say": say,
                "other": next(one for one in BY_CODE.values() if one is not say),
                "query": _query(lang),
                "clock": clock,
                "left": say.time_left(view.answer_by - now),
                "county": self._core.settings.county_names.get(view.county_fips, ""),
                "language": view.language.partition("-")[0].lower(),
                "kinds": [say.kinds.get(kind, kind) for kind in view.kinds_of_support],
            },
            status=status,
        )


def _query(lang: str) -> str:
    """Keeps the chosen language on the way back to the page."""
    return f"?lang={lang}" if lang in BY_CODE else ""


def _shown(view: OfferView) -> str:
    """Which page: the question, the person behind it, or a thank-you."""
    if view.state is OfferState.OPEN and not view.is_late:
        return "question"
    if view.state is OfferState.ACCEPTED and view.contact is not None:
        return "accepted"
    return "over"


def _unknown(request: Request) -> HTMLResponse:
    """One answer for every link that leads nowhere, whatever the reason."""
    return PAGES.show(request, "offer_unknown.html", {}, status=404)
