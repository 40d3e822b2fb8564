"""Renders pages: templates, the stylesheet, and the security headers of every answer."""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HERE = Path(str(resources.files(__name__)))

SECURITY_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        b"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        b"frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    # With "no-referrer" a browser would call even our own forms foreign: "Origin: null".
    (b"referrer-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)


class SafePages:
    """Adds the security headers to every answer that does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(header for header in SECURITY_HEADERS if header[0] not in given),
                ]
            await send(message)

        await self._app(scope, receive, send_safely)


def add_pages(app: FastAPI) -> None:
    """Serve the stylesheet and put the security headers on everything."""
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_middleware(SafePages)


class Pages:
    """Renders a service's templates in the common layout; a missing value raises."""

    def __init__(self, folder: Path) -> None:
        self._templates = Environment(
            loader=FileSystemLoader([folder, HERE / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def show(
        self, request: Request, name: str, values: Mapping[str, Any], *, status: int = 200
    ) -> HTMLResponse:
        """The page `name` with `values`."""
        html = self._templates.get_template(name).render(path=request.scope["path"], **values)
        return HTMLResponse(html, status)
