"""Keeps a note of when the referral events were read to their end.

A revocation may hide in what is not read: while nobody can say for some seconds that everything
is read, automated texts to people pause.
"""

import asyncio
from datetime import timedelta

from services.notifications.store import channels
from shared import db
from shared.clock_guard import ClockGuard, steady_seconds
from shared.events import ReferralAccepted
from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.messaging.feed import Feed
from shared.transaction import Database

TOPIC = ReferralAccepted.topic


async def watch_feed(
    database: Database, guard: ClockGuard, feed: Feed, heartbeat: Heartbeat
) -> None:
    """Write, every two seconds until cancelled, as of when this process has read each partition.

    Never with a clock that is not trusted: a moment ahead would count as read up until it comes.
    """
    while True:
        heartbeat.beat()
        read_at = {place: at for place, at in feed.read_at.items() if place[0] == TOPIC}
        try:
            if read_at:
                async with database.transaction() as tx:
                    if await guard.trusts(tx.connection, tx.now):
                        ago = steady_seconds()
                        moments = {
                            place: tx.now - timedelta(seconds=ago - at)
                            for place, at in sorted(read_at.items())
                        }
                        await channels.read_to_end(tx.connection, moments)
        except db.RETRYABLE as error:
            log.warning("feed_not_noted", error=type(error).__name__)
        await asyncio.sleep(2.0)
