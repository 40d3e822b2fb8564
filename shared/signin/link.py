"""The code at the end of a sign-in link: matching checks it, notifications writes it.

The secret is made from the link's id by a key that both have, so that only the id travels.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

LASTS = timedelta(minutes=10)
"""How long a link can be used, once."""

_SHAPE = re.compile(r"(?P<id>[A-Za-z0-9_-]{22})(?P<mac>[A-Za-z0-9_-]{22})")


def code_of(key: bytes, link_id: UUID) -> str:
    """The code of this link: its id, and 132 bits that only the key can make."""
    return _text(link_id.bytes) + _mac(key, link_id)


def link_of(key: bytes, code: str) -> UUID | None:
    """The id of the link whose code this is; None for anything else, however close."""
    found = _SHAPE.fullmatch(code)
    if found is None:
        return None
    link_id = UUID(bytes=urlsafe_b64decode(found["id"] + "=="))
    return link_id if hmac.compare_digest(found["mac"], _mac(key, link_id)) else None


def _mac(key: bytes, link_id: UUID) -> str:
    return _text(hmac.new(key, b"sign-in|" + link_id.bytes, sha256).digest())[:22]


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode("ascii").rstrip("=")
