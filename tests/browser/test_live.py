"""The simulator's page lives: what happens appears, and somebody who types is not disturbed."""

import pytest
from playwright.async_api import expect

from tests.browser.phones import phone_of
from tests.browser.town import Town
from tests.browser.visitor import Visitor
from tests.integration.simulator.process import DANA, SAM, SENDER, Running

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


async def test_texts_typed_on_the_phones_reach_the_system_and_change_it(
    town: Town, visitor: Visitor
) -> None:
    page = visitor.page
    await page.goto(town.talk.system.url("simulator"))
    offer = await town.ask("live", 50)
    person = "+15392010050"
    reference = (await town.talk.referral(town.referrals["live"]))["reference"]
    card = page.locator(".referral").filter(has_text=reference)
    await expect(card.get_by_text("We asked a coach who fits")).to_be_visible()
    await answer(visitor, offer.to, "1")
    await expect(card.get_by_text("A coach accepted")).to_be_visible()
    await expect(card.get_by_text("reaches out by")).to_be_visible()
    await expect(phone_of(page, person).get_by_text("will call or text you")).to_be_visible()
    await answer(visitor, person, "STOP")
    await expect(phone_of(page, person).get_by_text("no more texts")).to_be_visible()
    await expect(card.get_by_text("The person does not want texts")).to_be_visible()


async def answer(visitor: Visitor, number: str, words: str) -> None:
    """Type into the phone of this number and press Send."""
    phone = phone_of(visitor.page, number)
    await phone.get_by_label("Answer as").fill(words)
    await phone.get_by_role("button", name="Send").click()


async def test_what_is_being_typed_and_the_focus_survive_what_arrives(
    lonely_simulator: Running, visitor: Visitor
) -> None:
    """A text on the same phone, which also brings it forward, and one on another."""
    lonely_simulator.http.delete("/simulator/state")
    lonely_simulator.name(DANA, "Dana", "coach")
    lonely_simulator.name(SAM, "Sam")
    page = visitor.page
    await page.goto(lonely_simulator.url)
    await expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    field = phone_of(page, SAM).get_by_label("Answer as")
    await field.click()
    await page.keyboard.type("half a sen")
    for number in (SAM, DANA, SAM):
        lonely_simulator.client().messages.create(to=number, from_=SENDER, body=f"To {number}.")
    await expect(phone_of(page, SAM).get_by_text(f"To {SAM}.")).to_have_count(2)
    await expect(phone_of(page, DANA).get_by_text(f"To {DANA}.")).to_be_visible()
    await expect(page.get_by_role("status")).to_contain_text("New text on the phone of")
    await page.keyboard.type("tence")
    await expect(field).to_have_value("half a sentence")
    await expect(field).to_be_focused()


async def test_the_first_text_brings_a_quiet_phone_forward(
    lonely_simulator: Running, visitor: Visitor
) -> None:
    lonely_simulator.http.delete("/simulator/state")
    lonely_simulator.name(DANA, "Dana", "coach")
    lonely_simulator.name(SAM, "Sam")
    page = visitor.page
    await page.goto(lonely_simulator.url)
    await expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    await expect(page.locator(".phone h3")).to_have_text(["Dana", "Sam"])
    lonely_simulator.client().messages.create(to=SAM, from_=SENDER, body="First.")
    await expect(page.locator(".phone h3")).to_have_text(["Sam", "Dana"])
    await expect(phone_of(page, SAM).get_by_text("First.")).to_be_visible()
    assert await page.locator(".phone h3").all_inner_texts() == ["Sam", "Dana"]


async def test_a_page_that_lost_its_simulator_says_so_and_comes_back(
    lonely_simulator: Running, visitor: Visitor
) -> None:
    """Forgetting everything makes an open page load again."""
    page = visitor.page
    await page.goto(lonely_simulator.url)
    await expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    lonely_simulator.http.delete("/simulator/state")
    await expect(page.get_by_text("No phone has a text yet")).to_be_visible()


async def test_the_newest_text_stays_in_sight_when_answers_to_tap_take_its_room(
    lonely_simulator: Running, visitor: Visitor
) -> None:
    lonely_simulator.http.delete("/simulator/state")
    lonely_simulator.name(SAM, "Sam")
    page = visitor.page
    await page.set_viewport_size({"width": 1280, "height": 900})
    await page.goto(lonely_simulator.url)
    await expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    send = lonely_simulator.client().messages.create
    for number in range(6):
        send(to=SAM, from_=SENDER, body=f"Text {number}, and a few more words to fill the screen.")
    send(to=SAM, from_=SENDER, body="The newest. Reply 1 for yes, STOP to end.")
    phone = phone_of(page, SAM)
    await expect(phone.get_by_role("button", name="STOP")).to_be_visible()
    await phone.scroll_into_view_if_needed()
    await expect(phone.get_by_text("The newest.")).to_be_in_viewport(ratio=1)
