"""What a browser holds once somebody has signed in: a claim that its issuer has signed.

Only matching can sign; every service can check, and holds it against its own copy of who has
access before it believes the claim.
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

LASTS: Final = timedelta(hours=12)
"""How long a session of a supervisor or an operator lasts: a working day."""

COOKIE: Final = "staff"

_FIELDS = struct.Struct(">16s16sIQ")
_DOMAIN = b"alongside staff session v1|"
_LENGTH = _FIELDS.size + 64


@dataclass(frozen=True, slots=True)
class SessionClaim:
    """Who signed in, with which access, until when."""

    session_id: UUID
    staff_id: UUID
    access_version: int
    expires_at: datetime


def sign(private_key: bytes, claim: SessionClaim) -> str:
    """The value of the cookie. `private_key` is the 32 bytes of an Ed25519 key."""
    body = _FIELDS.pack(
        claim.session_id.bytes,
        claim.staff_id.bytes,
        claim.access_version,
        int(claim.expires_at.timestamp()),
    )
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(_DOMAIN + body)
    return urlsafe_b64encode(body + signature).decode("ascii")


def read(public_key: bytes, cookie: str | None, *, now: datetime) -> SessionClaim | None:
    """The claim of a cookie; None when it is missing, forged or over."""
    try:
        whole = urlsafe_b64decode(cookie or "")
    except (NotBase64Error, ValueError):
        return None
    if len(whole) != _LENGTH:
        return None
    body, signature = whole[: _FIELDS.size], whole[_FIELDS.size :]
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, _DOMAIN + body)
    except InvalidSignature:
        return None
    session_id, staff_id, access_version, until = _FIELDS.unpack(body)
    expires_at = datetime.fromtimestamp(until, UTC)
    if now >= expires_at:
        return None
    return SessionClaim(UUID(bytes=session_id), UUID(bytes=staff_id), access_version, expires_at)


def public_key_of(private_key: bytes) -> bytes:
    """The 32 bytes with which everybody can check what this key has signed."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()
