"""The look for what is due costs as much as it takes, however many bursts went before."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.notifications.rules.states import Trigger
from services.notifications.store import claims, due_messages, messages, planned
from services.notifications.store.claims import Claim
from services.notifications.store.messages import Details
from services.notifications.store.planned import NewMessage
from shared import db
from shared.events import ReferralAccepted
from shared.transaction import Database
from tests.integration.core.store import SetClock
from tests.world.engines import Engines

NOON = datetime(2026, 11, 23, 18, tzinfo=UTC)
CLINIC = uuid4()
REFERRALS, AT_ONCE, BURSTS = 150, 40, 4
MAX_READ = 12
"""Index entries per message: found, locked, read with its facts, claimed, recorded twice."""


@pytest.fixture
async def database(engines: Engines) -> AsyncIterator[Database]:
    """Notifications' own, on one connection, and never vacuumed."""
    site = await engines.new_site()
    url = site.database_url("notifications", "notifications_owner")
    pool = await db.open_pool(url, size=1, application="test")
    try:
        await pool.execute("ALTER TABLE messages SET (autovacuum_enabled = off)")
        yield Database(pool, SetClock(NOON), "notifications", lambda _: None)
    finally:
        pool.terminate()


def message(kind: str, recipient: UUID, step: str, due_at: datetime) -> NewMessage:
    return NewMessage(
        message_id=uuid4(),
        subject_id=uuid4(),
        referral_id=None,
        occasion_id=uuid4(),
        episode=1,
        plan_version=1,
        step=step,
        recipient_kind=kind,
        recipient_id=recipient,
        offer_id=None,
        due_at=due_at,
        correlation_id=uuid4(),
    )


async def plan_burst(database: Database) -> None:
    """What every referral of one clinic plans: two messages now and one for tomorrow."""
    for _ in range(REFERRALS):
        person = uuid4()
        async with database.transaction() as tx:
            await planned.plan(
                tx.connection,
                [
                    message("clinic", CLINIC, "clinic_accepted", tx.now),
                    message("person", person, "number_check", tx.now),
                    message("person", person, "number_check_again", tx.now + timedelta(days=1)),
                ],
                at=tx.now,
            )


async def send_burst(database: Database) -> int:
    """As the sender does: claim what is due, then record that it was taken and has arrived."""
    sent: list[UUID] = []
    while claimed := await claim_due(database):
        await move(database, claimed, Trigger.PROVIDER_TAKES_IT)
        sent += claimed
    for first in range(0, len(sent), AT_ONCE):
        await move(database, sent[first : first + AT_ONCE], Trigger.RECEIPT_SAYS_DELIVERED)
    return len(sent)


async def claim_due(database: Database) -> Sequence[UUID]:
    async with database.transaction() as tx:
        due = await due_messages.lock_due(
            tx.connection,
            now=tx.now,
            limit=AT_ONCE,
            counted_since=tx.now - timedelta(days=7),
            counted_steps=["check_in_day_3"],
            unasked_since=tx.now - timedelta(days=1),
            unasked_steps=["number_check"],
            feed=ReferralAccepted.topic,
        )
        ours = [
            Claim(one.message_id, "email" if one.recipient_id == CLINIC else "sms", uuid4().bytes)
            for one in due.messages
        ]
        look_up_at = tx.now + timedelta(seconds=20)
        await claims.claim(tx.connection, ours, look_up_at=look_up_at, at=tx.now)
    return [one.message_id for one in ours]


async def move(database: Database, ids: Sequence[UUID], trigger: Trigger) -> None:
    async with database.transaction() as tx:
        for one in await messages.locked(tx.connection, ids):
            details = Details(next_at=tx.now + timedelta(hours=72))
            await messages.move(tx.connection, one, trigger, details, at=tx.now)


_READ = """
    SELECT sum(idx_tup_read)::int FROM pg_stat_user_indexes WHERE relname = 'messages'
"""


async def entries_read(database: Database) -> int:
    await database.pool.execute("SELECT pg_stat_force_next_flush()")
    read: int = await database.pool.fetchval(_READ)
    return read


async def test_a_burst_reads_as_many_index_entries_as_the_first_one_did(
    database: Database,
) -> None:
    per_message = []
    for _ in range(BURSTS):
        before = await entries_read(database)
        await plan_burst(database)
        sent = await send_burst(database)
        assert sent == 2 * REFERRALS
        per_message.append((await entries_read(database) - before) / sent)
    assert max(per_message) <= MAX_READ, per_message
