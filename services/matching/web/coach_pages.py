"""A coach's own pages: the link's button, the people they walk alongside, their devices."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from services.matching.actions.ask_next_coach import OfferContext
from services.matching.actions.coach_sign_in import CoachSignedIn, use_coach_link
from services.matching.rules.sign_in import LinkStanding
from services.matching.rules.states import OfferState
from services.matching.settings import Settings
from services.matching.store import coach_sessions, coaches, offers
from services.matching.web.coach_guard import CoachGuard, hash_of
from services.matching.web.devices import device_of
from services.matching.web.offer_answer import PAGES
from services.matching.web.offer_page import Lang
from services.matching.web.offer_view import audit_view, load_view
from services.matching.web.unread_news import UnreadNews
from services.matching.web.wording import BY_CODE, in_language
from services.matching.web.wording.words import PageWording
from shared.offer_link import offer_code
from shared.service import Core
from shared.settings import key_of
from shared.signin import link as links
from shared.transaction import Transaction


class CoachPages:
    """Opening a link never uses it; its button does."""

    def __init__(self, core: Core[Settings], guard: CoachGuard, context: OfferContext) -> None:
        self._core, self._guard, self._context = core, guard, context
        self._key = key_of(core.settings.sign_in_link_key)
        gate = [Depends(core.history.refuse_while_behind)]
        self.router = APIRouter(include_in_schema=False, dependencies=gate)
        add = self.router.add_api_route
        add("/c/{code}", self.confirm_page, methods=["GET"])
        add("/c/{code}", self.confirm, methods=["POST"])
        unread = [Depends(UnreadNews(core).refuse)]
        add("/coach", self.people, methods=["GET"], dependencies=unread)
        add("/coach/devices/{session_id}/end", self.end_device, methods=["POST"])

    async def confirm_page(self, request: Request, code: str, lang: Lang = "") -> Response:
        if links.link_of(self._key, code) is None:
            return self._over(request, LinkStanding.EXPIRED, lang)
        return self._show(request, "coach_confirm.html", lang, f"/c/{code}", {})

    async def confirm(self, request: Request, code: str, lang: Lang = "") -> Response:
        link_id = links.link_of(self._key, code)
        if link_id is None:
            return self._over(request, LinkStanding.EXPIRED, lang)
        asked = self._guard.asked_with(request)
        device = device_of(request.headers.get("user-agent", ""))
        async with self._core.database.transaction(actor="coach:link") as tx:
            result = await use_coach_link(tx, link_id, hash_of(asked) if asked else None, device)
        if not isinstance(result, CoachSignedIn):
            return self._over(request, result, lang)
        offer = offer_code(self._context.link_key, result.link.offer_id, result.link.coach_id)
        response = RedirectResponse(f"/o/{offer}", 303)
        self._guard.sign_in(response, result.session.session_id, until=result.session.expires_at)
        return response

    async def people(self, request: Request, lang: Lang = "") -> Response:
        """Who waits for an answer, and whom this coach walks alongside."""
        async with self._core.database.transaction(actor="coach:link") as tx:
            coach_id = await self._guard.who(tx, request)
            if coach_id is None:
                return self._show(request, "coach_signed_out.html", lang, "/coach", {}, 401)
            tx.actor = f"coach:{coach_id}"
            settings = await coaches.settings_of(tx.connection, coach_id)
            live = await offers.live_of_coach(tx.connection, coach_id)
            shown = [row for one in live if (row := await self._person(tx, one)) is not None]
            devices = await coach_sessions.running(tx.connection, coach_id, at=tx.now)
            here, now = self._guard.session_of(request, now=tx.now), tx.now
        zone = ZoneInfo(settings.zone if settings else "UTC")
        values = {
            "asked": [one for one in shown if one["view"].offer.state is OfferState.OPEN],
            "to_call": sorted(
                (one for one in shown if one["view"].is_to_call),
                key=lambda one: one["view"].reach_by,
            ),
            "people": [
                one
                for one in shown
                if one["view"].offer.state is OfferState.ACCEPTED and not one["view"].is_to_call
            ],
            "now": now,
            "devices": devices,
            "here": here,
            "zone": zone,
        }
        own = settings.language if settings else "en"
        return self._show(request, "coach_people.html", lang, "/coach", values, own=own)

    async def _person(self, tx: Transaction, offer: offers.Offer) -> dict[str, Any] | None:
        view = await load_view(
            tx, offer, self._core.vault, self._context.roster, accepted_here=True
        )
        if view is None:
            return None
        audit_view(tx, view)
        code = offer_code(self._context.link_key, offer.offer_id, offer.coach_id)
        return {"view": view, "link": f"/o/{code}"}

    async def end_device(self, request: Request, session_id: UUID) -> Response:
        """Sign out here or on another device; one's own only."""
        async with self._core.database.transaction(actor="coach:link") as tx:
            coach_id = await self._guard.who(tx, request)
            here = self._guard.session_of(request, now=tx.now)
            if coach_id is not None:
                tx.actor = f"coach:{coach_id}"
                await coach_sessions.end(tx.connection, session_id, coach_id, at=tx.now)
                tx.audit("coach.signed_out", "coach", coach_id, session=str(session_id))
        response = RedirectResponse("/coach", 303)
        if here == session_id:
            self._guard.sign_out(response)
        return response

    def _over(self, request: Request, why: LinkStanding, lang: str) -> Response:
        return self._show(request, "coach_link_over.html", lang, "/coach", {"why": why}, 410)

    def _show(
        self,
        request: Request,
        name: str,
        lang: str,
        link: str,
        values: dict[str, Any],
        status: int = 200,
        *,
        own: str = "en",
    ) -> Response:
        say = in_language(lang, own)
        zone = values.get("zone", ZoneInfo("UTC"))

        def clock(at: datetime) -> str:
            return say.clock(at.astimezone(zone))

        shared = {"say": say, "other": _other(say), "link": link, "query": _query(lang)}
        return PAGES.show(request, name, {**shared, **values, "clock": clock}, status=status)


def _other(say: PageWording) -> PageWording:
    return next(one for one in BY_CODE.values() if one is not say)


def _query(lang: str) -> str:
    return f"?lang={lang}" if lang in BY_CODE else ""
