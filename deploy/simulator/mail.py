"""The mail sink: accepts every e-mail over SMTP and keeps it, up to a limit."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Protocol

from aiosmtpd.smtp import SMTP

from deploy.simulator.changes import Changes
from deploy.simulator.clock import Clock

LARGEST_MAIL_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail as one recipient got it."""

    number: int
    """Place in the order of arrival; grows by one."""
    message_id: str
    to: str
    sender: str
    subject: str
    body: str
    received_at: datetime


@dataclass(slots=True)
class Mailbox:
    """The e-mails of one address, oldest first."""

    address: str
    label: str = ""
    version: int = 0
    heard: int = 0
    """Version at which the newest e-mail came."""
    mails: deque[Mail] = field(default_factory=deque)


class Envelope(Protocol):
    """What the SMTP server hands over."""

    rcpt_tos: list[str]
    mail_from: str
    content: bytes


def _words(parsed: EmailMessage) -> str:
    part = parsed.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    content: object = part.get_content()
    return "\n".join(content.splitlines()).strip() if isinstance(content, str) else ""


class Mailboxes:
    """All e-mails by address; the oldest go beyond `keep`. Also the SMTP server's handler."""

    def __init__(self, keep: int, changes: Changes, clock: Clock) -> None:
        self._keep = keep
        self._changes = changes
        self._clock = clock
        self._in_order: deque[str] = deque()
        self.boxes: dict[str, Mailbox] = {}
        self.arrived = 0
        """E-mails ever taken, dropped ones included."""

    def box(self, address: str) -> Mailbox:
        """The mailbox of an address, made when it is not known yet; case does not count."""
        address = address.casefold()
        box = self.boxes.get(address)
        if box is None:
            box = self.boxes[address] = Mailbox(address)
        return box

    def name(self, address: str, label: str) -> Mailbox:
        """Give a mailbox a label."""
        box = self.box(address)
        box.label = label
        box.version = self._changes.mark()
        return box

    def take(self, raw: bytes, *, sender: str, recipients: list[str]) -> None:
        """Keep an e-mail once per recipient."""
        parsed = message_from_bytes(raw, _class=EmailMessage, policy=default)
        for recipient in recipients:
            self.arrived += 1
            box = self.box(recipient)
            box.mails.append(
                Mail(
                    number=self.arrived,
                    message_id=str(parsed.get("message-id", "")).strip(),
                    to=box.address,
                    sender=str(parsed.get("from", sender)),
                    subject=str(parsed.get("subject", "")),
                    body=_words(parsed),
                    received_at=self._clock(),
                )
            )
            self._in_order.append(box.address)
            box.version = box.heard = self._changes.mark()
        while len(self._in_order) > self._keep:
            self._drop_oldest()

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, server: object, session: object, envelope: Envelope
    ) -> str:
        """Called by the SMTP server with each e-mail; answers as a mail server does."""
        self.take(envelope.content, sender=envelope.mail_from, recipients=envelope.rcpt_tos)
        return "250 OK"

    def clear(self) -> None:
        """Forget all e-mails and mailboxes."""
        self.boxes.clear()
        self._in_order.clear()
        self._changes.mark()

    def _drop_oldest(self) -> None:
        box = self.boxes[self._in_order.popleft()]
        box.mails.popleft()
        if not box.mails and not box.label:
            del self.boxes[box.address]


async def listen(mailboxes: Mailboxes, host: str, port: int) -> asyncio.Server:
    """Start taking e-mail by SMTP in the running loop. Raises OSError when the port is taken."""

    def session() -> asyncio.Protocol:
        protocol: asyncio.Protocol = SMTP(
            mailboxes,
            data_size_limit=LARGEST_MAIL_BYTES,
            enable_SMTPUTF8=True,
            hostname="mail.simulator.invalid",
        )
        return protocol

    return await asyncio.get_running_loop().create_server(session, host, port)
