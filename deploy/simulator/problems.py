"""What to answer when something cannot be done: a page for people, JSON for programs."""

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from deploy.simulator.page import HEADERS, templates

_WORDS = {
    403: ("This form came from elsewhere", "It can only be sent from the simulator's own page."),
    404: ("There is no page at this address", "All phones and mailboxes are on one page."),
    405: ("This page cannot be opened this way", "Use the buttons on the page with the phones."),
    422: ("We could not read what was sent", "A text has between 1 and 1,600 characters."),
}


def add_problems(app: FastAPI) -> None:
    """Answer in the form that the caller asked for."""
    app.exception_handler(HTTPException)(_not_so)
    app.exception_handler(RequestValidationError)(_unusable)


async def _not_so(request: Request, error: HTTPException) -> Response:
    if _is_person(request) and error.status_code in _WORDS:
        return _page(error.status_code)
    return await http_exception_handler(request, error)


async def _unusable(request: Request, error: RequestValidationError) -> Response:
    """422 that names the fields and never repeats what was sent."""
    if _is_person(request):
        return _page(422)
    problems = [
        {"field": ".".join(map(str, found["loc"])), "message": found["msg"]}
        for found in error.errors()
    ]
    return JSONResponse({"problems": problems}, 422)


def _is_person(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _page(status: int) -> HTMLResponse:
    title, next_step = _WORDS[status]
    content = templates.get_template("problem.html").render(title=title, next_step=next_step)
    return HTMLResponse(content, status, headers=dict(HEADERS))
