"""The one place where identifiers and one-time secrets come from."""

import secrets
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7: unique, and ordered by the time of its making. An identifier, never a secret."""
    return uuid7()


def new_secret() -> str:
    """256 random bits as 43 characters, for a cookie or a link. Only its hash is stored."""
    return secrets.token_urlsafe(32)
