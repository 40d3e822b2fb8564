"""The verb `channels`: which ones the provider has stopped for us, and that one is mended."""

import argparse
import os
from uuid import UUID

from services.notifications.settings import Settings
from services.notifications.store import channels
from shared.command import Verb, print_line
from shared.events import Channel
from shared.service import Core

SUBJECT = UUID(int=0)
"""A channel is about nobody."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("list", help="what is stopped, since when and why, and how far news is read")
    start = acts.add_parser("start", help="our account is mended: what waits goes out")
    start.add_argument("channel", type=Channel, choices=list(Channel))
    start.add_argument("--reason", required=True, help="in words, for the audit; no names")
    start.add_argument("--actor", default=f"operator:{os.environ.get('USER', 'unknown')}")


async def _run(core: Core[Settings], asked: argparse.Namespace) -> int:
    if asked.act == "list":
        async with core.database.read_connection() as connection:
            stopped = await channels.stopped(connection)
            waiting = await channels.waiting(connection)
            read_at = await channels.oldest_feed(connection)
        for row in stopped:
            print_line(f"{row['channel']} stopped since {row['since']:%Y-%m-%d %H:%M} UTC: "
                       f"{row['reason']}")  # fmt: skip
        for row in waiting:
            print_line(f"{row['count']} messages wait: {row['wait_reason'] or 'not due'}")
        print_line(f"{len(stopped)} channels are stopped")
        print_line(f"news is read up to {read_at:%Y-%m-%d %H:%M:%S} UTC" if read_at else
                   "news was never read to its end")  # fmt: skip
        return 0
    async with core.database.transaction(actor=asked.actor) as tx:
        started = await channels.start(tx.connection, asked.channel.value)
        if started:
            about = {"channel": asked.channel.value, "reason": asked.reason[:200]}
            tx.audit("channel.started", "channel", SUBJECT, **about)
    print_line(f"{asked.channel.value} " + ("goes on" if started else "was not stopped"))
    return 0 if started else 1


CHANNELS = Verb("channels", "list stopped channels, or start one again", _arguments, _run)
