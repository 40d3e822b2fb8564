"""An e-mail as the bytes that travel: plain text, and no header that somebody else began."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime
from typing import Any

_PART = r"[^\s\x00-\x1f\x7f<>()\[\]\\,;:@\"]+"
_ADDRESS = re.compile(f"{_PART}@{_PART}")
"""One, bare: what else an address may hold (a name, a comment, a second one) is for people."""
_ENDS_A_HEADER = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")

# The library's newer messages parse each header that they are given, which costs more than
# everything else that is done for an e-mail.
_ON_THE_WIRE = compat32.clone(linesep="\r\n")
_UTF_8 = Charset("utf-8")
_UTF_8.body_encoding = QP


@dataclass(frozen=True, slots=True, repr=False)
class Mail:
    """One e-mail. The message id is stable: a second sending shows as the same message."""

    to: str
    subject: str
    body: str
    message_id: str
    at: datetime
    """When it is sent, with a zone."""


def as_bytes(mail: Mail, *, sender: str) -> bytes:
    """The e-mail with its headers.

    Raises ValueError where an address is not exactly one, and where a header holds a line break
    or another control character.
    """
    message: Message[Any, Any] = Message(_ON_THE_WIRE)
    message.set_payload(mail.body, _UTF_8)
    message["From"] = _address("From", sender)
    to = _address("To", mail.to)
    message["Subject"] = Header(_line("Subject", mail.subject), header_name="Subject")
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = _line("Message-ID", mail.message_id)
    message["Auto-Submitted"] = "auto-generated"
    # The library would write accents in an address as an encoded word, which no address may hold.
    return f"To: {to}\r\n".encode() + message.as_bytes()


def on_the_wire(address: str) -> str:
    """The address as mail servers know it: a domain with accents in its ASCII form.

    Only where that form means the same domain again: the standard library's rule is the older
    one, which would write to `strasse.example` instead of `straße.example`.
    """
    local, at, domain = address.rpartition("@")
    try:
        ascii_form = domain.encode("idna")
        same = ascii_form.decode("idna") == domain.lower()
    except UnicodeError:
        return address
    return f"{local}{at}{ascii_form.decode()}" if same else address


def _line(name: str, value: str) -> str:
    if _ENDS_A_HEADER.search(value):
        raise ValueError(f"{name} holds a control character")
    return value


def _address(name: str, value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError(f"{name} is not one bare address")
    return value
