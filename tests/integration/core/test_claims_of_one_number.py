"""What may text one number is counted in the claim itself, also by two processes at once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from services.notifications.rules.compose import Text
from services.notifications.rules.facts import Limits
from services.notifications.rules.formats import Language
from services.notifications.rules.quiet_hours import Hours
from services.notifications.rules.segments import count
from services.notifications.rules.steps import Step
from services.notifications.sending.claimer import Claimer
from services.notifications.sending.facts import Policy
from services.notifications.sending.outbound import MessageComposer, OutgoingMessage
from services.notifications.store import planned
from services.notifications.store.due_messages import DueMessage
from services.notifications.store.planned import NewMessage
from shared import db
from shared.clock_guard import ClockGuard
from shared.events import Channel, ReferralAccepted
from shared.transaction import Database
from tests.integration.core.store import SetClock
from tests.world.engines import Engines

NOON = datetime(2026, 11, 23, 18, tzinfo=UTC)
PHONE_HASH, PEOPLE, MOST = b"one telephone", 9, 3


class Trusting:
    """A clock that is never in doubt."""

    async def trusts(self, *_: Any) -> bool:
        return True


@dataclass
class EachItsOwn:
    """Composes a text of its own for every message, so that no two are alike."""

    async def prefetch(self, _: Sequence[DueMessage]) -> None:
        """Nothing to fetch."""

    async def compose(
        self, due: DueMessage, step: Step, channel: Channel, _: Any
    ) -> OutgoingMessage:
        text = Text("", str(due.message_id), count("x"), Language.ENGLISH)
        body_hash = due.message_id.bytes
        return OutgoingMessage(
            due.message_id, 1, channel, "+15392010000", text, body_hash, due, step
        )


@pytest.fixture
async def database(engines: Engines) -> AsyncIterator[Database]:
    """Notifications' own, in which nine people with one number wait for their number checks."""
    site = await engines.new_site()
    url = site.database_url("notifications", "notifications")
    pool = await db.open_pool(url, size=3, application="test")
    database = Database(pool, SetClock(NOON), "notifications", lambda _: None)
    try:
        async with database.transaction() as tx:
            await tx.connection.execute(
                "INSERT INTO feeds VALUES ($1, 0, $2)", ReferralAccepted.topic, NOON
            )
            new = [await person(tx.connection) for _ in range(PEOPLE)]
            await planned.plan(tx.connection, new, at=NOON)
        yield database
    finally:
        pool.terminate()


async def person(connection: db.Connection) -> NewMessage:
    person_id, referral_id = uuid4(), uuid4()
    await connection.execute(
        "INSERT INTO contacts (kind, recipient_id, phone_hash, language, zone) "
        "VALUES ('person', $1, $2, 'en', 'America/Chicago')",
        person_id,
        PHONE_HASH,
    )
    await connection.execute(
        "INSERT INTO referrals (referral_id, person_id, consent_ends_at) VALUES ($1, $2, $3)",
        referral_id,
        person_id,
        NOON + timedelta(days=90),
    )
    return NewMessage(
        message_id=uuid4(),
        subject_id=referral_id,
        referral_id=referral_id,
        occasion_id=referral_id,
        episode=1,
        plan_version=1,
        step="number_check",
        recipient_kind="person",
        recipient_id=person_id,
        offer_id=None,
        due_at=NOON,
        correlation_id=uuid4(),
    )


def claimer() -> Claimer:
    return Claimer(
        guard=cast(ClockGuard, Trusting()),
        composer=cast(MessageComposer, EachItsOwn()),
        policy=Policy(Hours(), Limits(referrals_per_number=MOST)),
        look_up_after=timedelta(seconds=10),
    )


async def claimed(database: Database, *, limit: int, hold: asyncio.Event) -> list[UUID]:
    """Claim so many, and commit once `hold` is set."""
    async with database.transaction() as tx:
        found = await claimer().claim_due(tx, limit=limit)
        await hold.wait()
    return [one.message_id for one in found.messages]


async def test_one_claim_of_many_takes_no_more_than_the_number_may_have(
    database: Database,
) -> None:
    now = asyncio.Event()
    now.set()
    assert len(await claimed(database, limit=PEOPLE, hold=now)) == MOST


async def test_a_claim_leaves_a_number_to_the_process_that_claims_it(database: Database) -> None:
    now, later = asyncio.Event(), asyncio.Event()
    now.set()
    first = asyncio.create_task(claimed(database, limit=MOST - 1, hold=later))
    await asyncio.sleep(0.5)
    assert await claimed(database, limit=PEOPLE, hold=now) == []
    later.set()
    assert len(await first) == MOST - 1
    assert len(await claimed(database, limit=PEOPLE, hold=now)) == 1
