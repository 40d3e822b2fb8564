"""Counts what changed, so that an open page can ask for what is new since it last looked."""

import asyncio


class Changes:
    """A version that only grows, and a wait for it to grow."""

    def __init__(self) -> None:
        self.version = 1
        self._news = asyncio.Event()

    def mark(self) -> int:
        """Count one change and wake those who wait; returns the new version."""
        self.version += 1
        self._news.set()
        return self.version

    async def beyond(self, seen: int) -> int:
        """Wait until the version is greater than `seen`; returns it."""
        while self.version <= seen:
            self._news.clear()
            await self._news.wait()
        return self.version
