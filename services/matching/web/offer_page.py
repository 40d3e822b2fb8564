"""The coach's page for one offer: GET shows, POST answers. Opening a link never answers it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.matching.actions.ask_next_coach import OfferContext
from services.matching.actions.coach_sign_in import ask_for_coach_link
from services.matching.on.coach_answered import coach_answered
from services.matching.on.contact_given_up import contact_given_up
from services.matching.on.contact_logged import contact_logged
from services.matching.on.support_ended import support_ended
from services.matching.on.support_paused import support_paused
from services.matching.rules.answer import Accepted, AlreadyAnswered, DeclineReason, Reply, TooLate
from services.matching.rules.pausing import paused_until
from services.matching.settings import Settings
from services.matching.store import offers
from services.matching.store.offers import Offer
from services.matching.web.coach_guard import CoachGuard, hash_of
from services.matching.web.offer_answer import OfferAnswer, query_of, unknown_link
from services.matching.web.offer_view import audit_view, load_view
from services.matching.web.unread_news import UnreadNews
from shared import signed_cookies
from shared.errors import NewsWaitsError
from shared.events import Answer, ContactChannel, ContactOutcome, PauseReason
from shared.ids import new_secret
from shared.offer_link import has_code_shape
from shared.service import Core
from shared.settings import key_of
from shared.signin import link as links
from shared.transaction import Transaction
from shared.webui.guess_limit import GuessedAt, GuessLimit

COOKIE = "assignment"
PRESSED_TWICE = timedelta(minutes=2)
"""A yes that comes again so soon is the same device, whose first answer got lost on the way."""

Lang = Annotated[str, Query(alias="lang", max_length=35)]
"""The language that the coach chose on the page; without one it is that of the roster."""

Act: TypeAlias = Callable[..., Awaitable[bool]]
"""What a button of the page of an assignment does; False where that is not possible now."""


class OfferPage:
    """The addresses behind an offer's link."""

    def __init__(self, core: Core[Settings], guard: CoachGuard, context: OfferContext) -> None:
        self._core, self._guard, self._context = core, guard, context
        self._key = key_of(core.settings.session_key)
        self._guesses = GuessLimit(GuessedAt.OFFER_LINK)
        gate = [Depends(core.history.refuse_while_behind), Depends(UnreadNews(core).refuse)]
        self.router = APIRouter(include_in_schema=False, dependencies=gate)
        add = self.router.add_api_route
        add("/o/{code}", self.show, methods=["GET"])
        add("/o/{code}", self.answer, methods=["POST"])
        add("/o/{code}/contact", self.log_contact, methods=["POST"])
        add("/o/{code}/sign-in", self.ask_for_link, methods=["POST"])
        add("/o/{code}/pause", self.pause, methods=["POST"])
        add("/o/{code}/resume", self.resume, methods=["POST"])
        add("/o/{code}/give-up", self.give_up, methods=["POST"])
        add("/o/{code}/end", self.end_support, methods=["POST"])

    async def show(
        self, request: Request, code: str, lang: Lang = "", saved: Annotated[str, Query()] = ""
    ) -> Response:
        """What the coach may see now."""
        async with self._core.database.transaction(actor="coach:link") as tx:
            offer = await self._find(tx, request, code)
            if offer is None:
                return unknown_link(request)
            tx.actor = f"coach:{offer.coach_id}"
            await offers.mark_seen(tx.connection, offer.offer_id, at=tx.now)
            said = OfferAnswer(request, code, lang, saved=bool(saved))
            return await self._shown(tx, offer, said)

    async def answer(
        self,
        request: Request,
        code: str,
        answer: Annotated[Answer, Form()],
        reason: Annotated[DeclineReason, Form()] = DeclineReason.PREFER_NOT_TO_SAY,
        lang: Lang = "",
    ) -> Response:
        """The coach's yes or not this time."""
        try:
            async with self._core.database.transaction(actor="coach:link") as tx:
                offer = await self._find(tx, request, code)
                if offer is None:
                    return unknown_link(request)
                tx.actor = f"coach:{offer.coach_id}"
                reply = Reply(offer.coach_id, answer, reason)
                judgement = await coach_answered(tx, offer.offer_id, reply, self._context)
                if isinstance(judgement, TooLate):
                    said = OfferAnswer(
                        request, code, lang, status=HTTPStatus.CONFLICT, refused=judgement.why
                    )
                    return await self._shown(tx, await self._again(tx, code, offer), said)
                moment = offer.answered_at or tx.now
                again = judgement == AlreadyAnswered("accept") and tx.now - moment < PRESSED_TWICE
        except NewsWaitsError:
            return await self._news_waits(request, code, lang)
        accepted = isinstance(judgement, Accepted) or again
        return self._back(code, offer.offer_id if accepted else None, lang)

    async def log_contact(
        self,
        request: Request,
        code: str,
        channel: Annotated[ContactChannel, Form()],
        outcome: Annotated[ContactOutcome, Form()],
        lang: Lang = "",
    ) -> Response:
        """The coach tried to reach the person, or did."""
        act = partial(contact_logged, channel=channel, outcome=outcome)
        return await self._act(request, code, lang, act, saved=True)

    async def ask_for_link(self, request: Request, code: str, lang: Lang = "") -> Response:
        """Send the coach a link to the phone or mailbox that we know, for this browser."""
        # Who asks twice may use either link: both were asked for in this browser.
        secret = self._guard.asked_with(request) or new_secret()
        async with self._core.database.transaction(actor="coach:link") as tx:
            offer = await self._find(tx, request, code)
            if offer is None:
                return unknown_link(request)
            await ask_for_coach_link(tx, offer, hash_of(secret))
            said = OfferAnswer(request, code, lang, link_sent=True)
            response = await self._shown(tx, offer, said)
        self._guard.remember_asking(response, secret, int(links.LASTS.total_seconds()))
        return response

    async def pause(
        self,
        request: Request,
        code: str,
        reason: Annotated[PauseReason, Form()],
        days: Annotated[int, Form()],
        lang: Lang = "",
    ) -> Response:
        """Support waits until a day on which the coach says how it goes on."""
        until = paused_until(days, now=self._core.clock.now())
        if until is None:
            return unknown_link(request)
        act = partial(support_paused, paused=(reason, until))
        return await self._act(request, code, lang, act)

    async def resume(self, request: Request, code: str, lang: Lang = "") -> Response:
        """Support goes on."""
        return await self._act(request, code, lang, partial(support_paused, paused=None))

    async def give_up(self, request: Request, code: str, lang: Lang = "") -> Response:
        """The coach says that the person cannot be reached."""
        return await self._act(request, code, lang, contact_given_up)

    async def end_support(
        self,
        request: Request,
        code: str,
        outcome: Annotated[str, Form(max_length=32)],
        lang: Lang = "",
    ) -> Response:
        """The coach says that support is over, and how it ended."""
        return await self._act(request, code, lang, partial(support_ended, outcome=outcome))

    async def _act(
        self, request: Request, code: str, lang: str, act: Act, *, saved: bool = False
    ) -> Response:
        """Do it on the device that said yes, and show the page as it then is."""
        async with self._core.database.transaction(actor="coach:link") as tx:
            offer = await self._find(tx, request, code)
            if offer is None or not await self._is_theirs(tx, request, offer):
                return unknown_link(request)
            tx.actor = f"coach:{offer.coach_id}"
            if not await act(tx, offer, roster=self._context.roster):
                said = OfferAnswer(request, code, lang, status=HTTPStatus.CONFLICT)
                return await self._shown(tx, await self._again(tx, code, offer), said)
        return RedirectResponse(f"/o/{code}{query_of(lang, saved=saved)}", HTTPStatus.SEE_OTHER)

    async def _find(self, tx: Transaction, request: Request, code: str) -> Offer | None:
        """The offer behind the link; a client that has opened too many wrong ones is refused."""
        self._guesses.refuse_guessers(request)
        found = await offers.find_by_code(tx.connection, code) if has_code_shape(code) else None
        if found is None:
            self._guesses.was_wrong(request)
        return found

    async def _again(self, tx: Transaction, code: str, before: Offer) -> Offer:
        """The offer as it stands after what was done, which waited for others."""
        return await offers.find_by_code(tx.connection, code) or before

    async def _shown(self, tx: Transaction, offer: Offer, said: OfferAnswer) -> Response:
        here = await self._is_theirs(tx, said.request, offer)
        view = await load_view(
            tx, offer, self._core.vault, self._context.roster, accepted_here=here
        )
        if view is None:
            return unknown_link(said.request)
        audit_view(tx, view)
        return said.page(view, self._core.settings.county_names, now=tx.now)

    async def _news_waits(self, request: Request, code: str, lang: str) -> Response:
        """The yes was not taken; the page says why. Its transaction is over and undone."""
        async with self._core.database.transaction(actor="coach:link") as tx:
            offer = await self._find(tx, request, code)
            if offer is None:
                return unknown_link(request)
            said = OfferAnswer(request, code, lang, status=HTTPStatus.SERVICE_UNAVAILABLE)
            return await self._shown(tx, offer, said)

    async def _is_theirs(self, tx: Transaction, request: Request, offer: Offer) -> bool:
        """Whether this browser is the coach's: it said yes lately, or they are signed in on it."""
        if self._accepted_here(request, offer.offer_id, now=tx.now):
            return True
        return await self._guard.who(tx, request) == offer.coach_id

    def _accepted_here(self, request: Request, offer_id: UUID, *, now: datetime) -> bool:
        """Whether this device is the one that accepted, within the last twelve hours."""
        cookie = request.cookies.get(self._cookie_name(offer_id))
        return signed_cookies.read(self._key, cookie, now=now) == str(offer_id)

    def _cookie_name(self, offer_id: UUID) -> str:
        """One cookie per offer: who supports two people sees both.

        With TLS the prefix makes browsers bind it to this very host.
        """
        name = f"{COOKIE}-{offer_id}"
        return f"__Host-{name}" if self._is_https else name

    @property
    def _is_https(self) -> bool:
        return self._core.settings.public_url.startswith("https")

    def _back(self, code: str, accepted: UUID | None, lang: str) -> Response:
        """See the page again; the device that accepted is known, others read 'taken'."""
        response = RedirectResponse(f"/o/{code}{query_of(lang)}", HTTPStatus.SEE_OTHER)
        if accepted is None:
            return response
        until = self._core.clock.now() + signed_cookies.LONGEST
        response.set_cookie(
            self._cookie_name(accepted),
            signed_cookies.make(self._key, str(accepted), expires_at=until),
            max_age=int(signed_cookies.LONGEST.total_seconds()),
            httponly=True,
            samesite="lax",
            path="/" if self._is_https else f"/o/{code}",
            secure=self._is_https,
        )
        return response
