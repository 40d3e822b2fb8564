"""May this link sign somebody in, now, from this browser?"""

import hmac
from datetime import datetime, timedelta
from enum import StrEnum

LINKS_AT_ONCE = 3
"""So many links may be on their way to one person; more are not sent."""

COUNTED_FOR = timedelta(minutes=10)


class LinkStanding(StrEnum):
    """What a link is good for."""

    GOOD = "good"
    USED = "used"
    EXPIRED = "expired"
    OTHER_BROWSER = "other_browser"
    NO_ACCESS = "no_access"
    """Its recipient works here no longer."""


def judge_link(
    *,
    now: datetime,
    expires_at: datetime,
    used_at: datetime | None,
    has_access: bool,
    made_for: bytes | None,
    browser: bytes | None,
) -> LinkStanding:
    """`made_for` and `browser` are hashes of the browser that asked and the one that came.

    A link that was made at the command line has no browser and works in any.
    """
    if not has_access:
        return LinkStanding.NO_ACCESS
    if used_at is not None:
        return LinkStanding.USED
    if now >= expires_at:
        return LinkStanding.EXPIRED
    if made_for is not None and not hmac.compare_digest(made_for, browser or b""):
        return LinkStanding.OTHER_BROWSER
    return LinkStanding.GOOD


def may_send(sent_lately: int) -> bool:
    """Whether one more link may go to somebody who was sent so many within `COUNTED_FOR`."""
    return sent_lately < LINKS_AT_ONCE
