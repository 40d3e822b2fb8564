"""The human task about a key that has stopped: what stands behind it may be a revocation."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from shared.events import ReferralHeld, ReferralTaskOpened, SafetyFlagged
from shared.messaging import parked
from shared.messaging.parked import Reason
from shared.tasks import Outcome, TaskKind
from shared.transaction import Transaction

OpenTask: TypeAlias = Callable[[Transaction, TaskKind, UUID, str], Awaitable[None]]
CloseTasks: TypeAlias = Callable[
    [Transaction, UUID, Outcome, Collection[TaskKind]], Awaitable[None]
]

TELLS_OF_DANGER = frozenset({SafetyFlagged.type, ReferralHeld.type, ReferralTaskOpened.type})
"""What a service that cannot read it may have to wake somebody for, at any hour."""


@dataclass(frozen=True, slots=True)
class KeyTasks:
    """Opens and closes it in the manner of the service, in the transaction that stops or frees.

    One task of each kind per key, on however many topics it has stopped.
    """

    open: OpenTask
    close: CloseTasks

    async def stopped(
        self, tx: Transaction, key: UUID, event_type: str | None, why: Reason
    ) -> None:
        """A record of this key and type failed or conflicts; the record itself says how."""
        if event_type in TELLS_OF_DANGER:
            await self.open(tx, TaskKind.NEWS_OF_DANGER_UNREAD, key, why.value)
        else:
            await self.open(tx, TaskKind.NEWS_UNREAD, key, why.value)

    async def settled(self, tx: Transaction, key: UUID) -> None:
        """A person has dealt with a record of this key, which is no longer parked."""
        if not await parked.waits_for_person(tx.connection, key):
            kinds = [TaskKind.NEWS_UNREAD, TaskKind.NEWS_OF_DANGER_UNREAD]
            await self.close(tx, key, Outcome.NEWS_SETTLED, kinds)
