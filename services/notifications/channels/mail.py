"""E-mail over SMTP."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import aiosmtplib

from services.notifications.channels.letter import Mail, as_bytes, on_the_wire
from services.notifications.channels.outcomes import Delivery, Lost, NotSent, Refused, Taken
from shared.logs import log

UNSENDABLE = 21602
"""As the text provider calls a body that it will not take: a mistake of ours."""

BAD_ADDRESS = 21211
"""As the text provider calls a number that cannot be."""

NOT_SIGNED_IN = frozenset({530, 534, 535, 538})
"""The server wants another sign-in than our settings have (RFC 4954, section 6)."""

CONNECTIONS = 8
"""Open at the same time. More would only queue up at the server."""

KEPT_SECONDS = 5.0
"""How long a connection waits for the next mail; servers close theirs after minutes."""


Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over, and how: `starttls` on port 587, `tls` on 465, or in clear.

    With TLS the server has to prove its name; `ca_file` is an authority of one's own. A server
    that does not offer STARTTLS gets no mail.
    """

    host: str
    port: int
    security: Security = "none"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None

    def client(self, tls: ssl.SSLContext, timeout_seconds: float) -> aiosmtplib.SMTP:
        """A client that is not connected yet."""
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            timeout=timeout_seconds,
            username=self.username,
            password=self.password,
            use_tls=self.security == "tls",
            start_tls=self.security == "starttls",
            tls_context=tls,
        )


class NotConnectedError(Exception):
    """The server cannot be reached or does not let us in: surely nothing was taken."""


class MailProvider:
    """Sends plain text. SMTP has no look-up, so a lost answer leads to a second sending."""

    def __init__(self, server: MailServer, *, sender: str, timeout_seconds: float) -> None:
        self._server, self._sender = server, sender
        self._tls = ssl.create_default_context(cafile=server.ca_file)
        self._timeout = timeout_seconds
        self._free = asyncio.Semaphore(CONNECTIONS)
        self._kept: list[tuple[float, aiosmtplib.SMTP]] = []

    async def send(self, mail: Mail) -> Delivery:
        """Hand over one e-mail. Never raises for what the server or the network does."""
        to = on_the_wire(mail.to)
        try:
            message = as_bytes(replace(mail, to=to), sender=self._sender)
        except ValueError as error:
            log.error("mail_not_composed", error=type(error).__name__)
            return Refused(UNSENDABLE)
        options = [] if to.isascii() else ["SMTPUTF8"]
        try:
            async with self._free, self._connection() as connection:
                await connection.sendmail(self._sender, to, message, mail_options=options)
        except NotConnectedError:
            return NotSent()
        except aiosmtplib.SMTPNotSupported:
            log.warning("mail_server_without_smtputf8")
            return Refused(BAD_ADDRESS)
        except aiosmtplib.SMTPRecipientsRefused as error:
            for_now = all(400 <= one.code < 500 for one in error.recipients)
            return NotSent() if for_now else Refused(BAD_ADDRESS)
        except aiosmtplib.SMTPResponseException as error:
            if error.code in NOT_SIGNED_IN:
                log.error("mail_server_wants_a_sign_in", code=error.code)
                return NotSent()
            return NotSent() if 400 <= error.code < 500 else Refused(error.code)
        except (aiosmtplib.SMTPException, TimeoutError, OSError):
            return Lost()
        return Taken(mail.message_id)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """A kept connection or a new one. One on which anything failed is not kept."""
        connection = self._take_kept() or await self._connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._kept.append((time.monotonic(), connection))

    async def _connect(self) -> aiosmtplib.SMTP:
        """Raises NotConnectedError."""
        connection = self._server.client(self._tls, self._timeout)
        try:
            await connection.connect()
        except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
            connection.close()
            code = error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None
            log.warning("mail_server_not_reached", error=type(error).__name__, code=code)
            raise NotConnectedError from error
        return connection

    def _take_kept(self) -> aiosmtplib.SMTP | None:
        while self._kept:
            since, connection = self._kept.pop()
            if connection.is_connected and time.monotonic() - since < KEPT_SECONDS:
                return connection
            connection.close()
        return None
