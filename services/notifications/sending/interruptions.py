"""A message whose failure always looks as if it would pass must not stop all others."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from services.notifications.store import messages
from shared.logs import log
from shared.transaction import Database

TRIES = 5
"""So often in this process, then the message is put off and named in the log."""

PUT_OFF = timedelta(seconds=5)
LONGEST = timedelta(seconds=60)
MOST = 1_000
"""How many messages are counted; beyond that the outage is everybody's."""


@dataclass(slots=True)
class Interruptions:
    """One per loop. An outage of everything counts too; then a message is put off a little."""

    _counts: Counter[UUID] = field(default_factory=Counter)
    _latest: tuple[UUID, str] | None = None

    def add(self, message_id: UUID, error: Exception) -> None:
        """This message has interrupted the loop."""
        if len(self._counts) >= MOST:
            self._counts.clear()
        self._counts[message_id] += 1
        self._latest = (message_id, type(error).__name__)

    async def put_off(self, database: Database) -> bool:
        """Put the message off that interrupted last, if it does so again and again.

        Outside the transaction that failed. Raises an outage error when the database is away.
        """
        if self._latest is None:
            return False
        (message_id, error), self._latest = self._latest, None
        tries = self._counts[message_id]
        if tries < TRIES:
            return False
        async with database.transaction() as tx:
            until = tx.now + min(PUT_OFF * (tries - TRIES + 1), LONGEST)
            await messages.put_off(tx.connection, message_id, until=until)
        log.error("message_put_off", message_id=str(message_id), attempts=tries, error=error)
        return True
