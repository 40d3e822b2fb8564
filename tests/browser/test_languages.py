"""The page says in which language it is, and speaks that of the coach."""

import pytest
from playwright.async_api import expect

from tests.browser.phones import phone_of
from tests.browser.scenes import SPANISH_PERSON
from tests.browser.town import Town
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

ENGLISH_LEFT = ("Please", "Accept", "Reason", "Looking", "Thank", "Skip to", "Passing")


async def test_a_coach_who_reads_spanish_is_asked_in_spanish(town: Town, visitor: Visitor) -> None:
    page = visitor.page
    await page.goto(town.offers["spanish"])
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    assert "– Alongside" in await page.title()
    said = await page.locator("body").inner_text()
    assert [word for word in ENGLISH_LEFT if word in said] == []
    # The words of the law stay English and say so.
    await expect(page.get_by_text("42 CFR part 2")).to_have_attribute("lang", "en")
    for word in ("mié", "lun", "mar", "jue", "vie", "sáb", "dom"):
        if word in await page.locator(".lead").inner_text():
            return
    pytest.fail("the day is not said in Spanish")


async def test_the_language_is_chosen_and_kept(town: Town, visitor: Visitor) -> None:
    page = visitor.page
    offer = await town.ask("chosen", 70)
    await page.goto(offer.link)
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.get_by_role("link", name="Español").click()
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    await page.get_by_role("button", name="Aceptar a S.").click()
    await expect(page.get_by_text("Gracias por decir que sí")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    await page.get_by_label("Qué pasó").select_option("Hablamos")
    await page.get_by_role("button", name="Guardar este contacto").click()
    await expect(page.get_by_text("Por teléfono: Hablamos")).to_be_visible()
    await page.get_by_role("link", name="English").click()
    await expect(page.get_by_role("heading", name="Sam")).to_be_visible()
    await expect(page.get_by_text("By phone: We talked")).to_be_visible()


async def test_texts_on_the_phones_say_their_language(town: Town, visitor: Visitor) -> None:
    page = visitor.page
    await page.goto(town.talk.system.url("simulator"))
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    phone = phone_of(page, SPANISH_PERSON)
    await expect(phone.get_by_text("Somos Alongside")).to_have_attribute("lang", "es")
    await expect(phone.get_by_text("Español")).to_have_attribute("lang", "es")
    await expect(phone.get_by_label("Answer as")).to_have_attribute("lang", "es")
