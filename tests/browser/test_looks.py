"""Every page in every state that people meet: readable by all, in shape at every width."""

import pytest
from playwright.async_api import expect

from tests.browser.phones import phone_of
from tests.browser.scenes import PERSON_IN_DANGER, PERSON_UNREACHABLE, PERSON_WHO_STOPPED
from tests.browser.town import EMPTY_CLINIC_KEY, Town
from tests.browser.visitor import Visitor
from tests.integration.simulator.process import DANA, SAM, Running

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

CLINIC = {
    "refused": "has died",
    "under_age": "is younger",
    "no_consent": "We are waiting for the person's consent",
    "eight_problems": "What we need from you",
    "held": "Somebody needs to look at this first",
    "waitlisted": "Waiting for a coach",
    "open": "We have asked a coach",
    "taken": "Reaches out by",
    "passed": "That coach could not do it this time",
    "danger": "A text from the person needs somebody's attention",
    "no_texts": "No texts, please",
    "withdrawn": "This referral was stopped",
    "stop_asked": "The referral ends by the next business day",
}
COACH = {
    "open": "Can you walk alongside S.?",
    "long_name": "speaking up for them, community",
    "spanish": "¿Puedes acompañar a L.?",
    "taken": "Taken, thank you",
    "passed": "Thank you for telling us",
    "lapsed": "The time for this request is over",
    "withdrawn": "This request was withdrawn",
}


@pytest.mark.parametrize("context", CLINIC)
async def test_a_referral_as_its_clinic_sees_it(town: Town, visitor: Visitor, context: str) -> None:
    intake = town.talk.system.url("intake")
    await visitor.sign_in(intake)
    await visitor.page.goto(f"{intake}/referrals/{town.referrals[context]}")
    await expect(visitor.page.get_by_text(CLINIC[context]).first).to_be_visible()
    for step in await visitor.page.locator("summary").all():
        await step.click()
    await visitor.sees_good_pages()


@pytest.mark.parametrize("context", COACH)
async def test_an_offer_as_its_coach_sees_it(town: Town, visitor: Visitor, context: str) -> None:
    await visitor.page.goto(town.offers[context])
    await expect(visitor.page.get_by_text(COACH[context]).first).to_be_visible()
    await visitor.sees_good_pages()


@pytest.mark.parametrize(
    ("language", "accept", "save"),
    [("en", "Accept", "Save this contact"), ("es", "Aceptar", "Guardar este contacto")],
)
async def test_what_a_coach_sees_after_the_yes(
    town: Town, visitor: Visitor, language: str, accept: str, save: str
) -> None:
    number = 30 if language == "en" else 31
    name = "Maximiliana-Guadalupe Featherstonehaugh-Villanueva"
    contact = {"text_ok": False, "shared_phone": True}
    offer = await town.ask(f"yes_{language}", number, person={"name": name, "contact": contact})
    await visitor.page.goto(f"{offer.link}?lang={language}")
    assert name not in await visitor.page.content()
    await visitor.page.get_by_role("button", name=accept).click()
    await expect(visitor.page.get_by_role("heading", name=name)).to_be_visible()
    await visitor.page.locator("#outcome").select_option("no_answer")
    await visitor.page.get_by_role("button", name=save).click()
    await expect(visitor.page.locator(".timeline li")).to_have_count(1)
    await visitor.sees_good_pages()


async def test_the_list_full_and_empty_and_the_way_in(town: Town, visitor: Visitor) -> None:
    intake = town.talk.system.url("intake")
    await visitor.page.goto(f"{intake}/referrals")
    await expect(visitor.page.get_by_role("heading", name="Clinic sign-in")).to_be_visible()
    await visitor.sees_good_pages()
    await visitor.page.get_by_role("button", name="Sign in").click()
    await expect(visitor.page.get_by_role("alert")).to_contain_text("do not know")
    assert (await visitor.page.title()).startswith("Error: ")
    await visitor.sees_good_pages()
    await visitor.sign_in(intake)
    headings = await visitor.page.get_by_role("heading", level=2).all_inner_texts()
    assert [title.split()[0] for title in headings] == ["To", "In", "Closed"]
    await visitor.sees_good_pages()
    await visitor.page.get_by_role("button", name="Sign out").click()
    await visitor.sign_in(intake, EMPTY_CLINIC_KEY)
    await expect(visitor.page.get_by_text("You have not sent a referral yet")).to_be_visible()
    await visitor.sees_good_pages()


async def test_many_phones_with_a_stop_a_danger_and_a_lost_text(
    town: Town, visitor: Visitor
) -> None:
    page = visitor.page
    await page.goto(town.talk.system.url("simulator"))
    await expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    assert await page.locator(".phone").count() > 13
    for number, words in (
        (PERSON_WHO_STOPPED, "Stopped texts"),
        (PERSON_IN_DANGER, "call or text 988"),
        (PERSON_UNREACHABLE, "Could not be sent"),
    ):
        await expect(phone_of(page, number).get_by_text(words).first).to_be_visible()
    await expect(page.get_by_text("We could not take this referral").first).to_be_visible()
    await page.get_by_text("Make something go wrong").click()
    await visitor.sees_good_pages()


async def test_a_simulator_without_texts_and_one_whose_services_are_away(
    lonely_simulator: Running, visitor: Visitor
) -> None:
    lonely_simulator.http.delete("/simulator/state")
    page = visitor.page
    await page.goto(lonely_simulator.url)
    await expect(page.get_by_text("No phone has a text yet")).to_be_visible()
    await expect(page.get_by_text("The referral service is not answering")).to_be_visible()
    await visitor.sees_good_pages()
    lonely_simulator.name(DANA, "Dana", "coach")
    lonely_simulator.name(SAM, "Sam")
    lonely_simulator.type(SAM, "Hello?")
    await expect(page.get_by_text("trying again")).to_be_visible()
    await expect(phone_of(page, DANA).get_by_text("No texts yet")).to_be_visible()
    await visitor.sees_good_pages()
    await page.get_by_text("Make something go wrong").click()
    await page.get_by_label("Error code").fill("99999999")
    await page.locator(".fault-form").evaluate("form => { form.noValidate = true; }")
    await page.get_by_role("button", name="Start this fault").click()
    await expect(page.get_by_role("alert")).to_contain_text("error code")
    await visitor.sees_good_pages()
