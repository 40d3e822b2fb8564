"""A person who was told of a coach is told when that falls through, and only then."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from services.notifications.on.coach_assigned import assignment_ended, coach_assigned
from services.notifications.store import referrals
from shared import db
from shared.events import AssignmentEnded, CoachAssigned
from shared.transaction import Database
from tests.integration.core.store import SetClock
from tests.integration.crash import cast
from tests.world.engines import Engines

NOON = datetime(2026, 11, 23, 18, tzinfo=UTC)
REFERRAL, PERSON, OFFER, COACH = uuid4(), uuid4(), uuid4(), uuid4()


@pytest.fixture
async def database(engines: Engines) -> AsyncIterator[Database]:
    """Notifications' own, in which a coach has said yes."""
    site = await engines.new_site()
    url = site.database_url("notifications", "notifications")
    pool = await db.open_pool(url, size=2, application="test")
    database = Database(pool, SetClock(NOON), "notifications", lambda _: None)
    try:
        async with database.transaction() as tx:
            known = cast.accepted(REFERRAL, person_id=PERSON)
            await referrals.accepted(tx.connection, [known])
            await coach_assigned(
                tx,
                CoachAssigned(
                    referral_id=REFERRAL,
                    offer_id=OFFER,
                    coach_id=COACH,
                    episode=1,
                    first_contact_by=NOON,
                ),
            )
        yield database
    finally:
        pool.terminate()


async def run(database: Database, statement: str, *arguments: object) -> None:
    async with database.transaction() as tx:
        await tx.connection.execute(statement, *arguments)


async def ends(
    database: Database, outcome: str = "referral-closed", step: str = "contact_called_off"
) -> list[UUID]:
    """The assignment ends; whom a text that says so is planned for."""
    ended = AssignmentEnded(referral_id=REFERRAL, offer_id=OFFER, coach_id=COACH, outcome=outcome)
    async with database.transaction() as tx:
        await assignment_ended(tx, ended)
    async with database.read_connection() as connection:
        rows = await connection.fetch("SELECT recipient_id FROM messages WHERE step = $1", step)
    return [row["recipient_id"] for row in rows]


async def coaches_known(database: Database) -> tuple[UUID, ...]:
    """The referrals of whose coach the person may know."""
    async with database.read_connection() as connection:
        return await referrals.with_known_coach(connection, [PERSON])


WELCOME_IS = "UPDATE messages SET state = $1, sent_at = $2 WHERE step = 'welcome'"


@pytest.mark.parametrize("state", ["claimed", "unknown", "sent", "delivered", "no_receipt"])
async def test_who_may_have_read_of_a_coach_is_told_that_nobody_will_call(
    database: Database, state: str
) -> None:
    await run(database, WELCOME_IS, state, NOON)
    assert await coaches_known(database) == (REFERRAL,)
    assert await ends(database) == [PERSON]
    assert await ends(database) == [PERSON], "once, however often the event comes"


@pytest.mark.parametrize("state", ["planned", "suppressed", "failed", "parked"])
async def test_who_never_read_of_a_coach_hears_nothing(database: Database, state: str) -> None:
    await run(database, WELCOME_IS, state, None)
    assert await coaches_known(database) == ()
    assert await ends(database) == []


async def test_who_has_met_the_coach_hears_nothing(database: Database) -> None:
    await run(database, WELCOME_IS, "delivered", NOON)
    await run(database, "UPDATE referrals SET first_contact_at = $1", NOON)
    assert await ends(database) == []


@pytest.mark.parametrize(
    ("outcome", "step"),
    [("goals-met", "support_ended"), ("unable-to-contact", "contact_given_up")],
)
async def test_who_was_told_of_a_coach_hears_how_it_ended(
    database: Database, outcome: str, step: str
) -> None:
    await run(database, WELCOME_IS, "delivered", NOON)
    await run(database, "UPDATE referrals SET first_contact_at = $1", NOON)
    assert await ends(database, outcome, step) == [PERSON]


@pytest.mark.parametrize("outcome", ["consent-revoked", "deceased", "declined-by-person"])
async def test_who_wants_no_support_or_has_died_hears_nothing(
    database: Database, outcome: str
) -> None:
    await run(database, WELCOME_IS, "delivered", NOON)
    await ends(database, outcome)
    async with database.read_connection() as connection:
        planned = await connection.fetchval(
            "SELECT count(*) FROM messages WHERE recipient_id = $1 AND step <> 'welcome'", PERSON
        )
    assert planned == 0
