"""Claims: what may be sent, once, by the process that holds the claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.rules.states import State, Trigger, after
from shared.db import Connection


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this process may send, once, under this epoch."""

    message_id: UUID
    channel: str
    body_hash: bytes


CLAIMED = after(State.PLANNED, Trigger.SEND_IS_CLAIMED).value

_CLAIM = """
    UPDATE messages
       SET state = $7, claim_epoch = claim_epoch + 1, claimed_at = coalesce(claimed_at, $5),
           channel = $2, body_hash = $3, next_at = $4, wait_reason = $6
     WHERE message_id = $1 AND state = 'planned'
"""


async def claim(
    connection: Connection,
    claims: Sequence[Claim],
    *,
    look_up_at: datetime,
    at: datetime,
    reason: str | None = None,
) -> None:
    """From the commit on the requests may be under way; none is sent again without a look-up.

    `at` is the earliest moment at which the provider can have taken them; that of an earlier claim
    of the same message stands.
    """
    for one in claims:
        await connection.execute(
            _CLAIM, one.message_id, one.channel, one.body_hash, look_up_at, at, reason, CLAIMED
        )
