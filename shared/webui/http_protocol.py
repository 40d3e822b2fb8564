"""uvicorn's HTTP with what it lacks: an end to heads that grow and to clients that dawdle."""

import asyncio
import json
from enum import Enum

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from shared.webui import SECURITY_HEADERS

MAX_HEAD_BYTES = 32 * 1024
"""Request line and headers together."""
WORDS = {
    400: ("request_unreadable", "This is not an HTTP request. Send it again."),
    408: ("too_slow", "The request did not arrive in time. Send it again."),
    431: ("head_too_large", "Address and headers together are too long. Send fewer."),
}


class Waiting(Enum):
    """What the server waits for from this client."""

    HEAD = "head"
    BODY = "body"
    NOTHING = "nothing"


class LimitedHttp(HttpToolsProtocol):
    """Closes connections that do not send their request in time, or send a head without end.

    Without it a few hundred connections that say nothing stand for as long as they like. A request
    that arrives in one piece costs no timer.
    """

    head_seconds = 10.0
    body_seconds = 30.0
    """How long each may take, from its first byte to its last."""

    _waiting = Waiting.HEAD
    _watched = Waiting.NOTHING
    _timer: asyncio.TimerHandle | None = None
    _pending_bytes = 0
    _head_bytes = 0
    _refused_with = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._waiting is Waiting.NOTHING:
            self._waiting = Waiting.HEAD
        super().data_received(data)
        if self._waiting is Waiting.HEAD:
            # A header that has not ended is kept by the parser without telling us.
            self._pending_bytes += len(data)
            if self._pending_bytes > MAX_HEAD_BYTES:
                self._refuse(431)
        self._watch()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._waiting, self._head_bytes = Waiting.HEAD, 0

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def _count(self, more: int) -> None:
        self._head_bytes += more
        if self._head_bytes > MAX_HEAD_BYTES:
            self._refused_with = 431
            raise HttpParserError

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._waiting, self._pending_bytes = Waiting.BODY, 0

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._waiting = Waiting.NOTHING

    def send_400_response(self, msg: str) -> None:
        self._refuse(self._refused_with or 400)

    def _watch(self) -> None:
        if self._waiting is self._watched:
            return
        self._stop_watching()
        self._watched = self._waiting
        if self._waiting is not Waiting.NOTHING and not self.transport.is_closing():
            head = self._waiting is Waiting.HEAD
            seconds = self.head_seconds if head else self.body_seconds
            self._timer = self.loop.call_later(seconds, self._is_late)

    def _stop_watching(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_late(self) -> None:
        self._timer, self._watched = None, Waiting.NOTHING
        if self.flow.read_paused:
            self._watch()  # it is our own code that does not read on
        elif self._waiting is Waiting.HEAD and not self._pending_bytes:
            self.transport.close()  # somebody who only connected
        else:
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Answer and close; only close where an answer is under way already."""
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(_answer(status))
        self.transport.close()


def _answer(status: int) -> bytes:
    code, message = WORDS[status]
    body = json.dumps({"code": code, "message": message}).encode()
    headers: list[tuple[bytes, bytes]] = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        *SECURITY_HEADERS,
    ]
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    return STATUS_LINE[status] + lines + b"\r\n" + body
