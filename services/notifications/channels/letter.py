"""An e-mail as the bytes that travel: plain text, and no header that somebody else began.

Written out, because the library's own message parses each header that it is given, which costs
more than everything else that is done for an e-mail.
"""

import binascii
import re
from dataclasses import dataclass
from email.header import Header

LONGEST_LINE = 78
_PART = r"[^\s\x00-\x1f\x7f<>()\[\]\\,;:@\"]+"
_ADDRESS = re.compile(f"{_PART}@{_PART}")
"""One, bare: what else an address may hold (a name, a comment, a second one) is for people."""
_ENDS_A_HEADER = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True, repr=False)
class Mail:
    """One e-mail. The message id is stable: a second sending shows as the same message."""

    to: str
    subject: str
    body: str
    message_id: str


def as_bytes(mail: Mail, *, sender: str) -> bytes:
    """The e-mail with its headers.

    Raises ValueError where an address is not exactly one, and where a header holds a line break
    or another control character.
    """
    lines = mail.body.encode().splitlines()
    text, encoding = b"\n".join([*lines, b""]), "7bit"
    if not text.isascii() or any(len(line) > LONGEST_LINE for line in lines):
        text, encoding = binascii.b2a_qp(text), "quoted-printable"
    headers = {
        "From": _address("From", sender),
        "To": _address("To", mail.to),
        "Subject": Header(_line("Subject", mail.subject), header_name="Subject").encode(),
        "Message-ID": _line("Message-ID", mail.message_id),
        "Auto-Submitted": "auto-generated",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": encoding,
        "MIME-Version": "1.0",
    }
    head = "".join(f"{name}: {value}\n" for name, value in headers.items())
    return (head.encode() + b"\n" + text).replace(b"\n", b"\r\n")


def _line(name: str, value: str) -> str:
    if _ENDS_A_HEADER.search(value):
        raise ValueError(f"{name} holds a control character")
    return value


def _address(name: str, value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError(f"{name} is not one bare address")
    return value
