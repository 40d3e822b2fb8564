"""Another site's page must not press our buttons with a visitor's cookie (CSRF)."""

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.logs import log
from shared.webui.problems import Words, refusal

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
WORDS = Words(
    "This came from another site",
    "Nothing was changed. Please open the page itself, and press the button there.",
)


def is_from_another_site(headers: Headers) -> bool:
    """Whether a browser says that a page of another origin sent this.

    Pages cannot set Sec-Fetch-Site or Origin. Browsers send the first over TLS and on loopback, the
    second with every POST. A request with neither comes from a program, which has no visitor's
    cookie to abuse.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host")


class RefuseOtherSites:
    """Answers 403 to everything but reading that another site's page sends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        unsafe = scope["type"] == "http" and scope["method"] not in SAFE_METHODS
        if unsafe and is_from_another_site(Headers(scope=scope)):
            log.warning("request_from_another_site", method=scope["method"])
            answer = refusal(Request(scope), 403, "other_site", WORDS)
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)
