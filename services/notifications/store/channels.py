"""Channels that our own fault has stopped, and how far the referral events are read."""

from collections.abc import Mapping
from datetime import datetime

from shared.db import Connection, Row

_STOP = """
    INSERT INTO stopped_channels (channel, since, reason) VALUES ($1, $2, $3)
    ON CONFLICT (channel) DO NOTHING
"""
_STOPPED = "SELECT channel, since, reason FROM stopped_channels ORDER BY channel"
_WAITING = """
    SELECT wait_reason, count(*) AS count FROM messages WHERE state = 'planned'
     GROUP BY wait_reason ORDER BY count(*) DESC
"""
_START = "DELETE FROM stopped_channels WHERE channel = $1 RETURNING true"
_OLDEST_FEED = "SELECT min(read_at) FROM feeds"
_FEED = """
    INSERT INTO feeds (topic, partition, read_at)
    SELECT * FROM unnest($1::text[], $2::int[], $3::timestamptz[])
    ON CONFLICT (topic, partition)
    DO UPDATE SET read_at = greatest(feeds.read_at, EXCLUDED.read_at)
"""


async def stop(connection: Connection, channel: str, *, reason: str, at: datetime) -> None:
    """Hold the channel's messages until somebody has mended our account."""
    await connection.execute(_STOP, channel, at, reason)


async def stopped(connection: Connection) -> list[Row]:
    """Channels that the provider refuses us: since when, and its class of failure."""
    return await connection.fetch(_STOPPED)


async def waiting(connection: Connection) -> list[Row]:
    """How many planned messages wait for what."""
    return await connection.fetch(_WAITING)


async def start(connection: Connection, channel: str) -> bool:
    """Our account is mended. False when the channel was not stopped."""
    return bool(await connection.fetchval(_START, channel))


async def oldest_feed(connection: Connection) -> datetime | None:
    """Up to when the partition that was read longest ago was read to its end."""
    read_at: datetime | None = await connection.fetchval(_OLDEST_FEED)
    return read_at


async def read_to_end(connection: Connection, moments: Mapping[tuple[str, int], datetime]) -> None:
    """These partitions are read to their ends of these moments."""
    topics, partitions = [topic for topic, _ in moments], [part for _, part in moments]
    await connection.execute(_FEED, topics, partitions, list(moments.values()))
