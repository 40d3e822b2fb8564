"""E-mail over SMTP."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiosmtplib

from services.notifications.channels.letter import Mail, as_bytes, on_the_wire
from services.notifications.channels.outcomes import Delivery, Lost, NotSent, Refused, Taken
from shared.logs import log

UNSENDABLE = 21602
"""As the text provider calls a body that it will not take: a mistake of ours."""

BAD_ADDRESS = 21211
"""As the text provider calls a number that cannot be."""

CONNECTIONS = 8
"""Open at the same time. More would only queue up at the server."""

KEPT_SECONDS = 5.0
"""How long a connection waits for the next mail; servers close theirs after minutes."""


class MailProvider:
    """Sends plain text. SMTP has no look-up, so a lost answer leads to a second sending."""

    def __init__(self, *, host: str, port: int, sender: str, timeout_seconds: float) -> None:
        self._host, self._port, self._sender = host, port, sender
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
        except (aiosmtplib.SMTPConnectError, ConnectionRefusedError):
            return NotSent()
        except aiosmtplib.SMTPNotSupported:
            log.warning("mail_server_without_smtputf8")
            return Refused(BAD_ADDRESS)
        except aiosmtplib.SMTPRecipientsRefused as error:
            for_now = all(400 <= one.code < 500 for one in error.recipients)
            return NotSent() if for_now else Refused(BAD_ADDRESS)
        except aiosmtplib.SMTPResponseException as error:
            return NotSent() if 400 <= error.code < 500 else Refused(error.code)
        except (aiosmtplib.SMTPException, TimeoutError, OSError):
            return Lost()
        return Taken(mail.message_id)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """A kept connection or a new one. One on which anything failed is not kept."""
        connection = self._take_kept()
        if connection is None:
            connection = aiosmtplib.SMTP(
                hostname=self._host, port=self._port, timeout=self._timeout
            )
            await connection.connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._kept.append((time.monotonic(), connection))

    def _take_kept(self) -> aiosmtplib.SMTP | None:
        while self._kept:
            since, connection = self._kept.pop()
            if connection.is_connected and time.monotonic() - since < KEPT_SECONDS:
                return connection
            connection.close()
        return None
