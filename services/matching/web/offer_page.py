"""The coach's page for one offer: GET shows, POST answers. Opening a link never answers it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.matching.on.ask_next_coach import Asking
from services.matching.on.coach_answers import coach_answers
from services.matching.on.coach_logs_contact import coach_logs_contact
from services.matching.rules.answer import DeclineReason, Reply, TooLate
from services.matching.rules.states import OfferState
from services.matching.settings import Settings
from services.matching.store import offers
from services.matching.web.offer_view import KINDS, OfferView, load_view
from shared import signed_cookies
from shared.events import Answer, ContactChannel, ContactOutcome
from shared.offer_link import CODE_LENGTH
from shared.service import Core
from shared.settings import key_of
from shared.webui import Pages

COOKIE = "assignment"
PAGES = Pages(Path(__file__).parent / "templates")

REASONS = {
    DeclineReason.NO_ROOM: "No room right now",
    DeclineReason.SCHEDULE: "The times do not work",
    DeclineReason.KNOW_THE_PERSON: "I may know this person",
    DeclineReason.NOT_A_FIT: "Somebody else would fit better",
    DeclineReason.UNWELL: "I need a break myself",
    DeclineReason.PREFER_NOT_TO_SAY: "I prefer not to say",
}


def offer_page(core: Core[Settings], asking: Asking) -> APIRouter:
    """The three addresses behind an offer's link."""
    router = APIRouter(include_in_schema=False)
    session_key = key_of(core.settings.session_key)

    def knows(request: Request, offer_id: UUID) -> bool:
        cookie = request.cookies.get(COOKIE)
        return signed_cookies.read(session_key, cookie, now=core.clock.now()) == str(offer_id)

    @router.get("/o/{code}")
    async def show(request: Request, code: str) -> Response:
        offer_id = await _find(core, code)
        if offer_id is None:
            return _unknown(request)
        async with core.database.transaction(actor="coach:link") as tx:
            known = knows(request, offer_id)
            view = await load_view(tx, offer_id, core.vault, with_contact=known)
            if view is None:
                return _unknown(request)
            await offers.was_seen(tx.connection, offer_id, at=tx.now)
            tx.audit("offer.viewed", "referral", view.referral_id, with_contact=int(known))
        return _page(request, view)

    @router.post("/o/{code}")
    async def answer(
        request: Request,
        code: str,
        answer: Annotated[Answer, Form()],
        reason: Annotated[DeclineReason, Form()] = DeclineReason.PREFER_NOT_TO_SAY,
    ) -> Response:
        offer_id = await _find(core, code)
        if offer_id is None:
            return _unknown(request)
        async with core.database.transaction(actor="coach:link") as tx:
            offer = await offers.find(tx.connection, offer_id)
            if offer is None:
                return _unknown(request)
            tx.actor = f"coach:{offer.coach_id}"
            judgement = await coach_answers(
                tx, offer_id, Reply(offer.coach_id, answer, reason), asking
            )
            view = await load_view(tx, offer_id, core.vault, with_contact=False)
        if isinstance(judgement, TooLate) and view is not None:
            return _page(request, view, status=409)
        return _back(core, session_key, code, offer_id)

    @router.post("/o/{code}/contact")
    async def contact(
        request: Request,
        code: str,
        channel: Annotated[ContactChannel, Form()],
        outcome: Annotated[ContactOutcome, Form()],
    ) -> Response:
        offer_id = await _find(core, code)
        if offer_id is None or not knows(request, offer_id):
            return _unknown(request)
        async with core.database.transaction(actor="coach:link") as tx:
            await coach_logs_contact(tx, offer_id, channel, outcome)
        return RedirectResponse(f"/o/{code}", 303)

    return router


async def _find(core: Core[Settings], code: str) -> UUID | None:
    if len(code) != CODE_LENGTH:
        return None
    async with core.database.transaction() as tx:
        found = await offers.find_code(tx.connection, code)
    return found["offer_id"] if found is not None else None


def _back(core: Core[Settings], key: bytes, code: str, offer_id: UUID) -> Response:
    """See the page again; this device is known for twelve hours, others read 'taken'."""
    response = RedirectResponse(f"/o/{code}", 303)
    until = core.clock.now() + signed_cookies.LONGEST
    response.set_cookie(
        COOKIE,
        signed_cookies.make(key, str(offer_id), expires_at=until),
        max_age=int(signed_cookies.LONGEST.total_seconds()),
        httponly=True,
        samesite="strict",
        path="/o/",
        secure=core.settings.public_url.startswith("https"),
    )
    return response


def _page(request: Request, view: OfferView, *, status: int = 200) -> HTMLResponse:
    zone = ZoneInfo(view.coach_zone)

    def clock(at: datetime | None) -> str:
        return f"{at.astimezone(zone):%a %-d %B, %-I:%M %p %Z}" if at else ""

    left = max(int((view.answer_by - datetime.now(UTC)).total_seconds() // 60), 0)
    return PAGES.show(
        request,
        f"offer_{_shown(view)}.html",
        {
            "view": view,
            "clock": clock,
            "minutes_left": left,
            "reasons": REASONS,
            "kinds": [KINDS.get(kind, kind) for kind in view.kinds_of_support],
            "channels": ContactChannel,
            "outcomes": ContactOutcome,
        },
        status=status,
    )


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
