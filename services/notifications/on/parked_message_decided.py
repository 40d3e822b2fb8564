"""A human has decided what becomes of a parked message."""

from enum import StrEnum
from typing import assert_never
from uuid import UUID

from services.notifications.actions import message_moves
from services.notifications.actions.human_tasks import close_tasks
from services.notifications.rules.kinds import Kind
from services.notifications.rules.plan import STEPS
from services.notifications.rules.states import NO_RECEIPT_AFTER, Trigger
from services.notifications.store import messages
from services.notifications.store.messages import Details
from shared.tasks import Outcome, TaskKind
from shared.transaction import Transaction, Wakeable

BY_HAND = "by-hand"

ONLY_AT_ONCE = frozenset(
    step.name
    for step in STEPS
    if step.kind in (Kind.OPT_OUT_CONFIRMED, Kind.WRONG_NUMBER_CONFIRMED)
)
"""47 CFR 64.1200(a)(12): a confirmation within five minutes, or none."""


class Decision(StrEnum):
    SENT = "sent"
    """The recipient has it, or was told in another way."""
    AGAIN = "again"
    """The provider surely does not have it, and it is still wanted: every rule is asked anew."""
    DROP = "drop"
    """Nobody needs it any more."""


class NotDecidedError(Exception):
    """The message cannot be decided so; the text says why and what can be done."""


async def parked_message_decided(
    tx: Transaction, message_id: UUID, decision: Decision, reason: str
) -> None:
    """Do it and note in the audit log who did and why.

    Raises NotDecidedError for an unknown message and one whose time is over,
    IllegalTransitionError for one that is not parked.
    """
    found = await messages.locked(tx.connection, [message_id])
    if not found:
        raise NotDecidedError("there is no such message; `parked list` shows what waits")
    message = found[0]
    tx.correlation_id = message.correlation_id
    match decision:
        case Decision.SENT:
            receipt_by, says = tx.now + NO_RECEIPT_AFTER, Trigger.HUMAN_SAYS_SENT
            await message_moves.sent(tx, message, says, provider_id=None, receipt_by=receipt_by)
        case Decision.AGAIN:
            if message.step in ONLY_AT_ONCE:
                raise NotDecidedError(
                    f"{message.step} may go out within five minutes or never; drop it"
                )
            again, says = Details(BY_HAND, next_at=tx.now), Trigger.HUMAN_SAYS_AGAIN
            await messages.move(tx.connection, message, says, again, at=tx.now)
            tx.wake(Wakeable.SENDER)
        case Decision.DROP:
            drops = Trigger.HUMAN_DROPS_IT
            await message_moves.suppressed(tx, message, None, BY_HAND, trigger=drops)
        case _:
            assert_never(decision)
    await close_tasks(tx, message_id, Outcome.MESSAGE_DECIDED, [TaskKind.MESSAGE_PARKED])
    tx.audit(
        f"message.parked_{decision.value}",
        message.recipient_kind.value,
        message.recipient_id,
        message_id=str(message_id),
        step=message.step,
        reason=reason,
    )
