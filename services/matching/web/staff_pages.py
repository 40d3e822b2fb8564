"""Signing in for the people who work here: ask for a link, press its button, end sessions."""

import hashlib
from pathlib import Path
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from services.matching.actions.sign_in import SignedIn, ask_for_link, end_session, use_link
from services.matching.rules.sign_in import LinkStanding
from services.matching.settings import Settings
from services.matching.store import staff
from services.matching.web.devices import device_of
from shared.ids import new_secret
from shared.service import Core
from shared.settings import key_of
from shared.signin import link as links
from shared.signin import session as sessions
from shared.signin.guard import StaffGuard
from shared.webui import Pages

PAGES = Pages(Path(__file__).parent / "templates")
BROWSER = "asked"
MAX_EMAIL = 254


class StaffPages:
    """The sign-in of supervisors and operators. Opening a link never uses it; its button does."""

    def __init__(self, core: Core[Settings], guard: StaffGuard) -> None:
        self._core, self._guard = core, guard
        self._link_key = key_of(core.settings.sign_in_link_key)
        self._sign_key = key_of(core.settings.sign_in_key)
        self._hash_key = key_of(core.settings.record_key)
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/sign-in", self.ask_page, methods=["GET"])
        add("/sign-in", self.ask, methods=["POST"])
        add("/sign-in/{code}", self.confirm_page, methods=["GET"])
        add("/sign-in/{code}", self.confirm, methods=["POST"])
        add("/sign-out", self.sign_out, methods=["POST"])
        add("/sessions", self.list_sessions, methods=["GET"])
        add("/sessions/{session_id}/end", self.end_one, methods=["POST"])

    async def ask_page(self, request: Request) -> Response:
        return PAGES.show(request, "staff_sign_in.html", {"error": None})

    async def ask(self, request: Request, email: Annotated[str, Form()] = "") -> Response:
        """The same answer for everybody, so that nobody learns who works here."""
        if "@" not in email or len(email) > MAX_EMAIL:
            error = "Enter your e-mail address, like name@example.org."
            return PAGES.show(request, "staff_sign_in.html", {"error": error}, status=400)
        # Who asks twice may use either link: both were asked for in this browser.
        browser = request.cookies.get(self._name(BROWSER)) or new_secret()
        async with self._core.database.transaction() as tx:
            await ask_for_link(tx, self._hash_key, email, _hash(browser))
        response = PAGES.show(request, "staff_link_sent.html", {})
        self._set(response, self._name(BROWSER), browser, int(links.LASTS.total_seconds()))
        return response

    async def confirm_page(self, request: Request, code: str) -> Response:
        if links.link_of(self._link_key, code) is None:
            return self._over(request, LinkStanding.EXPIRED)
        return PAGES.show(request, "staff_confirm.html", {})

    async def confirm(self, request: Request, code: str) -> Response:
        link_id = links.link_of(self._link_key, code)
        if link_id is None:
            return self._over(request, LinkStanding.EXPIRED)
        browser = request.cookies.get(self._name(BROWSER))
        device = device_of(request.headers.get("user-agent", ""))
        async with self._core.database.transaction() as tx:
            result = await use_link(tx, link_id, _hash(browser) if browser else None, device)
        if not isinstance(result, SignedIn):
            return self._over(request, result)
        # A form may not lead to another origin, not even by a redirect: the page itself goes on.
        values = {"desk": f"{self._core.settings.desk_url}/desk"}
        response = PAGES.show(request, "staff_signed_in.html", values)
        cookie = sessions.sign(self._sign_key, result.claim)
        length = int(sessions.LASTS.total_seconds())
        self._set(response, self._guard.cookie_name, cookie, length)
        self._delete(response, self._name(BROWSER))
        return response

    async def sign_out(self, request: Request) -> Response:
        who = await self._guard.who(request)
        if who is not None:
            async with self._core.database.transaction(actor=who.actor) as tx:
                await end_session(tx, who.staff_id, who.session_id)
        response = RedirectResponse("/sign-in", 303)
        self._delete(response, self._guard.cookie_name)
        return response

    async def list_sessions(self, request: Request) -> Response:
        who = await self._guard.who(request)
        if who is None:
            return RedirectResponse("/sign-in", 303)
        async with self._core.database.transaction(actor=who.actor) as tx:
            running = await staff.sessions_of(tx.connection, who.staff_id, at=tx.now)
            member = await staff.by_id(tx.connection, who.staff_id)
        zone = ZoneInfo(member.zone if member else "UTC")
        shown = [
            (one, f"{one.began_at.astimezone(zone):%a, %b %-d, %-I:%M\u00a0%p\u00a0%Z}")
            for one in running
        ]
        values = {
            "sessions": shown,
            "here": who.session_id,
            "desk": f"{self._core.settings.desk_url}/desk",
        }
        return PAGES.show(request, "staff_sessions.html", values)

    async def end_one(self, request: Request, session_id: UUID) -> Response:
        who = await self._guard.who(request)
        if who is None:
            return RedirectResponse("/sign-in", 303)
        async with self._core.database.transaction(actor=who.actor) as tx:
            await end_session(tx, who.staff_id, session_id)
        return RedirectResponse("/sessions", 303)

    def _over(self, request: Request, standing: LinkStanding) -> Response:
        return PAGES.show(request, "staff_link_over.html", {"why": standing.value}, status=410)

    def _name(self, cookie: str) -> str:
        return f"__Host-{cookie}" if self._guard.is_https else cookie

    def _delete(self, response: Response, name: str) -> None:
        # Browsers ignore a `__Host-` cookie that is not secure, its deletion included.
        response.delete_cookie(name, secure=self._guard.is_https, httponly=True)

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            httponly=True,
            samesite="lax",
            secure=self._guard.is_https,
        )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
