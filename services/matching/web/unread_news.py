"""No page shows a person while a consumer has halted: a revocation may lie in front of it."""

from services.matching.settings import Settings
from shared.errors import NewsWaitsError
from shared.messaging import parked
from shared.service import Core


class UnreadNews:
    """Asked before every page of a coach. This process knows of its own consumer; of those of
    other replicas the dead-letter limit tells."""

    def __init__(self, core: Core[Settings]) -> None:
        self._core = core

    async def refuse(self) -> None:
        """Raises NewsWaitsError while something may be unread."""
        limit, now = self._core.settings.dead_letter_limit, self._core.clock.now()
        async with self._core.database.read_connection() as connection:
            at_limit = await parked.limit_is_reached(connection, limit, now=now)
        if at_limit or self._core.feed.is_stopped():
            raise NewsWaitsError
