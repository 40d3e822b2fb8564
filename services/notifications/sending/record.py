"""What a provider's answer does to a message."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from services.notifications.actions import message_moves
from services.notifications.actions.try_again import not_taken, use_other_channel
from services.notifications.channels.outcomes import Delivery, Lost, NotSent, Refused, Taken
from services.notifications.on.receipt_arrived import number_is_bad
from services.notifications.rules.states import (
    ACTIONS,
    NO_RECEIPT_AFTER,
    RETRY_WAITS,
    Action,
    State,
    Trigger,
    classify,
)
from services.notifications.sending.outbound import OutgoingMessage
from services.notifications.store import channels, messages
from services.notifications.store.messages import Details, Message
from shared.events import Channel
from shared.logs import log
from shared.transaction import Transaction

Chance = Callable[[], float]
"""A number from 0 up to 1, another one at each call."""


async def record(
    tx: Transaction,
    done: Sequence[tuple[OutgoingMessage, Delivery]],
    *,
    look_up_after: timedelta,
    chance: Chance,
) -> None:
    """Write the outcomes; a claim that somebody else has settled meanwhile stays as it is."""
    if not done:
        return
    look_up_at = tx.now + look_up_after
    outgoing_messages = {outgoing.message_id: (outgoing, delivery) for outgoing, delivery in done}
    for message in await messages.locked(tx.connection, list(outgoing_messages)):
        outgoing, delivery = outgoing_messages[message.message_id]
        if message.state is not State.CLAIMED or message.claim_epoch != outgoing.epoch:
            continue
        tx.correlation_id = message.correlation_id
        await _record_one(tx, message, outgoing, delivery, look_up_at, chance())


async def _record_one(
    tx: Transaction,
    message: Message,
    outgoing: OutgoingMessage,
    delivery: Delivery,
    look_up_at: datetime,
    chance: float,
) -> None:
    match delivery:
        case Taken(provider_id=provider_id):
            await message_moves.sent(
                tx,
                message,
                Trigger.PROVIDER_TAKES_IT,
                provider_id=provider_id,
                receipt_by=tx.now + NO_RECEIPT_AFTER,
            )
        case NotSent(retry_after=retry_after):
            asks = Trigger.PROVIDER_ASKS_TO_WAIT
            await not_taken(tx, message, asks, chance=chance, retry_after=retry_after)
        case Lost():
            unknown = Details(next_at=look_up_at)
            await messages.move(tx.connection, message, Trigger.ANSWER_IS_LOST, unknown, at=tx.now)
        case Refused(code=code):
            await _refused(tx, message, outgoing, code, chance)


async def _refused(
    tx: Transaction, message: Message, outgoing: OutgoingMessage, code: int, chance: float
) -> None:
    """The class of the provider's code decides; none is tried again blindly."""
    reason = classify(code)
    action = ACTIONS[reason]
    log.warning("send_refused", code=code, reason=reason.value, step=message.step)
    asks = Trigger.PROVIDER_ASKS_TO_WAIT
    if action is Action.BACK_OFF:
        await not_taken(tx, message, asks, chance=chance)
        return
    again = _again_after(action, message.retries)
    if again is not None:
        later = Details(reason.value, next_at=tx.now + again)
        await messages.move(tx.connection, message, asks, later, at=tx.now)
        return
    if action is Action.STOP_CHANNEL:
        channel = outgoing.channel.value
        await channels.stop(tx.connection, channel, reason=reason.value, at=tx.now)
    if outgoing.channel is Channel.SMS:
        await number_is_bad(tx, message, action, outgoing.due.phone_hash)
    if await use_other_channel(tx, message, reason.value):
        return
    if action in (Action.PARK, Action.STOP_CHANNEL):
        await message_moves.park(tx, message, reason.value)
    else:
        await message_moves.failed(tx, message, reason.value)


def _again_after(action: Action, retries: int) -> timedelta | None:
    match action:
        case Action.TRY_LATER if retries < len(RETRY_WAITS):
            return RETRY_WAITS[retries]
        case Action.TRY_NEXT_DAY if retries < 3:
            return timedelta(days=1)
        case _:
            return None
