"""What is answered when a page cannot be shown: a page for people, JSON for programs."""

from typing import NamedTuple

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from shared import db
from shared.errors import WaitingForRecoveryError
from shared.logs import log
from shared.webui import HERE, SECURITY_HEADERS, Pages
from shared.webui.unreadable import unreadable_response

RETRY_SECONDS = 5
PAGES = Pages(HERE / "templates")


class Words(NamedTuple):
    """What happened, and what to do next."""

    title: str
    next_step: str


UNKNOWN = Words(
    "There is no page at this address",
    "Please check that you opened the whole link, or go back to the message it came in.",
)
UNREADABLE = Words(
    "We could not read what was sent",
    "Nothing was changed. Please go back, open the page again and choose once more.",
)
AWAY = Words(
    "We cannot look this up right now",
    "Please try again in a minute. If you have just pressed a button, open the page again first: "
    "it shows whether that was saved.",
)
RESTORED = Words(
    "We cannot show this right now",
    "Our records are being restored, and we show nothing that may be out of date. Please try again "
    "in a few minutes. If somebody is in danger, call 911 or 988.",
)
BROKEN = Words(
    "Something went wrong on our side",
    "It is noted and not your mistake. Please try again in a minute. If you have just pressed a "
    "button, open the page again first: it shows whether that was saved.",
)
WORDS = {
    401: Words(
        "Please sign in first", "This address is for programs of clinics that send their key."
    ),
    403: Words(
        "This is not open to you", "Please ask whoever sent you the link, or your supervisor."
    ),
    404: UNKNOWN,
    405: Words(
        "This page cannot be opened this way",
        "Please go back to the page before and use its buttons.",
    ),
    422: UNREADABLE,
    500: BROKEN,
    503: AWAY,
}


def add_problems(app: FastAPI) -> None:
    """People get a page with a way on; programs get what they got before, and 503 for outages."""
    app.exception_handler(HTTPException)(_not_so)
    app.exception_handler(RequestValidationError)(_not_read)
    app.exception_handler(Exception)(_broken)
    app.exception_handler(WaitingForRecoveryError)(_restored)
    for outage in db.OUTAGES:
        app.exception_handler(outage)(_away)


def is_person(request: Request) -> bool:
    """Whether a browser asks; programs do not ask for HTML."""
    return "text/html" in request.headers.get("accept", "")


async def _not_so(request: Request, error: HTTPException) -> Response:
    if is_person(request):
        return _page(request, error.status_code)
    return await http_exception_handler(request, error)


async def _not_read(request: Request, error: RequestValidationError) -> Response:
    """An address whose parts have a wrong form leads nowhere; a form is another matter."""
    if is_person(request):
        wrong_address = all(found["loc"][:1] == ("path",) for found in error.errors())
        return _page(request, 404 if wrong_address else 422)
    return unreadable_response(error)


async def _away(request: Request, error: Exception) -> Response:
    """The database is away: nothing was promised, and trying again is right.

    The address is not logged, because the one of an offer opens it.
    """
    log.warning("request_met_outage", exc_info=error)
    again = {"Retry-After": str(RETRY_SECONDS)}
    if is_person(request):
        return _page(request, 503, again)
    words = "We cannot look this up right now. Send the same request again in a few seconds."
    return JSONResponse({"code": "unavailable", "message": words}, 503, again)


async def _restored(request: Request, error: Exception) -> Response:
    """What the database says may be out of date: neither shown nor acted upon."""
    again = {"Retry-After": str(60)}
    if is_person(request):
        return _page(request, 503, again, words=RESTORED)
    return JSONResponse({"code": "restoring", "message": RESTORED.next_step}, 503, again)


async def _broken(request: Request, error: Exception) -> Response:
    """A bug; the server logs it. Its answer passes by what adds the headers to all others."""
    safe = {name.decode(): value.decode() for name, value in SECURITY_HEADERS}
    if is_person(request):
        return _page(request, 500, safe)
    words = "Something went wrong on our side. Send the same request again later."
    return JSONResponse({"code": "internal", "message": words}, 500, safe)


def _page(
    request: Request,
    status: int,
    headers: dict[str, str] | None = None,
    *,
    words: Words | None = None,
) -> HTMLResponse:
    words = words or WORDS.get(status, UNREADABLE if status < 500 else BROKEN)
    values = {"words": words, "again": request.method == "GET" and status >= 500}
    shown = PAGES.show(request, "problem.html", values, status=status)
    shown.headers.update(headers or {})
    return shown
