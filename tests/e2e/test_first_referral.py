"""One referral through all three services on real Kafka and PostgreSQL, also under kill -9."""

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
        assert (await talk.state_of(referral)) == "offered"
        answered = await talk.answer_page(offer.link, "accept")
        assert "Sam" in answered.text
        await talk.until_state(referral, "assigned")
        welcome = await talk.text_to("+15392010001", about="will call or text you")
        assert welcome.startswith("Hi Sam")
        await talk.until_mail("test-clinic@clinic.example", about="a coach said yes")


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
