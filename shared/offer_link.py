"""The code at the end of an offer's link: matching checks it, notifications writes it.

It identifies one offer to one coach and nothing else. Anybody who holds it may see what a coach
sees before accepting, and may answer. It is derived from ids with a key and never put on a topic.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

CODE_LENGTH = 22
"""In characters of six bits each: 132 bits cannot be guessed."""

MIN_KEY_BYTES = 32

_SHAPE = re.compile(rf"[A-Za-z0-9_-]{{{CODE_LENGTH}}}")


def offer_code(key: bytes, offer_id: UUID, coach_id: UUID) -> str:
    """The code of this offer for this coach. Raises ValueError for a key that is too short."""
    if len(key) < MIN_KEY_BYTES:
        raise ValueError(f"the link key has at least {MIN_KEY_BYTES} bytes")
    mac = hmac.new(key, f"{offer_id}|{coach_id}".encode(), sha256).digest()
    return urlsafe_b64encode(mac)[:CODE_LENGTH].decode("ascii")


def has_code_shape(code: str) -> bool:
    """Whether `code`, as it came from outside, can be one at all."""
    return _SHAPE.fullmatch(code) is not None


def hash_of_code(code: str) -> bytes:
    """What is stored instead of the code, so that reading the table opens no link."""
    return sha256(code.encode()).digest()
