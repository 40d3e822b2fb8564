"""How support ends, in a browser: by its coach, its clinic, and a supervisor."""

import pytest
from playwright.async_api import expect

from tests.browser.test_desk import sign_in
from tests.browser.town import Town
from tests.browser.visitor import Visitor
from tests.world.system import until

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


@pytest.mark.parametrize(
    ("number", "lang", "accept", "save", "title", "end"),
    [
        (66, "en", "Accept", "Save this contact", "Support has come to an end", "End this support"),
        (67, "es", "Aceptar", "Guardar", "El apoyo ha llegado a su fin", "Terminar este apoyo"),
    ],
)
async def test_a_coach_ends_support_in_three_taps(
    town: Town,
    visitor: Visitor,
    number: int,
    lang: str,
    accept: str,
    save: str,
    title: str,
    end: str,
) -> None:
    offer = await town.ask(f"ends_{lang}", number)
    page = visitor.page
    await page.goto(f"{offer.link}?lang={lang}")
    await page.get_by_role("button", name=accept).click()
    await page.locator("#outcome").select_option("reached")
    await page.get_by_role("button", name=save).click()
    await page.get_by_text(title).click()
    await visitor.sees_good_pages()
    await page.locator("#ending").select_option("goals-met")
    await page.get_by_role("button", name=end).click()
    await expect(page.get_by_text("Thank you" if lang == "en" else "Gracias").first).to_be_visible()
    await visitor.sees_good_pages()
    await town.talk.until_state(town.referrals[f"ends_{lang}"], "completed")


async def test_a_clinic_says_that_the_person_does_not_want_it(
    town: Town, visitor_without_scripts: Visitor
) -> None:
    await town.ask("declined", 68)
    page, intake = visitor_without_scripts.page, town.talk.system.url("intake")
    await visitor_without_scripts.sign_in(intake)
    await page.goto(f"{intake}/referrals/{town.referrals['declined']}")
    await page.get_by_text("It is over for another reason").click()
    await page.get_by_role("button", name="The person does not want peer support").click()
    await expect(page.locator(".stands")).to_have_text("The person does not want peer support now")


async def test_a_supervisor_decides_about_a_search_that_waits(town: Town, visitor: Visitor) -> None:
    """Nobody on the roster speaks this language."""
    referral = await town.refer("nobody", 69, person={"languages": ["vi"]})
    await town.talk.until_state(referral, "waitlisted")
    await sign_in(town, visitor)
    page = visitor.page

    async def listed() -> bool:
        await page.reload()
        return bool(await page.get_by_role("link", name="No coach can ever fit").count())

    await until(listed, what="the task on the desk")
    await page.get_by_role("link", name="No coach can ever fit").last.click()
    await visitor.sees_good_pages()
    await page.get_by_role("link", name="Decide").click()
    await visitor.sees_good_pages()
    await page.get_by_label("Why").fill("Nobody near has room.")
    await page.get_by_role("button", name="End the referral").click()
    await expect(page.get_by_text("This task is closed")).to_be_visible()
    await visitor.sees_good_pages()
