"""Channels that our own fault has stopped, and how far the referral events are read."""

from collections.abc import Sequence
from datetime import datetime

from shared.db import Connection

_STOP = """
    INSERT INTO stopped_channels (channel, since, reason) VALUES ($1, $2, $3)
    ON CONFLICT (channel) DO NOTHING
"""
_FEED = """
    INSERT INTO feeds (topic, partition, read_at)
    SELECT topic, partition, $3 FROM unnest($1::text[], $2::int[]) AS f (topic, partition)
    ON CONFLICT (topic, partition) DO UPDATE SET read_at = EXCLUDED.read_at
"""


async def stop(connection: Connection, channel: str, *, reason: str, at: datetime) -> None:
    """Hold the channel's messages until somebody has mended our account."""
    await connection.execute(_STOP, channel, at, reason)


async def read_to_end(
    connection: Connection, partitions: Sequence[tuple[str, int]], *, at: datetime
) -> None:
    """These partitions were read to their end."""
    await connection.execute(
        _FEED, [topic for topic, _ in partitions], [part for _, part in partitions], at
    )
