"""An id as short as it can be, so that a link fits a text."""

import base64
import binascii
from uuid import UUID

_LENGTH = 22


def short_id(one: UUID) -> str:
    """The id in 22 characters."""
    return base64.urlsafe_b64encode(one.bytes).decode()[:_LENGTH]


def id_of(short: str) -> UUID | None:
    """The id that `short_id` shortened; None for anything else."""
    try:
        found = base64.urlsafe_b64decode(f"{short}==") if len(short) == _LENGTH else b""
    except (binascii.Error, ValueError):
        return None
    return UUID(bytes=found) if len(found) == 16 else None
