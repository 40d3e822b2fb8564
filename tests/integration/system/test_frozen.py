"""A process is frozen past its session and its lease, then goes on as if nothing had been."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

import httpx2
import pytest

from deploy.local.ports import free_port
from deploy.local.provision import SERVICES
from tests.faults.facts import violations
from tests.faults.load_facts import load
from tests.faults.quiet import until_quiet
from tests.integration.system.pair import Pair, partitions_of
from tests.integration.system.sessions import end_sessions, unread_answers
from tests.integration.system.traffic import Traffic
from tests.world.conversation import Conversation
from tests.world.system import API_KEY, until

pytestmark = [pytest.mark.timeout(180), pytest.mark.faults]

FROZEN = [f"{service}-2" for service in SERVICES]
ANSWER_SECONDS = 2.0
"""How long the provider takes, so that claims are under way at any moment."""


async def test_a_frozen_process_that_wakes_up_late_does_nothing_twice(pair: Pair) -> None:
    await until(pair.all_are_shared, what="every process to have its share")
    await slow_provider(pair, ANSWER_SECONDS)
    try:
        async with Traffic(pair, seed=7):
            await until_claims_are_under_way(pair)
            moment = await freeze_all(pair)
            await until_answers_lie_unread(pair)
            await until_the_others_have_everything(pair)
            await leases_end(pair)
            replacement = await replace(pair, "matching")
            await until_settled(pair, moment)
            await somebody_is_served(pair)
            thaw_all(pair)
            await until_it_has_ended(pair, "matching-2")
            await until_it_consumes(pair, ["intake-2", "notifications-2", replacement])
    finally:
        thaw_all(pair)
        await slow_provider(pair, 0)
        await end_replacement(pair, "matching")
    await until_quiet(pair.system, seconds=40)
    facts = await load(pair.system, frozenset(pair.acknowledged), frozenset({API_KEY}))
    assert len(facts.stored) == len(pair.acknowledged)
    assert list(violations(facts)) == []


async def slow_provider(pair: Pair, seconds: float) -> None:
    """Answers come late and receipts never, so a claim lasts; with 0 all is as always."""
    slow = [{"fault": "delay_answer", "seconds": seconds}, {"fault": "no_receipts"}]
    rules = slow if seconds else []
    url = f"{pair.system.url('simulator')}/simulator/faults"
    async with httpx2.AsyncClient(timeout=10, trust_env=False) as client:
        answer = await client.put(url, json={"rules": rules})
    assert answer.status_code == 200, answer.text


async def until_claims_are_under_way(pair: Pair) -> None:
    async def several() -> bool:
        async with pair.system.database("notifications") as connection:
            count = await connection.fetchval(
                "SELECT count(*) FROM messages WHERE state = 'claimed' AND channel = 'sms'"
            )
        return bool(count >= 10)

    await until(several, what="texts to be under way")


async def freeze_all(pair: Pair) -> datetime:
    """Freeze the second process of each service; returns the database's time after it."""
    for name in FROZEN:
        pair.freeze(name)
    async with pair.system.database("notifications") as connection:
        now: datetime = await connection.fetchval("SELECT clock_timestamp()")
    return now


def thaw_all(pair: Pair) -> None:
    for name in FROZEN:
        pair.thaw(name)


async def until_the_others_have_everything(pair: Pair) -> None:
    async def all_of_it() -> bool:
        said = {service: await pair.ready(service) for service in SERVICES}
        return all(said[one].get("partitions") == partitions_of(one) for one in SERVICES)

    await until(all_of_it, seconds=40, what="the others to have all partitions")


async def until_answers_lie_unread(pair: Pair) -> None:
    """Sends were under way in the frozen sender: the provider has answered it, and it sleeps."""
    sender, provider = pair.program("notifications-2"), pair.program("simulator").port

    async def unread() -> bool:
        return unread_answers(sender, provider) > 0

    await until(unread, seconds=10, what="an answer that the frozen sender does not read")


async def until_settled(pair: Pair, moment: datetime) -> None:
    """The other sender looks the frozen one's claims up, as it would after a death."""

    async def none_is_claimed() -> bool:
        async with pair.system.database("notifications") as connection:
            left = await connection.fetchval(
                "SELECT count(*) FROM messages "
                "WHERE claimed_at < $1 AND state IN ('claimed', 'unknown')",
                moment,
            )
        return bool(left == 0)

    await until(none_is_claimed, seconds=30, what="the frozen sender's claims to be settled")


async def leases_end(pair: Pair) -> None:
    """The server gives up on the frozen ones: their locks and leases are free from here on."""
    url = pair.system.engines.postgres.url()
    assert await end_sessions(url, map(pair.program, FROZEN)) >= 3 * len(FROZEN)


async def somebody_is_served(pair: Pair) -> None:
    """The others do without the frozen ones."""
    number = next(pair.numbers)
    async with Conversation(pair.system) as talk:
        referral = await talk.submit(number)
        pair.acknowledged.add(referral)

        async def asked() -> bool:
            return await talk.state_of(referral) in ("offered", "assigned")

        await until(asked, seconds=30, what="a coach to be asked while others are frozen")


async def replace(pair: Pair, service: str) -> str:
    """Another process takes the frozen one's slot; returns its name."""
    name = f"{service}-3"
    program = pair.system.program(service, port=free_port(), slot="-3")
    pair.system.programs[name] = program
    program.start()
    await until_it_consumes(pair, [name])
    return name


async def end_replacement(pair: Pair, service: str) -> None:
    """As it was before: two processes, the second one under its own name."""
    replacement = pair.system.programs.pop(f"{service}-3", None)
    if replacement is not None:
        await asyncio.to_thread(replacement.stop)
    for name in FROZEN:
        if pair.program(name).pid is None:
            pair.start_again(name)


async def until_it_has_ended(pair: Pair, name: str) -> None:
    """Whose slot is taken ends by itself, with an error."""

    async def ended() -> bool:
        return pair.program(name).exit_code is not None

    await until(ended, seconds=40, what=f"{name} to end")
    assert pair.program(name).exit_code == 1
    assert "SlotLostError" in pair.program(name).log_since_start()


async def until_it_consumes(pair: Pair, names: Iterable[str]) -> None:
    async def all_of_them() -> bool:
        said = [await pair.ready(name) for name in names]
        return all(one.get("consumer") == "consuming" and one["partitions"] > 0 for one in said)

    await until(all_of_them, seconds=40, what="the processes to consume")
