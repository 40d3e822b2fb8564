"""What to answer when a page cannot be shown: a page for people, JSON for programs."""

from typing import NamedTuple

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shared import db
from shared.errors import NewsWaitsError, WaitingForRecoveryError
from shared.logs import log
from shared.webui import HERE, SECURITY_HEADERS, Pages
from shared.webui.body_limits import BodyTooLargeError
from shared.webui.guess_limit import TooManyGuessesError
from shared.webui.unreadable import unreadable_response

RETRY_SECONDS = 5
PAGES = Pages(HERE / "templates")


class Words(NamedTuple):
    """What happened, and what to do next."""

    title: str
    next_step: str


UNKNOWN = Words(
    "There is no page at this address",
    "Please check that you opened the whole link, or go back to the message that it came in.",
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
NEWS_WAITS = Words(
    "We are still catching up with news about this",
    "Nothing was changed. Please open the page again in a few minutes, or call the person who "
    "asked you.",
)
BROKEN = Words(
    "Something went wrong on our side",
    "It is not your mistake, and we have a record of it. Please try again in a minute. If you "
    "have just pressed a button, open the page again first: it shows whether that was saved.",
)
WORDS = {
    401: Words("Please sign in first", "This address is for clinics' programs, which send a key."),
    403: Words(
        "This is not open to you",
        "Please ask the person who sent you the link, or your supervisor.",
    ),
    404: UNKNOWN,
    405: Words(
        "This page cannot be opened this way",
        "Please go back to the previous page and use its buttons.",
    ),
    413: Words(
        "This is more than we can take",
        "Nothing was changed. Please go back, and send less at once.",
    ),
    422: UNREADABLE,
    429: Words(
        "Please wait a minute",
        "Too many keys or links that we do not know were tried from your network. Wait a minute, "
        "then open the page again and check that you copy all of the key or the link.",
    ),
    500: BROKEN,
    503: AWAY,
}


def add_problems(app: FastAPI) -> None:
    """Answer people with a page and a next step, programs with JSON, and outages with 503."""
    app.exception_handler(HTTPException)(_not_so)
    app.exception_handler(RequestValidationError)(_not_read)
    app.exception_handler(Exception)(_broken)
    app.exception_handler(WaitingForRecoveryError)(_restored)
    app.exception_handler(NewsWaitsError)(_news_waits)
    app.exception_handler(TooManyGuessesError)(_too_many_guesses)
    app.exception_handler(BodyTooLargeError)(_too_large)
    app.exception_handler(ClientDisconnect)(_gone)
    for outage in db.OUTAGES:
        app.exception_handler(outage)(_away)


def refusal(request: Request, status: int, code: str, words: Words) -> Response:
    """The answer to something that is not done, in the format that was asked for."""
    if is_person(request):
        return _page(request, status, words=words)
    return JSONResponse({"code": code, "message": f"{words.title}. {words.next_step}"}, status)


def is_person(request: Request) -> bool:
    """Whether a browser asks; programs do not ask for HTML."""
    return "text/html" in request.headers.get("accept", "")


async def _not_so(request: Request, error: HTTPException) -> Response:
    if is_person(request):
        return _page(request, error.status_code)
    return await http_exception_handler(request, error)


async def _not_read(request: Request, error: RequestValidationError) -> Response:
    """A malformed address is a page that does not exist; a malformed form is unreadable input."""
    if is_person(request):
        wrong_address = all(found["loc"][:1] == ("path",) for found in error.errors())
        return _page(request, 404 if wrong_address else 422)
    return unreadable_response(error)


async def _away(request: Request, error: Exception) -> Response:
    """The database is away: nothing was promised, and trying again is right.

    The address is not logged, because an offer's address opens the offer.
    """
    log.warning("request_met_outage", exc_info=error)
    again = {"Retry-After": str(RETRY_SECONDS)}
    if is_person(request):
        return _page(request, 503, again)
    words = "We cannot look this up right now. Send the same request again in a few seconds."
    return JSONResponse({"code": "unavailable", "message": words}, 503, again)


async def _restored(request: Request, error: Exception) -> Response:
    """The database may be out of date, so its content is neither shown nor acted upon."""
    again = {"Retry-After": str(60)}
    if is_person(request):
        return _page(request, 503, again, words=RESTORED)
    return JSONResponse({"code": "restoring", "message": RESTORED.next_step}, 503, again)


async def _news_waits(request: Request, error: Exception) -> Response:
    """An event that came before this request is not applied yet, and may forbid it."""
    again = {"Retry-After": str(60)}
    if is_person(request):
        return _page(request, 503, again, words=NEWS_WAITS)
    return JSONResponse({"code": "news_waits", "message": NEWS_WAITS.next_step}, 503, again)


async def _too_large(request: Request, error: BodyTooLargeError) -> Response:
    if is_person(request):
        return _page(request, 413)
    words = f"This address takes at most {error.max_bytes // 1024} KiB. Send less at once."
    return JSONResponse({"code": "too_large", "message": words}, 413)


async def _gone(_: Request, __: ClientDisconnect) -> Response:
    """The client hung up while its body was read: no bug, and nobody reads this answer."""
    return Response(status_code=408)


async def _too_many_guesses(request: Request, error: TooManyGuessesError) -> Response:
    again = {"Retry-After": str(error.retry_seconds)}
    if is_person(request):
        return _page(request, 429, again)
    words = (
        "Too many wrong keys or links came from your address. Wait as many seconds as Retry-After "
        "says, then send a key that you have checked."
    )
    return JSONResponse({"code": "too_many_guesses", "message": words}, 429, again)


async def _broken(request: Request, error: Exception) -> Response:
    """A bug, which the server logs. Its answer bypasses the middleware that adds the headers."""
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
