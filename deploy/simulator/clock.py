"""The simulator's only source of the current time and of new message ids."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

Clock = Callable[[], datetime]
NewSid = Callable[[], str]


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def new_sid() -> str:
    """A message id in Twilio's form, never given twice, not even after a restart."""
    return f"SM{uuid4().hex}"
