"""Fetches what the first start needs, and shows the progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from deploy.local.account import cache_folder
from deploy.local.jars import kafka_jars
from deploy.local.kafka import java
from deploy.local.postgres import client_programs

_KAFKA_BYTES: Final = 47_300_000
"""Size of all jars together; only the bar needs it."""


def fetch_all(console: Console) -> None:
    """Put everything that the engines need where they find it. Raises DownloadError."""
    client_programs()
    java()
    bar = Progress(
        TextColumn("  Apache Kafka"), BarColumn(), DownloadColumn(), console=console, transient=True
    )
    task = bar.add_task("Kafka", total=_KAFKA_BYTES)

    @contextmanager
    def one_file(name: str, size: int) -> Iterator[Callable[[int], None]]:
        """Called by the downloader for each file; package descriptions do not count."""
        bar.start()
        counts = name.endswith(".jar")
        yield lambda received: bar.advance(task, received if counts else 0)

    try:
        kafka_jars(cache_folder(), say=console.print, progress=one_file)
    finally:
        bar.stop()
