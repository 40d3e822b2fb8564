"""What a provider's answer does to a message."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from services.notifications.actions.message_events import emit_failed, emit_parked, emit_sent
from services.notifications.channels.outcomes import Delivery, Lost, NotSent, Refused, Taken
from services.notifications.on.receipt_arrived import number_is_bad
from services.notifications.rules.states import (
    ACTIONS,
    NO_RECEIPT_AFTER,
    RETRY_WAITS,
    Action,
    State,
    classify,
)
from services.notifications.sending.outbound import OutgoingMessage
from services.notifications.store import channels, messages
from services.notifications.store.messages import Outcome
from shared.db import Row
from shared.logs import log
from shared.transaction import Transaction

NOT_SENT_AGAIN_AFTER = timedelta(seconds=5)
MAX_WAIT = timedelta(minutes=5)
"""A provider that cannot be reached must not take the turn of one that can."""
BACK_OFF = timedelta(seconds=30)


async def record(
    tx: Transaction, done: Sequence[tuple[OutgoingMessage, Delivery]], *, look_up_after: timedelta
) -> None:
    """Write the outcomes; a claim that somebody else has settled meanwhile stays as it is."""
    if not done:
        return
    look_up_at = tx.now + look_up_after
    outgoing_messages = {outgoing.message_id: (outgoing, delivery) for outgoing, delivery in done}
    for row in await messages.locked(tx.connection, list(outgoing_messages)):
        outgoing, delivery = outgoing_messages[row["message_id"]]
        if row["state"] != State.CLAIMED.value or row["claim_epoch"] != outgoing.epoch:
            continue
        tx.correlation_id = row["correlation_id"]
        await _record_one(tx, row, outgoing, delivery, look_up_at)


async def _record_one(
    tx: Transaction, row: Row, outgoing: OutgoingMessage, delivery: Delivery, look_up_at: datetime
) -> None:
    message_id = outgoing.message_id
    match delivery:
        case Taken(provider_id=provider_id):
            outcome = Outcome(
                State.SENT.value, next_at=tx.now + NO_RECEIPT_AFTER, provider_id=provider_id
            )
            await messages.settle(tx.connection, message_id, outcome, at=tx.now)
            emit_sent(tx, row)
        case NotSent():
            until = tx.now + min(NOT_SENT_AGAIN_AFTER * 2 ** min(row["retries"], 8), MAX_WAIT)
            await messages.retry(tx.connection, message_id, until=until, reason="not-sent")
        case Lost():
            unknown = Outcome(State.UNKNOWN.value, next_at=look_up_at)
            await messages.settle(tx.connection, message_id, unknown, at=tx.now)
        case Refused(code=code):
            await _refused(tx, row, outgoing, code)


async def _refused(tx: Transaction, row: Row, outgoing: OutgoingMessage, code: int) -> None:
    """The class of the provider's code decides; none is tried again blindly."""
    reason = classify(code)
    action = ACTIONS[reason]
    log.warning("send_refused", code=code, reason=reason.value, step=row["step"])
    again = _again_after(action, row["retries"])
    if again is not None:
        until = tx.now + again
        await messages.retry(tx.connection, outgoing.message_id, until=until, reason=reason.value)
    elif action in (Action.PARK, Action.STOP_CHANNEL):
        parked = Outcome(State.PARKED.value, reason=reason.value)
        await messages.settle(tx.connection, outgoing.message_id, parked, at=tx.now)
        emit_parked(tx, row, row["channel"], reason.value)
        if action is Action.STOP_CHANNEL:
            await channels.stop(tx.connection, row["channel"], reason=reason.value, at=tx.now)
    else:
        failed = Outcome(State.FAILED.value, reason=reason.value)
        await messages.settle(tx.connection, outgoing.message_id, failed, at=tx.now)
        emit_failed(tx, row, reason.value)
        await number_is_bad(tx, row, action, outgoing.phone_hash)


def _again_after(action: Action, retries: int) -> timedelta | None:
    match action:
        case Action.TRY_LATER if retries < len(RETRY_WAITS):
            return RETRY_WAITS[retries]
        case Action.BACK_OFF if retries < 10:
            return BACK_OFF * (retries + 1)
        case Action.TRY_NEXT_DAY if retries < 3:
            return timedelta(days=1)
        case _:
            return None
