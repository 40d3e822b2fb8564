"""The parts of Twilio's REST API for texts that the official client uses."""

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from itertools import islice
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.simulator.connection import cut
from deploy.simulator.faults import Fault, Treatment
from deploy.simulator.messages import Message
from deploy.simulator.settings import HTTP_URL, PHONE_NUMBER
from deploy.simulator.simulator import Simulator, simulator_of
from deploy.simulator.twilio_format import (
    VERSION,
    ApiError,
    Json,
    Paging,
    as_page,
    as_resource,
    messages_path,
    not_found,
    refusal,
)

LONGEST_BODY = 1600
LARGEST_PAGE = 1000
_PHONE_NUMBER = re.compile(PHONE_NUMBER)
_URL = re.compile(HTTP_URL)
_NORTH_AMERICA = re.compile(r"\+1[2-9]\d{9}")


@dataclass(frozen=True, slots=True)
class Send:
    """A text as the caller asks for it."""

    to: str
    body: str
    status_callback: str


def _answer(content: Json, status: int = 200) -> Response:
    return Response(json.dumps(content), status, media_type="application/json")


def _error(error: ApiError) -> Response:
    headers = {"Retry-After": "1"} if error.http_status == 429 else None
    return Response(
        json.dumps(error.body()), error.http_status, headers, media_type="application/json"
    )


def _broken() -> Response:
    return _error(ApiError(500, 20500, "An internal server error has occurred"))


def _check_caller(request: Request, simulator: Simulator) -> None:
    account = simulator.settings.account_sid
    secret = b64encode(f"{account}:{simulator.auth_token}".encode()).decode()
    given = request.headers.get("authorization", "")
    if not compare_digest(given.encode(), f"Basic {secret}".encode()):
        raise refusal(20003)
    if request.path_params["account_sid"] != account:
        raise not_found(request.scope["path"])


def is_phone_number(number: str) -> bool:
    """Whether a text can be sent there: E.164, and a valid shape in North America."""
    if number.startswith("+1"):
        return _NORTH_AMERICA.fullmatch(number) is not None
    return _PHONE_NUMBER.fullmatch(number) is not None


def read_send(form: dict[str, str], *, sender: str) -> Send:
    """What the form asks for. Raises ApiError with Twilio's code when it cannot be sent."""
    to, body = form.get("To", ""), form.get("Body", "")
    callback = form.get("StatusCallback", "")
    problems = (
        (not to, 21604),
        (not form.get("From"), 21603),
        (not body, 21602),
        (not is_phone_number(to), 21211),
        (form.get("From") != sender, 21606),
        (len(body) > LONGEST_BODY, 21617),
        (callback and not _URL.fullmatch(callback), 21609),
    )
    for wrong, code in problems:
        if wrong:
            raise refusal(code, to=to)
    return Send(to, body, callback)


async def create(request: Request) -> Response:
    """Take a text and start it on its way, unless it is refused or a fault comes in between."""
    simulator = simulator_of(request)
    try:
        _check_caller(request, simulator)
        raw = (await request.body()).decode("utf-8", "replace")
        form = dict(parse_qsl(raw, keep_blank_values=True))
        send = read_send(form, sender=simulator.settings.sms_sender)
        if simulator.network.blocks(send.to):
            raise refusal(21610, to=send.to)
        treatment = simulator.faults.draw(send.to)
        if refused := treatment.get(Fault.REFUSE):
            raise refusal(refused.code or 21211, to=send.to)
    except ApiError as error:
        return _error(error)
    if slow := treatment.get(Fault.DELAY_ANSWER):
        await asyncio.sleep(slow.seconds)
    if Fault.DROP_BEFORE_ACCEPTING in treatment:
        return await cut(request)
    if Fault.ERROR_BEFORE_STORING in treatment:
        return _broken()
    return await _accept(request, simulator, send, treatment)


async def _accept(
    request: Request, simulator: Simulator, send: Send, treatment: Treatment
) -> Response:
    message = simulator.network.accept(
        send.to, send.body, simulator.plan(treatment), status_callback=send.status_callback
    )
    if silent := treatment.get(Fault.TIMEOUT_AFTER_ACCEPTING):
        await asyncio.sleep(silent.seconds)
        return await cut(request)
    if Fault.ERROR_AFTER_STORING in treatment:
        return _broken()
    return _answer(as_resource(message, simulator.settings.account_sid), 201)


async def fetch(request: Request) -> Response:
    """One text by its sid."""
    simulator = simulator_of(request)
    try:
        _check_caller(request, simulator)
        message = simulator.messages.get(request.path_params["sid"])
        if message is None:
            raise not_found(request.scope["path"])
    except ApiError as error:
        return _error(error)
    return _answer(as_resource(message, simulator.settings.account_sid))


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


@dataclass(frozen=True, slots=True)
class Filter:
    """Which texts a list asks for. Days and moments are UTC; both bounds are included."""

    to: str | None = None
    sender: str | None = None
    not_before: datetime | None = None
    not_after: datetime | None = None

    def takes(self, message: Message) -> bool:
        """Whether the text belongs in the list; one not sent yet counts from its creation."""
        at = (message.sent_at or message.created_at).replace(microsecond=0)
        return (
            self.to in (None, message.to)
            and self.sender in (None, message.sender)
            and (self.not_before is None or at >= self.not_before)
            and (self.not_after is None or at <= self.not_after)
        )


def read_filter(asked: dict[str, str]) -> Filter:
    """The filter in the query. Raises ValueError for a date that is none."""
    not_before = _moment(asked["DateSent>"]) if "DateSent>" in asked else None
    not_after = _moment(asked["DateSent<"]) if "DateSent<" in asked else None
    if "DateSent" in asked:
        not_before = not_after = _moment(asked["DateSent"])
        if not_before == not_before.replace(hour=0, minute=0, second=0):
            not_after = not_before + timedelta(days=1, seconds=-1)
    return Filter(asked.get("To"), asked.get("From"), not_before, not_after)


def _matching(simulator: Simulator, wanted: Filter) -> Iterator[Message]:
    others = {wanted.to, wanted.sender} - {None, simulator.settings.sms_sender}
    phone = others.pop() if others else None
    return filter(wanted.takes, simulator.messages.newest_first(phone=phone))


def _after(messages: Iterator[Message], sid: str | None) -> Iterator[Message]:
    if sid is not None:
        next((message for message in messages if message.sid == sid), None)
    return messages


async def listing(request: Request) -> Response:
    """Texts, newest first, in pages that do not shift when new ones arrive."""
    simulator = simulator_of(request)
    asked = dict(request.query_params)
    try:
        _check_caller(request, simulator)
        size = min(max(int(asked.pop("PageSize", "50")), 1), LARGEST_PAGE)
        token = asked.pop("PageToken", "").removeprefix("PA") or None
        paging = Paging(size, int(asked.pop("Page", "0")), token)
        wanted = read_filter(asked)
    except ApiError as error:
        return _error(error)
    except ValueError:
        return _error(ApiError(400, 20001, "A parameter of the list is not valid"))
    found = list(islice(_after(_matching(simulator, wanted), paging.after), size + 1))
    account = simulator.settings.account_sid
    return _answer(as_page(found[:size], account, paging, more=len(found) > size, asked=asked))


def routes() -> list[Route]:
    """The API's routes, plain ones: texts arrive in bursts of thousands."""
    collection = messages_path("{account_sid}")
    single = f"/{VERSION}/Accounts/{{account_sid}}/Messages/{{sid}}.json"
    return [
        Route(collection, create, methods=["POST"]),
        Route(collection, listing, methods=["GET"]),
        Route(single, fetch, methods=["GET"]),
    ]
