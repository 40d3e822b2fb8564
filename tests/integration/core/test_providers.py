"""What a provider's answer, or its silence, says about whether it has the message."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP

from services.notifications.channels.letter import Mail
from services.notifications.channels.mail import MailProvider, MailServer
from services.notifications.channels.outcomes import (
    Delivery,
    Lost,
    NotSent,
    ProviderAwayError,
    Refused,
)
from services.notifications.channels.sms import Sms, SmsProvider

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
TEXT = Sms("+15395550100", "A text", "http://127.0.0.1/receipts")
MAIL = Mail("coach@coaches.example", "Subject", "Words", "<1@example.org>", NOON)


@asynccontextmanager
async def texts(port: int) -> AsyncIterator[SmsProvider]:
    provider = SmsProvider(
        account_sid="AC" + "0" * 32,
        auth_token="secret",
        base_url=f"http://127.0.0.1:{port}",
        sender="+15395550199",
        timeout_seconds=0.5,
        connections=2,
    )
    try:
        yield provider
    finally:
        await provider.close()


@asynccontextmanager
async def answering(status: int, headers: dict[str, str] | None = None) -> AsyncIterator[int]:
    """A provider that gives one answer to everything; status 0 is silence."""

    async def answer(_: web.Request) -> web.Response:
        if not status:
            await asyncio.sleep(5)
        body = {"code": 20500, "message": "", "more_info": "", "status": status}
        return web.json_response(body, status=status or 200, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (503, {"Retry-After": "7"}, NotSent(timedelta(seconds=7))),
        (429, {"Retry-After": "90000"}, NotSent(timedelta(hours=1))),
        (503, {}, NotSent()),
        (500, {}, Lost()),
        (502, {"Retry-After": "7"}, Lost()),
        (0, {}, Lost()),
        (400, {}, Refused(20500)),
    ],
)
async def test_only_an_answer_that_says_so_means_that_a_text_was_not_taken(
    status: int, headers: dict[str, str], outcome: Delivery
) -> None:
    async with answering(status, headers) as port, texts(port) as provider:
        assert await provider.send(TEXT) == outcome


async def test_a_date_to_come_back_is_counted_from_the_answers_own_clock() -> None:
    headers = {
        "Date": "Fri, 27 Nov 2020 12:00:00 GMT",
        "Retry-After": "Fri, 27 Nov 2020 12:00:20 GMT",
    }
    async with answering(503, headers) as port, texts(port) as provider:
        assert await provider.send(TEXT) == NotSent(timedelta(seconds=20))


async def test_a_look_up_tells_when_the_provider_wants_to_be_asked_again() -> None:
    async with answering(503, {"Retry-After": "7"}) as port, texts(port) as provider:
        with pytest.raises(ProviderAwayError) as raised:
            await provider.find(TEXT.to, since=NOON)
        assert raised.value.retry_after == timedelta(seconds=7)


def mails(port: int) -> MailProvider:
    return MailProvider(
        MailServer("127.0.0.1", port), sender="alongside@example.org", timeout_seconds=2
    )


async def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        async with texts(port) as provider:
            assert await provider.send(TEXT) == NotSent()
        assert await mails(port).send(MAIL) == NotSent()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("450 Later, please", NotSent()), ("550 Nobody of that name", Refused(21211))],
)
async def test_an_address_that_is_refused_for_now_is_not_refused_for_good(
    answer: str, outcome: Delivery
) -> None:
    class Server:
        async def handle_RCPT(self, *_: object) -> str:  # noqa: N802 (aiosmtpd's name)
            return answer

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Server(), hostname="localhost", loop=loop), "127.0.0.1", 0
    )
    try:
        assert await mails(server.sockets[0].getsockname()[1]).send(MAIL) == outcome
    finally:
        server.close()
