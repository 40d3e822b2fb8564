"""By which channel somebody can be written to."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.notifications.rules.facts import Number
from shared.events.base import Channel


@dataclass(frozen=True, slots=True)
class Reach:
    """What decides whether a channel leads to a recipient at all."""

    phone: bool
    email: bool
    opted_out: bool
    """Of texts, in any scope."""
    number: Number
    stopped: frozenset[Channel]
    """Channels that our own fault has stopped."""

    def by(self, channel: Channel) -> bool:
        """Whether a message by this channel can arrive, and is allowed to."""
        if channel in self.stopped:
            return False
        if channel is Channel.EMAIL:
            return self.email
        return self.phone and not self.opted_out and self.number is not Number.UNUSABLE


def first_usable(channels: Iterable[Channel], reach: Reach) -> Channel | None:
    """The best of these channels, which come best first; None where none can be used."""
    return next((channel for channel in channels if reach.by(channel)), None)
