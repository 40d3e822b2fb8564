"""How much of a body is read: counted as it comes, because Content-Length only claims."""

import asyncio
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DEFAULT_BYTES = 64 * 1024
"""For a form, and for a client that has not said yet who it is."""

LINGER_SECONDS = 2.0

_SCOPE_KEY = "alongside.body_limit"


class BodyTooLargeError(HTTPException):
    """The body is larger than the route takes. Derived from what frameworks let through."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(413)
        self.max_bytes = max_bytes


@dataclass(slots=True)
class _Limit:
    max_bytes: int = DEFAULT_BYTES
    turns: asyncio.Semaphore | None = None
    read: int = 0
    ended: bool = False

    async def wait_for_turn(self, until_answered: AsyncExitStack) -> None:
        """What is larger than usual stays unread while its sender has enough of that under way."""
        if self.turns is not None and self.read > DEFAULT_BYTES:
            turns, self.turns = self.turns, None
            await until_answered.enter_async_context(turns)


def allow_body(request: Request, max_bytes: int, turns: asyncio.Semaphore | None = None) -> None:
    """Let this request's body have up to `max_bytes`; call it when the sender is known.

    `turns`: how many bodies larger than usual this sender may have read and worked on at once.
    """
    limit = request.scope[_SCOPE_KEY]
    limit.max_bytes, limit.turns = max_bytes, turns


class LimitBodies:
    """Raises BodyTooLargeError where a route reads on, on every route.

    A request that is answered before its body has ended also ends its connection: otherwise the
    server would go on receiving the rest. What is on its way then is thrown away for a moment
    first: a connection that is closed over unread bytes loses the answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = scope[_SCOPE_KEY] = _Limit(ended=not _announces_body(scope))

        async def counted() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                limit.read += len(message.get("body", b""))
                limit.ended = not message.get("more_body", False)
                if limit.read > limit.max_bytes:
                    limit.ended = False
                    raise BodyTooLargeError(limit.max_bytes)
                await limit.wait_for_turn(until_answered)
            return message

        async with AsyncExitStack() as until_answered:
            await self._app(scope, counted, _Closing(limit, receive, send))


@dataclass(frozen=True, slots=True)
class _Closing:
    """Sends an answer; one that comes before the body's end also ends the connection."""

    limit: _Limit
    receive: Receive
    send: Send

    async def __call__(self, message: Message) -> None:
        if self.limit.ended:
            return await self.send(message)
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        if message["type"] != "http.response.body" or message.get("more_body", False):
            return await self.send(message)
        await self.send({**message, "more_body": True})
        await _throw_away(self.receive)
        await self.send({"type": "http.response.body"})


async def _throw_away(receive: Receive) -> None:
    """Read on until the body ends or the sender is gone, and not for long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return


def _announces_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
        for name, value in scope["headers"]
    )
