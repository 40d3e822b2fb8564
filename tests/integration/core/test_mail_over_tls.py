"""A mail server elsewhere: TLS with a proven name, a sign-in, and no mail without them."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.notifications.channels.letter import Mail
from services.notifications.channels.mail import MailProvider, MailServer, Security
from services.notifications.channels.outcomes import Delivery, NotSent, Taken

NOW = datetime.now(UTC)
MAIL = Mail("front-desk@clinic.example", "Alongside", "A coach said yes.\n", "<1@a.example>", NOW)
# The server does not know that its socket is TLS already.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
USER, PASSWORD = "alongside", "correct horse"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that signs itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("mail") / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return file


class Server:
    """Takes mail only by TLS and from the one user that it knows."""

    def __init__(self, certificate: Path, security: Security) -> None:
        self.got: list[Envelope] = []
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(certificate)
        self._security = security

    async def handle_DATA(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.got.append(envelope)
        return "250 OK"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        def knows(*asked: object) -> AuthResult:
            known = LoginPassword(USER.encode(), PASSWORD.encode())
            return AuthResult(success=asked[-1] == known)

        def session() -> SMTP:
            starts = self._security == "starttls"
            return SMTP(
                self,
                hostname="mail.example",
                tls_context=self._tls if starts else None,
                require_starttls=starts,
                auth_require_tls=starts,
                auth_required=True,
                authenticator=knows,
            )

        loop = asyncio.get_running_loop()
        tls = self._tls if self._security == "tls" else None
        server = await loop.create_server(session, "127.0.0.1", 0, ssl=tls)
        async with server:
            yield server.sockets[0].getsockname()[1]


async def send(
    port: int, security: Security, ca_file: Path | None, password: str | None = PASSWORD
) -> Delivery:
    username = USER if password is not None else None
    server = MailServer("127.0.0.1", port, security, username, password, ca_file)
    provider = MailProvider(server, sender="alongside@alongside.example", timeout_seconds=5)
    return await provider.send(MAIL)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_mail_is_handed_over_by_tls_after_a_sign_in(
    certificate: Path, security: Security
) -> None:
    server = Server(certificate, security)
    async with server.listening() as port:
        assert await send(port, security, certificate) == Taken(MAIL.message_id)
    assert [envelope.rcpt_tos for envelope in server.got] == [[MAIL.to]]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("is_trusted", "password"), [(False, PASSWORD), (True, "wrong"), (True, None)]
)
async def test_without_a_proven_name_or_a_sign_in_mail_waits_and_is_not_given_up(
    certificate: Path, security: Security, is_trusted: bool, password: str | None
) -> None:
    server = Server(certificate, security)
    async with server.listening() as port:
        ca_file = certificate if is_trusted else None
        assert await send(port, security, ca_file, password) == NotSent()
    assert server.got == []


async def test_no_mail_goes_in_clear_to_a_server_that_offers_no_tls(certificate: Path) -> None:
    server = Server(certificate, "none")
    async with server.listening() as port:
        assert await send(port, "starttls", certificate) == NotSent()
    assert server.got == []
