"""A search stands again as an own event told; used only while a restored database is repaired."""

from datetime import datetime, timedelta
from uuid import UUID

from services.matching.rules.states import SearchState
from services.matching.store import restored
from services.matching.timers import WaitlistReviewDue
from shared.transaction import Transaction

LOOK_AGAIN_AFTER = timedelta(minutes=1)
"""When a search without an offer is looked at, unless a later event says how it went on."""


async def search_stands(
    tx: Transaction,
    referral_id: UUID,
    state: SearchState,
    next_action_at: datetime | None,
    at: datetime,
) -> bool:
    return await restored.search_stands(
        tx.connection, referral_id, state.value, next_action_at=next_action_at, at=at
    )


async def waits_again(
    tx: Transaction, referral_id: UUID, review_at: datetime, at: datetime
) -> None:
    if await search_stands(tx, referral_id, SearchState.WAITLISTED, review_at, at):
        tx.schedule(review_at, WaitlistReviewDue(referral_id=referral_id))
