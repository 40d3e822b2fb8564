"""A sender is frozen between its claim and its send, and wakes up when another has decided."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from tests.faults.facts import violations
from tests.faults.load_facts import handed_over, load
from tests.faults.quiet import until_quiet
from tests.integration.system.pair import Pair
from tests.integration.system.sessions import ports_of
from tests.integration.system.traffic import Traffic
from tests.world.system import API_KEY, until

pytestmark = [pytest.mark.timeout(120), pytest.mark.faults]

SLEEPER = "notifications-2"

_SLOW_CLAIMS = """
    CREATE FUNCTION take_time() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('test.slept', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
            PERFORM set_config('test.slept', pg_current_xact_id()::text, true), pg_sleep(1);
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER take_time AFTER UPDATE ON messages DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.state = 'claimed' AND NEW.channel = 'sms')
        EXECUTE FUNCTION take_time();
"""
"""The commit of a claim takes a second: long enough for its sender to be frozen meanwhile."""


async def test_a_text_whose_sender_slept_since_its_claim_is_sent_by_another_and_once(
    pair: Pair,
) -> None:
    await until(pair.all_are_shared, what="every process to have its share")
    async with Traffic(pair, seed=9):
        async with slow_claims(pair):
            claim = await until_it_commits_a_claim(pair)
            pair.freeze(SLEEPER)
        held = await claimed_by(pair, claim)
        await until_decided(pair, held)
        pair.thaw(SLEEPER)
        await until(pair.all_are_shared, seconds=30, what="the sleeper to have its share again")
    await until_quiet(pair.system, seconds=40)
    sent = await handed_over(pair.system)
    assert [sent[str(message_id)] for message_id in held] == [1] * len(held)
    assert '"claim_too_old"' in pair.program(SLEEPER).log_since_start()
    facts = await load(pair.system, frozenset(pair.acknowledged), frozenset({API_KEY}))
    assert list(violations(facts)) == []


@asynccontextmanager
async def slow_claims(pair: Pair) -> AsyncIterator[None]:
    async with pair.system.database("notifications") as connection:
        await connection.execute(_SLOW_CLAIMS)
        try:
            yield
        finally:
            await connection.execute("DROP FUNCTION take_time CASCADE")


async def until_it_commits_a_claim(pair: Pair) -> str:
    """The transaction in which the sleeper-to-be claims, while it commits."""
    ports = list(ports_of(pair.program(SLEEPER)))

    async def commits() -> str:
        async with pair.system.database("notifications") as connection:
            found = await connection.fetchval(
                "SELECT backend_xid::text FROM pg_stat_activity "
                "WHERE client_port = ANY($1) AND wait_event = 'PgSleep'",
                ports,
            )
        return str(found or "")

    return str(await until(commits, what="the sender to commit a claim"))


async def claimed_by(pair: Pair, transaction: str) -> list[UUID]:
    """Texts that were claimed in this transaction, once it is committed."""

    async def committed() -> list[UUID]:
        async with pair.system.database("notifications") as connection:
            rows = await connection.fetch(
                "SELECT message_id FROM messages "
                "WHERE xmin::text = $1 AND state = 'claimed' AND channel = 'sms'",
                transaction,
            )
        return [row["message_id"] for row in rows]

    held: list[UUID] = await until(committed, seconds=5, what="the claim to be committed")
    return held


async def until_decided(pair: Pair, held: list[UUID]) -> None:
    """The other process has not found them at the provider, and has sent them."""

    async def all_sent() -> bool:
        async with pair.system.database("notifications") as connection:
            sent = await connection.fetchval(
                "SELECT count(*) FROM messages "
                "WHERE message_id = ANY($1) AND state IN ('sent', 'delivered')",
                held,
            )
        return bool(sent == len(held))

    await until(all_sent, seconds=30, what="the sleeper's claims to be sent by the other")
