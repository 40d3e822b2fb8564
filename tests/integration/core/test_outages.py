"""How often a message was not taken decides what comes next: later, another channel, a human."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.notifications.actions.try_again import not_taken
from services.notifications.on.receipt_arrived import receipt_arrived
from services.notifications.rules.retries import MAX_TRIES, TRIES_OF_ONE_CHANNEL
from services.notifications.rules.states import Trigger
from services.notifications.store import channels, contacts, messages, parked, planned
from services.notifications.store.parked import ParkedMessage
from services.notifications.store.planned import NewMessage
from shared import db
from shared.transaction import Database
from tests.integration.core.store import SetClock
from tests.world.engines import Engines

NOON = datetime(2026, 11, 23, 18, tzinfo=UTC)
COACH = uuid4()
CLAIMED = """
    UPDATE messages SET state = 'claimed', channel = 'sms', claim_epoch = 1, retries = $2
     WHERE message_id = $1
"""


@pytest.fixture
async def database(engines: Engines) -> AsyncIterator[Database]:
    site = await engines.new_site()
    url = site.database_url("notifications", "notifications")
    pool = await db.open_pool(url, size=2, application="test")
    try:
        yield Database(pool, SetClock(NOON), "notifications", lambda _: None)
    finally:
        pool.terminate()


async def coach(database: Database, *, email: bool) -> None:
    async with database.transaction() as tx:
        known = ("coach", COACH, "{}", b"hash", email, "en", "UTC", True, False)
        await contacts.record(tx.connection, *known, at=NOON, by="test")


async def claimed(database: Database, *, tried: int) -> UUID:
    """A text that asks the coach, claimed after so many tries in vain."""
    message = NewMessage(
        message_id=uuid4(),
        subject_id=uuid4(),
        referral_id=None,
        occasion_id=uuid4(),
        episode=1,
        plan_version=1,
        step="offer_made",
        recipient_kind="coach",
        recipient_id=COACH,
        offer_id=None,
        due_at=NOON,
        correlation_id=uuid4(),
    )
    async with database.transaction() as tx:
        await planned.plan(tx.connection, [message], at=NOON)
        await tx.connection.execute(CLAIMED, message.message_id, tried)
    return message.message_id


async def after_one_more(database: Database, tried: int) -> ParkedMessage:
    """What is known of a text that was not taken once more."""
    message_id = await claimed(database, tried=tried)
    async with database.transaction() as tx:
        (message,) = await messages.locked(tx.connection, [message_id])
        asks = Trigger.PROVIDER_ASKS_TO_WAIT
        hour = timedelta(hours=1)
        await not_taken(tx, message, asks, chance=0.5, retry_after=hour)
    return await look_at(database, message_id)


async def look_at(database: Database, message_id: UUID) -> ParkedMessage:
    async with database.read_connection() as connection:
        found = await parked.find(connection, message_id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("email", "tried", "state", "given_up"),
    [
        (True, 0, "planned", []),
        (True, TRIES_OF_ONE_CHANNEL - 1, "planned", []),
        (True, TRIES_OF_ONE_CHANNEL, "planned", ["sms"]),
        (False, TRIES_OF_ONE_CHANNEL, "planned", []),
        (False, MAX_TRIES - 1, "planned", []),
        (False, MAX_TRIES, "parked", []),
    ],
)
async def test_a_short_outage_delays_and_a_long_one_takes_the_next_channel(
    database: Database, *, email: bool, tried: int, state: str, given_up: list[str]
) -> None:
    await coach(database, email=email)
    message = await after_one_more(database, tried)
    assert (message.state, message.given_up) == (state, given_up)


async def test_a_channel_that_our_own_fault_has_stopped_is_no_other_channel(
    database: Database,
) -> None:
    await coach(database, email=True)
    async with database.transaction() as tx:
        await channels.stop(tx.connection, "email", reason="our-fault", at=NOON)
    assert (await after_one_more(database, TRIES_OF_ONE_CHANNEL)).given_up == []


async def test_what_comes_of_a_channel_that_was_given_up_changes_nothing_any_more(
    database: Database,
) -> None:
    await coach(database, email=True)
    message = await after_one_more(database, TRIES_OF_ONE_CHANNEL)
    async with database.transaction() as tx:
        known = await receipt_arrived(
            tx,
            message.message_id,
            status="undelivered",
            provider_id="SM1",
            code=30003,
            phone_hash=None,
        )
    assert known
    assert await look_at(database, message.message_id) == message
