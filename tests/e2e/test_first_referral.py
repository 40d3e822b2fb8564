"""One referral through all three services on real Kafka and PostgreSQL, also under kill -9."""

import json
from typing import Any

import pytest

from deploy.local.provision import SERVICES
from tests.world.conversation import Conversation
from tests.world.system import System

pytestmark = pytest.mark.timeout(180)


async def test_a_referral_reaches_a_coach_whose_yes_reaches_person_and_clinic(
    system: System,
) -> None:
    async with Conversation(system) as talk:
        referral = await talk.submit(1)
        offer = await talk.text_to_a_coach(about="new request")
        assert (await talk.open_page(offer.link)).status_code == 200
        await talk.until_state(referral, "offered")
        answered = await talk.answer_page(offer.link, "accept")
        assert "Sam" in answered.text
        await talk.until_state(referral, "assigned")
        welcome = await talk.text_to("+15392010001", about="will call or text you")
        assert "Sam" not in welcome, "nobody has confirmed the number yet"
        await talk.until_mail("test-clinic@clinic.example", about="a coach said yes")
    before, after = await details(system, "matching", "offer.viewed")
    assert (before["with_contact"], after["with_contact"]) == (0, 1)
    whom = {name: after[name] for name in ("offer_id", "coach_id")}
    assert before.items() >= whom.items()
    (assigned,) = await details(system, "matching", "coach.assigned")
    assert assigned == whom
    sent = await details(system, "notifications", "message.sent")
    assert {one["referral_id"] for one in sent if "referral_id" in one} == {referral}
    assert all(one["message_id"] and one["channel"] for one in sent)
    assert whom["offer_id"] in {one.get("offer_id") for one in sent}


async def details(system: System, service: str, action: str) -> list[dict[str, Any]]:
    """What the audit log keeps of each such act, oldest first."""
    async with system.database(service) as connection:
        rows = await connection.fetch(
            "SELECT detail FROM audit WHERE action = $1 ORDER BY audit_id", action
        )
    return [json.loads(row["detail"]) for row in rows]


@pytest.mark.parametrize("victim", SERVICES)
async def test_a_referral_survives_the_death_of_each_service(system: System, victim: str) -> None:
    async with Conversation(system) as talk:
        referral = await talk.submit(1)
        system.kill(victim)
        system.start([victim])
        offer = await talk.text_to_a_coach(about="new request")
        await talk.answer_page(offer.link, "accept", and_kill=victim)
        system.start([victim])
        await talk.answer_page(offer.link, "accept")
        await talk.until_state(referral, "assigned")
        await talk.text_to("+15392010001", about="will call or text you")
        await talk.each_text_came_once()
