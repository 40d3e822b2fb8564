"""E-mail over SMTP."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

import aiosmtplib

from services.notifications.channels.outcomes import Delivery, Lost, NotSent, Refused, Taken


@dataclass(frozen=True, slots=True, repr=False)
class Mail:
    """One e-mail. The message id is stable: a second sending shows as the same message."""

    to: str
    subject: str
    body: str
    message_id: str


class MailProvider:
    """Sends plain text. SMTP has no look-up, so a lost answer leads to a second sending."""

    def __init__(self, *, host: str, port: int, sender: str, timeout_seconds: float) -> None:
        self._host, self._port, self._sender = host, port, sender
        self._timeout = timeout_seconds

    async def send(self, mail: Mail) -> Delivery:
        """Hand over one e-mail. Never raises for what the server or the network does."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.body)
        try:
            await aiosmtplib.send(
                message, hostname=self._host, port=self._port, timeout=self._timeout
            )
        except (aiosmtplib.SMTPConnectError, ConnectionRefusedError):
            return NotSent()
        except aiosmtplib.SMTPRecipientsRefused:
            return Refused(21211)
        except aiosmtplib.SMTPResponseException as error:
            return NotSent() if 400 <= error.code < 500 else Refused(error.code)
        except (aiosmtplib.SMTPException, TimeoutError, OSError):
            return Lost()
        return Taken(mail.message_id)
