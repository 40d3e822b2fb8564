"""The digits that name an offer in a text: the smallest that are free, never a call for help."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from services.notifications.store import referrals
from shared import db
from shared.db import Connection
from tests.world.engines import Engines

NOON = datetime(2026, 11, 23, 18, tzinfo=UTC)
COACH = uuid4()


@pytest.fixture
async def connection(engines: Engines) -> AsyncIterator[Connection]:
    site = await engines.new_site()
    url = site.database_url("notifications", "notifications_owner")
    session = await db.connect(url, application="test")
    try:
        yield session
    finally:
        await session.close()


async def next_code(connection: Connection, coach_id: UUID = COACH) -> str:
    offer_id = uuid4()
    await referrals.offer_made(connection, offer_id, uuid4(), coach_id, NOON)
    [code] = [
        one.code
        for one in await referrals.open_offers(connection, coach_id)
        if one.offer_id == offer_id
    ]
    return code


async def test_an_offer_gets_the_smallest_code_that_none_of_its_coach_has(
    connection: Connection,
) -> None:
    assert [await next_code(connection) for _ in range(3)] == ["11", "12", "13"]
    assert await next_code(connection, uuid4()) == "11"
    await connection.execute("UPDATE offers SET settled = true WHERE code IN ('11', '12')")
    assert [await next_code(connection) for _ in range(3)] == ["11", "12", "14"]


@pytest.mark.parametrize(("number", "following"), [(911, "912"), (988, "989"), (99, "99")])
async def test_a_number_to_call_for_help_is_no_code(
    connection: Connection, number: int, following: str
) -> None:
    await connection.execute(
        "INSERT INTO offers (offer_id, referral_id, coach_id, code, answer_by) "
        "SELECT gen_random_uuid(), gen_random_uuid(), $1, number, now() "
        "FROM generate_series(11, $2 - 1) AS number WHERE number NOT IN (911, 988)",
        COACH,
        number,
    )
    assert await next_code(connection) == following
