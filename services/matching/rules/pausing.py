"""For how long support may be paused, and who looks at it then."""

from datetime import datetime, timedelta
from typing import Final

PAUSE_DAYS: Final = (7, 14, 28)
"""After so many days the coach says how it goes on; a pause never runs without end."""

PAUSE_GRACE: Final = timedelta(days=3)
"""How long after that day a supervisor is asked instead; the task's words say the same figure."""

FIRST_CONTACT_WITHIN: Final = timedelta(days=1)
"""When support goes on that had no contact yet."""


def paused_until(days: int, *, now: datetime) -> datetime | None:
    """The day of the review; None for a length that the page does not offer."""
    return now + timedelta(days=days) if days in PAUSE_DAYS else None
