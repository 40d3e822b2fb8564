"""A provider of texts and of mail that remembers what it took, and dies with nobody."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP

from tests.integration.crash.fate import Fate, Killed


@dataclass(frozen=True, slots=True)
class Text:
    """One text that was taken."""

    sid: str
    to: str
    body: str
    callback: str


# Without slots: aiosmtpd looks at every attribute of its handler, and one of a slotted dataclass
# raises before Python 3.11.3 (cpython issue 102069). asyncio then drops each connection silently.
@dataclass
class Provider:
    """Each request is a moment at which the process that asks may end: before or after it."""

    texts: list[Text] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    """Message ids, as often as they were handed over."""
    fate: Fate = field(default_factory=Fate)
    """Of the process that is asking now."""
    loses: int = 0
    """So many answers get lost while the process lives on."""
    drops: int = 0
    """So many requests get lost before."""
    sms_port: int = 0
    mail_port: int = 0

    def forget(self, *, loses: int = 0, drops: int = 0) -> None:
        self.texts.clear()
        self.mails.clear()
        self.loses, self.drops = loses, drops

    async def create(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()

        async def take() -> Text:
            text = Text(
                f"SM{len(self.texts):032}",
                *(str(form[name]) for name in ("To", "Body", "StatusCallback")),
            )
            self.texts.append(text)
            return text

        if self.drops:
            self.drops -= 1
            _hang_up(request)
            return web.json_response({})
        text = await self._meet(request, take())
        if text is not None and self.loses:
            self.loses -= 1
            _hang_up(request)
        return web.json_response({"sid": text.sid} if text else {}, status=201)

    async def list(self, request: web.Request) -> web.StreamResponse:
        async def find() -> list[dict[str, str]]:
            to = request.query["To"]
            return [{"sid": text.sid, "body": text.body} for text in self.texts if text.to == to]

        found = await self._meet(request, find())
        return web.json_response({"messages": found or [], "next_page_uri": None})

    async def _meet(self, request: web.Request, work: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await self.fate.meet(work)
        except Killed:
            _hang_up(request)
            return None

    async def handle_DATA(self, server: SMTP, _: object, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        async def take() -> None:
            self.mails.append(str(message_from_bytes(envelope.content)["Message-ID"]))

        try:
            await self.fate.meet(take())
        except Killed:
            _abort(server.transport)
        return "250 OK"


def _hang_up(request: web.Request) -> None:
    """Nobody hears the answer."""
    _abort(request.transport)


def _abort(transport: asyncio.BaseTransport | None) -> None:
    if isinstance(transport, asyncio.Transport):
        transport.abort()


@asynccontextmanager
async def providing() -> AsyncIterator[Provider]:
    """A provider that listens, for texts and for mail."""
    provider = Provider()
    app = web.Application()
    path = "/2010-04-01/Accounts/{account}/Messages.json"
    app.router.add_post(path, provider.create)
    app.router.add_get(path, provider.list)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.sms_port = runner.addresses[0][1]
    loop = asyncio.get_running_loop()
    mail = await loop.create_server(
        lambda: SMTP(provider, hostname="localhost", loop=loop), "127.0.0.1", 0
    )
    provider.mail_port = mail.sockets[0].getsockname()[1]
    try:
        yield provider
    finally:
        mail.close()
        await runner.cleanup()
