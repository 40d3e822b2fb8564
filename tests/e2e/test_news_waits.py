"""An event that cannot be applied holds its referral: what stands behind it may be a revocation."""

import asyncio
import subprocess
import sys
from uuid import UUID

import pytest

from shared import events
from tests.e2e.telling import act, assigned, offered, phone
from tests.integration.core.wire import Raw, open_wire
from tests.world.conversation import Conversation
from tests.world.system import until

pytestmark = [pytest.mark.timeout(120), pytest.mark.story]

READERS = ("matching", "notifications")


async def spoil(talk: Conversation, referral: str) -> None:
    """An event of this referral comes that its readers cannot understand."""
    async with talk.system.database("intake") as connection:
        last = await connection.fetchval(
            "SELECT last_seq FROM sequences WHERE topic = $1 AND key = $2::uuid",
            events.ReferralReleased.topic,
            referral,
        )
    released = events.ReferralReleased(referral_id=UUID(referral), hold=events.HoldClass.SAFETY)
    broken = Raw.of(released, last + 1).with_body(b"{")
    async with open_wire(talk.system.engines.kafka.bootstrap) as wire:
        await wire.put([broken], topic=released.topic)
    for service in READERS:
        await until_waits(talk, service, referral, 1)


async def until_waits(talk: Conversation, service: str, referral: str, count: int) -> None:
    """Wait until so many records of the referral are parked there."""

    async def so_many() -> bool:
        async with talk.system.database(service) as connection:
            parked = await connection.fetchval(
                "SELECT count(*) FROM parked_records WHERE key = $1::uuid", referral
            )
        return bool(parked == count)

    await until(so_many, what=f"{count} records to wait in {service}")


async def discard(talk: Conversation, service: str) -> None:
    words = ("dead-letters", "discard", "--all", "--error", "body_invalid", "--reason", "test")
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", f"services.{service}", *words],
        env=talk.system.site.service(service),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


async def test_no_yes_is_taken_while_a_revocation_waits_behind_a_dead_letter(
    talk: Conversation,
) -> None:
    referral, _, link = await offered(talk, 141)
    await spoil(talk, referral)
    assert (await act(talk, referral, "revoke-consent")).status_code == 200
    for service in READERS:
        await until_waits(talk, service, referral, 2)
    answer = await talk.browser.post(
        link, data={"answer": "accept"}, headers={"accept": "text/html"}
    )
    assert answer.status_code == 503
    assert "news that we have not worked through" in answer.text
    assert await talk.state_of(referral) == "consent_revoked"
    for service in READERS:
        await discard(talk, service)
    await until_waits(talk, "matching", referral, 0)
    assert "Sam" not in (await talk.answer_page(link, "accept")).text
    texts = [one["body"] for one in await talk.texts() if one["to"] == phone(141)]
    assert not any("will call" in text for text in texts)


async def test_the_contact_is_not_shown_while_news_waits(talk: Conversation) -> None:
    referral, _, link = await assigned(talk, 142)
    assert "Sam" in (await talk.open_page(link)).text
    await spoil(talk, referral)
    assert "Sam" not in (await talk.open_page(link)).text
    for service in READERS:
        await discard(talk, service)
    await until_waits(talk, "matching", referral, 0)
    assert "Sam" in (await talk.open_page(link)).text


async def test_no_planned_text_goes_to_the_person_while_news_waits(talk: Conversation) -> None:
    """At notifications alone, so that matching takes the coach's yes."""
    referral, _, link = await offered(talk, 144)
    await spoil(talk, referral)
    await discard(talk, "matching")
    await until_waits(talk, "matching", referral, 0)
    await talk.answer_page(link, "accept")
    await talk.until_state(referral, "assigned")
    await asyncio.sleep(3.0)  # long enough for a text that would not wait
    texts = [one["body"] for one in await talk.texts() if one["to"] == phone(144)]
    assert not any("will call" in text for text in texts)
    await discard(talk, "notifications")
    await talk.text_to(phone(144), about="will call or text you")


async def test_the_contact_is_not_shown_during_a_hold(talk: Conversation) -> None:
    _, _, link = await assigned(talk, 143)
    assert "Sam" in (await talk.open_page(link)).text
    await talk.type_text(phone(143), "I want to end it all")

    async def closed() -> bool:
        return "Sam" not in (await talk.open_page(link)).text

    await until(closed, what="the coach's page to close")
