"""Texts that were due before a restored database was recovered: the provider is asked first."""

from services.notifications.sending.outbound import OutgoingMessage
from shared.events import Channel

AFTER_RESTORE = "after-restore"
"""The reason of a claim that is looked up instead of sent."""

LOOKED_UP = "looked-up"
"""The provider was asked and does not have it: it is sent like any other."""


def may_have_been_sent(outgoing: OutgoingMessage) -> bool:
    """Due before the database was recovered, so its outcome may be among what was lost."""
    due = outgoing.due
    return (
        outgoing.channel is Channel.SMS
        and due.recovered_at is not None
        and due.due_at <= due.recovered_at
        and due.wait_reason != LOOKED_UP
    )
