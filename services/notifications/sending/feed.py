"""Keeps a note of when the referral events were read to their end.

A revocation may hide in what is not read: while nobody can say for a minute that everything is
read, automated texts to people pause.
"""

import asyncio

from services.notifications.store import channels
from shared import db
from shared.events import ReferralAccepted
from shared.heartbeat import Heartbeat
from shared.logs import log
from shared.messaging.feed import Feed
from shared.transaction import Database


async def watch_feed(database: Database, feed: Feed, heartbeat: Heartbeat) -> None:
    """Write, every two seconds until cancelled, which partitions this process has read up."""
    while True:
        heartbeat.beat()
        partitions = sorted(
            (topic, partition)
            for topic, partition in feed.read_up
            if topic == ReferralAccepted.topic
        )
        try:
            if partitions:
                async with database.transaction() as tx:
                    await channels.read_to_end(tx.connection, partitions, at=tx.now)
        except db.RETRYABLE as error:
            log.warning("feed_not_noted", error=type(error).__name__)
        await asyncio.sleep(2.0)
