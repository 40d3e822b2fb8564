"""Cuts a connection instead of answering: the fault that leaves a sender not knowing."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class CuttableProtocol(HttpToolsProtocol):
    """uvicorn's protocol that lets a request abort its own connection."""

    def on_message_begin(self) -> None:
        """Hand the request a way to cut the connection."""
        super().on_message_begin()
        self.scope["state"]["cut"] = self.transport.abort


async def cut(request: Request) -> Response:
    """Abort the connection of `request`; the answer returned is never sent."""
    abort: Callable[[], None] = request.state.cut
    abort()
    await asyncio.sleep(0)
    return Response(status_code=204)
