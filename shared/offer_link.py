"""The code at the end of an offer's link: matching checks it, notifications writes it.

It identifies an offer to one coach and nothing else. Whoever holds it may see what a coach sees
before accepting, and answer; it is made from ids by a key, so it never travels on a topic.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from hashlib import sha256
from uuid import UUID

CODE_LENGTH = 22
"""Characters, six bits each: 132 bits cannot be guessed."""

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
    """What is stored of a code: whoever reads the table cannot open the link."""
    return sha256(code.encode()).digest()


def is_offer_code(code: str, key: bytes, *, offer_id: UUID, coach_id: UUID) -> bool:
    """Whether `code`, as it came from outside, belongs to this offer and coach.

    Takes the same time however much of it is right. Raises ValueError as `offer_code` does.
    """
    # compare_digest refuses text outside ASCII, and a link can hold anything: compare bytes.
    return hmac.compare_digest(code.encode(), offer_code(key, offer_id, coach_id).encode())
