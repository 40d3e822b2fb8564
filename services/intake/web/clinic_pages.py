"""What clinic staff see in a browser: sign in, the list, and one referral's status."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from services.intake.actions.who import Who
from services.intake.rules.closures import Told
from services.intake.rules.states import TERMINAL, IllegalTransitionError
from services.intake.store import clinics
from services.intake.web.access import SESSION_LENGTH, Access
from services.intake.web.clinic_requests import (
    MAX_SEARCHED,
    ClinicRequests,
    NobodyNamedError,
    UnknownReferralError,
)
from shared.webui import Pages

PAGES = Pages(Path(__file__).parent / "templates")
WAIT_FOR_CLINIC = frozenset({"needs_info", "consent_pending", "safety_hold"})
MAX_LISTED = 100
MAX_WORDS = 64

MOVED_ON = "That is no longer possible: the referral has moved on. See below."
NOBODY_NAMED = "Say who has looked: a hold is released in somebody's name."
STATUS_OF = {MOVED_ON: 409, NOBODY_NAMED: 400}


class ClinicPages:
    """The pages. Without a sign-in every address leads to the sign-in page."""

    def __init__(self, requests: ClinicRequests, access: Access) -> None:
        self._requests, self._access = requests, access
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/", self.home, methods=["GET"])
        add("/sign-in", self.sign_in_page, methods=["GET"])
        add("/sign-in", self.sign_in, methods=["POST"])
        add("/sign-out", self.sign_out, methods=["POST"])
        add("/referrals", self.latest, methods=["GET"])
        add("/referrals", self.find, methods=["POST"])
        add("/referrals/{referral_id}", self.one, methods=["GET"])
        add("/referrals/{referral_id}/withdraw", self.withdraw, methods=["POST"])
        add("/referrals/{referral_id}/revoke-consent", self.revoke, methods=["POST"])
        add("/referrals/{referral_id}/end", self.end, methods=["POST"])
        add("/referrals/{referral_id}/acknowledge-hold", self.acknowledge, methods=["POST"])

    async def home(self) -> Response:
        return RedirectResponse("/referrals", 303)

    async def sign_in_page(self, request: Request, next: str = "/referrals") -> Response:
        return PAGES.show(request, "sign_in.html", {"next": _local(next), "error": None})

    async def sign_in(
        self,
        request: Request,
        api_key: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "/referrals",
    ) -> Response:
        clinic_id = await self._access.by_sign_in(request, api_key)
        if clinic_id is None:
            error = "We do not know this key. Check that you copied all of it, including the dot."
            values = {"next": _local(next), "error": error}
            return PAGES.show(request, "sign_in.html", values, status=401)
        response = RedirectResponse(_local(next), 303)
        response.set_cookie(
            self._access.cookie_name,
            await self._access.sign_in(clinic_id),
            max_age=int(SESSION_LENGTH.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=self._access.is_https,
        )
        return response

    async def sign_out(self, request: Request) -> Response:
        await self._access.sign_out(request)
        response = RedirectResponse("/sign-in", 303)
        # Browsers ignore a `__Host-` cookie that is not secure, its deletion included.
        response.delete_cookie(
            self._access.cookie_name, secure=self._access.is_https, httponly=True
        )
        return response

    async def latest(self, request: Request) -> Response:
        return await self._list(request, "")

    async def find(
        self, request: Request, words: Annotated[str, Form(max_length=MAX_WORDS)] = ""
    ) -> Response:
        """A name is posted: an address stays in histories and in the logs of proxies."""
        return await self._list(request, words.strip())

    async def _list(self, request: Request, words: str) -> Response:
        clinic_id = await self._access.by_cookie(request)
        if clinic_id is None:
            return self._to_sign_in(request)
        listed = await self._requests.list_for_page(clinic_id, most=MAX_LISTED, words=words)
        values = {
            "groups": _grouped(listed),
            "cut_off": len(listed) == MAX_LISTED,
            "words": words,
            "searched": MAX_SEARCHED,
        }
        return await self._show(request, clinic_id, "referrals.html", values)

    async def one(self, request: Request, referral_id: UUID) -> Response:
        clinic_id = await self._access.by_cookie(request)
        if clinic_id is None:
            return self._to_sign_in(request)
        return await self._status_page(request, clinic_id, referral_id, None)

    async def withdraw(self, request: Request, referral_id: UUID) -> Response:
        withdraw = self._requests.withdraw
        act = partial(withdraw, referral_id=referral_id, reason="clinic-request")
        return await self._act(request, referral_id, act)

    async def revoke(self, request: Request, referral_id: UUID) -> Response:
        act = partial(self._requests.revoke, referral_id=referral_id)
        return await self._act(request, referral_id, act)

    async def end(
        self, request: Request, referral_id: UUID, reason: Annotated[Told, Form()]
    ) -> Response:
        act = partial(self._requests.end, referral_id=referral_id, told=reason)
        return await self._act(request, referral_id, act)

    async def acknowledge(
        self,
        request: Request,
        referral_id: UUID,
        name: Annotated[str, Form(max_length=128)] = "",
    ) -> Response:
        act = partial(self._requests.acknowledge, referral_id=referral_id, by_name=name)
        return await self._act(request, referral_id, act)

    async def _act(
        self, request: Request, referral_id: UUID, act: Callable[[UUID], Awaitable[None]]
    ) -> Response:
        """Do it for the clinic that is signed in, and show the referral as it then stands."""
        clinic_id = await self._access.by_cookie(request)
        if clinic_id is None:
            return self._to_sign_in(request, f"/referrals/{referral_id}")
        try:
            await act(clinic_id)
        except UnknownReferralError:
            return self._unknown(request)
        except NobodyNamedError:
            return await self._status_page(request, clinic_id, referral_id, NOBODY_NAMED)
        except IllegalTransitionError:
            return await self._status_page(request, clinic_id, referral_id, MOVED_ON)
        return RedirectResponse(f"/referrals/{referral_id}", 303)

    async def _status_page(
        self, request: Request, clinic_id: UUID, referral_id: UUID, error: str | None
    ) -> Response:
        try:
            referral, who = await self._requests.show_on_page(clinic_id, referral_id)
        except UnknownReferralError:
            return self._unknown(request)
        over = referral["state"] in TERMINAL
        values = {"referral": referral, "who": who, "error": error, "over": over}
        return await self._show(
            request, clinic_id, "referral.html", values, status=STATUS_OF.get(error or "", 200)
        )

    async def _show(
        self,
        request: Request,
        clinic_id: UUID,
        name: str,
        values: dict[str, Any],
        *,
        status: int = 200,
    ) -> Response:
        async with self._requests.core.database.transaction() as tx:
            clinic = await clinics.find(tx.connection, clinic_id)
            now = tx.now
        zone = ZoneInfo(clinic["zone"] if clinic else "UTC")

        def clock(text: str | None) -> str:
            """Clock time of the clinic; the year only when it is another one."""
            if text is None:
                return ""
            at = datetime.fromisoformat(text).astimezone(zone)
            year = "" if at.year == now.astimezone(zone).year else f" {at.year}"
            return f"{at:%a, %b %-d}{year}, {at:%-I:%M\u00a0%p\u00a0%Z}"

        return PAGES.show(request, name, {**values, "clock": clock}, status=status)

    def _to_sign_in(self, request: Request, back_to: str | None = None) -> Response:
        """Sign in, then go on. A button is not pressed again by that: its page is shown."""
        return RedirectResponse(f"/sign-in?next={back_to or request.scope['path']}", 303)

    def _unknown(self, request: Request) -> Response:
        return PAGES.show(request, "referral_unknown.html", {}, status=404)


Listed = tuple[dict[str, Any], Who]


def _grouped(listed: Sequence[Listed]) -> list[tuple[str, list[Listed]]]:
    """What waits for the clinic first, what goes on by itself, and what is over."""
    groups: dict[str, list[Listed]] = {"To do": [], "In progress": [], "Closed": []}
    for referral, who in listed:
        over = referral["state"] in TERMINAL
        todo = referral["state"] in WAIT_FOR_CLINIC
        groups["Closed" if over else "To do" if todo else "In progress"].append((referral, who))
    return [(title, members) for title, members in groups.items() if members]


def _local(path: str) -> str:
    """Only an address of our own: a link must not lead a signed-in clinic elsewhere."""
    local = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if local else "/referrals"
