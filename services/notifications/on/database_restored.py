"""The database was restored and has forgotten own events: what they told is applied again.

STOP and words of danger first: what was written meanwhile is read again from the provider, before
anything is sent. What was sent meanwhile is known from our own events; where even those are
missing, the provider is asked before a text goes out (`sending/look_up.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from services.notifications.actions.address_book import AddressBook
from services.notifications.on.contact_recorded import record_contact
from services.notifications.on.text_received import InboundText, text_received
from services.notifications.rules.states import NO_RECEIPT_AFTER, State, Trigger
from services.notifications.store import contacts, messages, restored
from services.notifications.store.messages import Details
from shared import events
from shared.events import Event
from shared.messaging.recovery import Forgotten, Inputs, Reapply
from shared.transaction import Database, Transaction

WITHOUT_STATE: tuple[type[Event], ...] = (
    events.MessageDelivered,
    events.MessageUndelivered,
    events.MessageFailed,
    events.MessageSuppressed,
    events.MessageParked,
    events.CoachReplied,
    events.ReplyReceived,
)
"""Own events whose state comes again by itself: receipts by the provider, answers with the texts
that are read again, decisions about sends with the next look at what is due."""


class Inbox(Protocol):
    """The provider's list of what was written to us."""

    async def received_since(self, since: datetime) -> Sequence[tuple[str, str, str]]: ...


def reapply(book: AddressBook) -> dict[type[Event], Reapply]:
    """Event type → function, for the events that notifications owns."""
    return {
        events.MessageSent: _message_sent,
        events.PersonOptedOut: partial(_opted, book=book, out=True),
        events.PersonOptedIn: partial(_opted, book=book, out=False),
        events.SafetyFlagged: partial(_safety_flagged, book=book),
    }


async def _message_sent(
    tx: Transaction, event: events.MessageSent, at: datetime, _: Inputs
) -> str | None:
    known = await messages.locked(tx.connection, [event.message_id])
    for message in known:
        if message.state in (State.PLANNED, State.CLAIMED, State.UNKNOWN):
            details = Details(next_at=at + NO_RECEIPT_AFTER, channel=event.channel)
            trigger = Trigger.OWN_EVENT_TELLS_OF_IT
            await messages.move(tx.connection, message, trigger, details, at=at)
    if not known:
        await restored.remember_sent(tx.connection, event, at=at)
    return None


async def _opted(
    tx: Transaction, event: Any, at: datetime, inputs: Inputs, *, book: AddressBook, out: bool
) -> str | None:
    phone_hash = await _phone_of(tx, event.person_id, inputs, book)
    if phone_hash is None:
        return "number_missing"
    if out:
        await contacts.opt_out(tx.connection, phone_hash, event.scope, at=at)
    else:
        await contacts.opt_in(tx.connection, phone_hash)
    return None


async def _safety_flagged(
    tx: Transaction, event: events.SafetyFlagged, _: datetime, inputs: Inputs, *, book: AddressBook
) -> str | None:
    """The number is held again; the release, if there was one, is read again from intake."""
    phone_hash = await _phone_of(tx, event.person_id, inputs, book)
    if phone_hash is None:
        return "number_missing"
    await contacts.hold(tx.connection, phone_hash)
    return None


async def _phone_of(
    tx: Transaction, person_id: Any, inputs: Inputs, book: AddressBook
) -> bytes | None:
    """The number of a person; a contact that was forgotten too is taken from intake's event."""
    known = await restored.phone_of(tx.connection, person_id)
    if known is None:
        recorded = await inputs.take(tx, person_id, events.PersonContactRecorded)
        if recorded is not None:
            await record_contact(tx, recorded, book)
            known = await restored.phone_of(tx.connection, person_id)
    return known


async def read_texts_again(
    forgotten: Forgotten, _: Inputs, *, database: Database, inbox: Inbox, book: AddressBook
) -> Sequence[str]:
    """Read what was written to us since the state was lost, before anything is sent.

    Raises ConnectionError when the provider cannot be asked: then nothing goes on.
    """
    if forgotten.oldest_at is None:
        return []
    published = [envelope.event for _, envelope in forgotten.events if envelope.event is not None]
    read = 0
    for provider_id, sender, body in await inbox.received_since(forgotten.oldest_at):
        async with database.transaction() as tx:
            heard = await text_received(tx, InboundText(provider_id, sender, body), book)
            tx.withhold(published)
        read += heard.first_time
    return [f"{read} texts that people wrote meanwhile were read again from the provider"]
