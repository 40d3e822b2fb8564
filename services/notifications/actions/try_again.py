"""A message that did not get through: later, by the next channel of its step, or a human's."""

from datetime import timedelta

from services.notifications.actions import message_moves
from services.notifications.rules.plan import step_named
from services.notifications.rules.reach import first_usable
from services.notifications.rules.retries import (
    MAX_TRIES,
    MAX_WAIT,
    MAX_WAIT_URGENT,
    TRIES_OF_ONE_CHANNEL,
    wait_before_retry,
)
from services.notifications.rules.states import Trigger
from services.notifications.rules.steps import Step
from services.notifications.store import contacts, messages
from services.notifications.store.messages import Details, Message
from shared.transaction import Transaction, Wakeable


async def not_taken(
    tx: Transaction,
    message: Message,
    trigger: Trigger,
    *,
    chance: float,
    retry_after: timedelta | None = None,
) -> None:
    """The provider surely does not have it. An outage delays: it never fails a message.

    One that lasts takes the next channel, where the recipient has one.
    """
    if message.retries >= TRIES_OF_ONE_CHANNEL and await use_other_channel(tx, message, "not-sent"):
        return
    if message.retries >= MAX_TRIES:
        await message_moves.park(tx, message, "not-taken")
        return
    step = _step_of(message)
    most = MAX_WAIT_URGENT if step is not None and step.urgent else MAX_WAIT
    wait = wait_before_retry(message.retries, chance, asked=retry_after, most=most)
    again = Details("not-sent", next_at=tx.now + wait)
    await messages.move(tx.connection, message, trigger, again, at=tx.now)
    tx.wake(Wakeable.SENDER)


async def use_other_channel(tx: Transaction, message: Message, reason: str) -> bool:
    """Plan it by the next channel of its step. False when the recipient cannot be reached so."""
    step = _step_of(message)
    if message.channel is None or step is None:
        return False
    given_up = {*message.given_up, message.channel}
    left = [one for one in step.channels if one not in given_up]
    if not left:
        return False
    reach = await contacts.reach_of(tx.connection, message.recipient_kind, message.recipient_id)
    if reach is None or first_usable(left, reach) is None:
        return False
    again = Details(reason, next_at=tx.now)
    await messages.move(tx.connection, message, Trigger.CHANNEL_IS_GIVEN_UP, again, at=tx.now)
    tx.audit(
        "message.channel_given_up",
        message.recipient_kind.value,
        message.recipient_id,
        channel=message.channel.value,
        reason=reason,
    )
    tx.wake(Wakeable.SENDER)
    return True


def _step_of(message: Message) -> Step | None:
    """None for a step of a later release: the next look at what is due parks it."""
    try:
        return step_named(message.step)
    except KeyError:
        return None
