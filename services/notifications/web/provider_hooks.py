"""What the text provider calls: receipts, and texts from people. Answered only after the commit."""

from typing import Annotated
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from services.notifications.actions.address_book import AddressBook
from services.notifications.on.receipt_arrived import receipt_arrived
from services.notifications.on.text_received import InboundResult, InboundText, text_received
from services.notifications.rules.compose import Values, compose
from services.notifications.rules.follows import Who
from services.notifications.rules.formats import Language
from services.notifications.rules.kinds import Kind
from services.notifications.rules.wording import Wording
from services.notifications.settings import Settings
from shared import metrics
from shared.events import Channel
from shared.logs import log
from shared.service import Core
from shared.webui.body_limits import allow_body

MAX_BYTES = 32 * 1024
MAX_FIELDS = 100
MAX_ID = 64
"""Characters of an id or a number of the provider."""
MAX_DIGITS = 9
MAX_EPOCH = 2**31 - 1


class ProviderHooks:
    """Two addresses. A forged signature is refused before anything is read into the database."""

    def __init__(self, core: Core[Settings], book: AddressBook, wording: Wording) -> None:
        self._core, self._book = core, book
        self._wording = wording
        token = core.settings.twilio_auth_token.get_secret_value()
        self._validator = RequestValidator(token)
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/twilio/inbound", self.inbound, methods=["POST"])
        add("/twilio/status/{message_id}/{epoch}", self.status, methods=["POST"])

    async def inbound(self, request: Request) -> Response:
        """A text from a person or a coach."""
        form = await self._signed(request)
        if form is None:
            return _refused()
        text = InboundText(form.get("MessageSid", ""), form.get("From", ""), form.get("Body", ""))
        if not _is_plain(text.provider_id) or not _is_plain(text.sender):
            return JSONResponse({"code": "incomplete", "message": "MessageSid and From."}, 400)
        async with self._core.database.transaction() as tx:
            result = await text_received(tx, text, self._book)
        return self._answer(text, result)

    def _answer(self, text: InboundText, result: InboundResult) -> Response:
        """Nothing, as a rule: answers are messages. A stranger is answered here.

        Nobody's number is kept for that, and a second hand-over is answered again: rather twice
        than never. The provider shows the human who wrote, under the id that is logged.
        """
        if result.crisis and result.first_time:
            metrics.CRISIS_TEXTS.labels(result.writer).inc()
        if result.crisis and result.writer is Who.STRANGER:
            log.warning("crisis_text_from_a_stranger", provider_id=text.provider_id)
        response = MessagingResponse()
        for kind in result.replies:
            for words in self._in_every_language(kind, first=result.language):
                response.message(words)
        return Response(str(response), media_type="text/xml")

    def _in_every_language(self, kind: Kind, *, first: Language | None) -> list[str]:
        """For somebody of whom nothing is known: the language of their text, then the others."""
        values = Values(phone=self._core.settings.team_phone)
        return [
            compose(self._wording, kind, Channel.SMS, language, values).body
            for language in sorted(Language, key=lambda one: one is not first)
        ]

    async def status(
        self, request: Request, message_id: UUID, epoch: Annotated[int, Path(ge=0, le=MAX_EPOCH)]
    ) -> Response:
        """How far one of our texts got."""
        form = await self._signed(request)
        if form is None:
            return _refused()
        to = form.get("To", "")
        async with self._core.database.transaction() as tx:
            known = await receipt_arrived(
                tx,
                message_id,
                status=form.get("MessageStatus", ""),
                provider_id=form.get("MessageSid", ""),
                code=_error_code(form.get("ErrorCode", "")),
                phone_hash=self._book.hash_of(to) if to else None,
            )
        return Response(status_code=204 if known else 404)

    async def _signed(self, request: Request) -> dict[str, str] | None:
        """The form, when its signature over our *configured* address is right."""
        form = await _form(request)
        if form is None:
            log.warning("webhook_unreadable", path=request.scope["route"].path)
            return None
        url = self._core.settings.public_url + request.scope["path"]
        signature = request.headers.get("x-twilio-signature", "")
        if not self._validator.validate(url, form, signature):
            log.warning("forged_webhook", path=request.scope["route"].path)
            return None
        # PostgreSQL keeps no NUL in a text.
        return {name: value.replace("\0", "") for name, value in form.items()}


async def _form(request: Request) -> dict[str, str] | None:
    """The fields of a form; None when it is no form. Raises BodyTooLargeError."""
    allow_body(request, MAX_BYTES)
    try:
        fields = parse_qsl(
            (await request.body()).decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS
        )
    except ValueError:
        return None
    return dict(fields)


def _error_code(text: str) -> int | None:
    """The provider's code, or None when there is none that we could know."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else None


def _is_plain(text: str) -> bool:
    return 0 < len(text) <= MAX_ID and text.isprintable()


def _refused() -> Response:
    return JSONResponse({"code": "signature_wrong", "message": "The signature is wrong."}, 403)
