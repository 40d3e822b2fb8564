"""Names and addresses outside of ASCII arrive as they are, or are refused with a reason."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiosmtpd.smtp import SMTP
from structlog.testing import capture_logs

from deploy.simulator.changes import Changes
from deploy.simulator.mail import Envelope, Mailboxes, listen
from services.notifications.channels.letter import Mail
from services.notifications.channels.mail import MailProvider, MailServer
from services.notifications.channels.outcomes import Refused, Taken
from services.notifications.rules.states import ErrorClass, classify

AT = datetime(2026, 3, 8, tzinfo=UTC)
SUBJECT, BODY = "Alongside: José Ñúñez – la reunión", "Hola José Ñúñez:\n\n¿Qué tal? – sí"


@asynccontextmanager
async def sending_to(server: asyncio.Server) -> AsyncIterator[MailProvider]:
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield MailProvider(
            MailServer("127.0.0.1", port), sender="alongside@alongside.example", timeout_seconds=5
        )


class Server:
    """A mail server that keeps what it gets; many have no SMTPUTF8."""

    def __init__(self) -> None:
        self.got: list[Envelope] = []

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: object, session: object, envelope: Envelope
    ) -> str:
        self.got.append(envelope)
        return "250 OK"

    async def listen(self, *, smtputf8: bool) -> asyncio.Server:
        def session() -> asyncio.Protocol:
            protocol: asyncio.Protocol = SMTP(
                self, hostname="mail.invalid", enable_SMTPUTF8=smtputf8
            )
            return protocol

        return await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)


def mail(to: str) -> Mail:
    return Mail(to, SUBJECT, f"{BODY}\n", "<1@alongside.example>", AT)


@pytest.mark.parametrize(
    ("to", "travels_as"),
    [
        ("ana@clinic.example", "ana@clinic.example"),
        ("clínica@clinic.example", "clínica@clinic.example"),
        ("ana@clínica.example", "ana@xn--clnica-4va.example"),
        ("josé@clínica.example", "josé@xn--clnica-4va.example"),
        ("ana@straße.example", "ana@straße.example"),  # an older rule would write to "strasse"
    ],
)
async def test_accents_arrive_in_subject_body_and_address(to: str, travels_as: str) -> None:
    boxes = Mailboxes(9, Changes(), lambda: AT)
    async with sending_to(await listen(boxes, "127.0.0.1", 0)) as provider:
        assert isinstance(await provider.send(mail(to)), Taken)
    (kept,) = boxes.box(travels_as).mails
    assert (kept.subject, kept.body) == (SUBJECT, BODY)


async def test_the_header_names_the_address_itself() -> None:
    """An encoded word is not allowed inside an address; SMTPUTF8 takes it as it is."""
    server = Server()
    async with sending_to(await server.listen(smtputf8=True)) as provider:
        await provider.send(mail("clínica@clinic.example"))
    assert server.got[0].content.startswith("To: clínica@clinic.example\r\n".encode())


async def test_a_server_without_smtputf8_gets_what_it_can_take() -> None:
    server = Server()
    async with sending_to(await server.listen(smtputf8=False)) as provider:
        assert isinstance(await provider.send(mail("ana@clínica.example")), Taken)
    assert server.got[0].rcpt_tos == ["ana@xn--clnica-4va.example"]


async def test_an_address_that_the_server_cannot_take_is_refused_with_its_reason() -> None:
    """It was called lost, and a lost e-mail is sent again."""
    server = Server()
    with capture_logs() as logs:
        async with sending_to(await server.listen(smtputf8=False)) as provider:
            outcome = await provider.send(mail("clínica@clinic.example"))
    assert isinstance(outcome, Refused)
    assert classify(outcome.code) is ErrorClass.BAD_NUMBER
    assert [entry["event"] for entry in logs] == ["mail_server_without_smtputf8"]
    assert server.got == []
