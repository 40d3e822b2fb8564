"""Signed cookies that carry one value and expire."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256


def make(key: bytes, value: str, *, expires_at: datetime) -> str:
    """The cookie: `value`, when it expires, and a signature over both."""
    body = f"{int(expires_at.timestamp())}|{value}".encode()
    mac = hmac.new(key, b"cookie|" + body, sha256).digest()
    return f"{urlsafe_b64encode(body).decode()}.{urlsafe_b64encode(mac).decode()}"


def read(key: bytes, cookie: str | None, *, now: datetime) -> str | None:
    """The value, or None when the cookie is missing, forged or expired."""
    head, dot, tail = (cookie or "").partition(".")
    if not dot:
        return None
    try:
        body, mac = urlsafe_b64decode(head), urlsafe_b64decode(tail)
    except ValueError:
        return None
    if not hmac.compare_digest(hmac.new(key, b"cookie|" + body, sha256).digest(), mac):
        return None
    until, _, value = body.decode().partition("|")
    return value if now.timestamp() < int(until) else None


LONGEST = timedelta(hours=12)
"""How long a cookie is valid at most."""
