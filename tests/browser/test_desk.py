"""The desk in a browser: from the link to the words, with and without scripts."""

import pytest
from playwright.async_api import expect

from tests.browser.town import Town
from tests.browser.visitor import Visitor
from tests.world.staff import add_staff, sign_in_link

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

EMAIL = "vera@example.org"


async def sign_in(town: Town, visitor: Visitor) -> None:
    world, page = town.talk.system, visitor.page
    await add_staff(world, "Vera", EMAIL, "supervisor")
    await page.goto(sign_in_link(world, "supervisor"))
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="The desk")).to_be_visible()
    await page.wait_for_load_state()


async def test_a_supervisor_reads_what_somebody_in_danger_wrote(
    town: Town, visitor: Visitor
) -> None:
    page = visitor.page
    await sign_in(town, visitor)
    await visitor.sees_good_pages()
    await page.get_by_role("link", name="Somebody wrote of danger").first.click()
    await expect(page.get_by_text("I dont want to live anymore")).to_be_visible()
    await visitor.sees_good_pages()
    await page.get_by_role("button", name="I take it").click()
    await expect(page.get_by_text("You have taken it")).to_be_visible()
    await page.get_by_role("link", name="Back to the desk").click()
    await page.get_by_role("link", name="Mine 1").click()
    await expect(page.get_by_text("yours")).to_be_visible()
    await visitor.sees_good_pages()


async def test_a_supervisor_answers_somebody_and_closes_the_task(
    town: Town, visitor: Visitor
) -> None:
    page, talk = visitor.page, town.talk
    await talk.submit(977)
    phone = "+15392010977"
    await talk.text_to(phone, about="Expecting us?")
    await talk.type_text(phone, "my aunt keeps the yellow canoe behind her shed")
    await sign_in(town, visitor)
    rows = page.get_by_role("listitem").filter(has_text="A text to read")
    await expect(rows.last).to_be_visible()
    for address in [
        await one.get_attribute("href") for one in await rows.get_by_role("link").all()
    ]:
        await page.goto(f"{talk.system.url('notifications')}{address}")
        if await page.get_by_text("yellow canoe").count():
            break
    await expect(page.get_by_text("yellow canoe")).to_be_visible()
    words = page.get_by_label("Your words")
    await words.fill("Your rehab has a place.")
    await page.get_by_role("button", name="Send the answer").click()
    await expect(page.get_by_role("alert")).to_contain_text("It is not sent yet")
    await expect(words).to_have_value("Your rehab has a place.")
    await visitor.sees_good_pages()
    await words.fill("Hi, Vera from Alongside.\nShall I call you?")
    await page.get_by_role("button", name="Check what I changed").press("Enter")
    await expect(page.get_by_text("You:")).to_be_visible()
    await talk.text_to(phone, about="Vera from Alongside", seconds=10)
    await page.reload()
    await expect(page.get_by_text("arrived").first).to_be_visible()
    await visitor.sees_good_pages()
    await page.get_by_label("What was done").select_option("Answered")
    await page.get_by_role("button", name="I have read this").click()
    await expect(page.get_by_text("Closed: answered")).to_be_visible()
    await visitor.sees_good_pages()


async def test_after_stop_the_form_says_why_nothing_can_be_sent(
    town: Town, visitor: Visitor
) -> None:
    page, talk = visitor.page, town.talk
    await talk.submit(978)
    phone = "+15392010978"
    await talk.text_to(phone, about="Expecting us?")
    await talk.type_text(phone, "i want to kill myself tonight")
    await talk.text_to(phone, about="988")
    await talk.type_text(phone, "STOP")
    await talk.text_to(phone, about="no more texts")
    await sign_in(town, visitor)
    links = page.get_by_role("link", name="Somebody wrote of danger")
    await expect(links.last).to_be_visible()
    await links.last.click()
    await expect(page.get_by_text("kill myself tonight")).to_be_visible()
    await expect(page.get_by_text("They wrote STOP")).to_be_visible()
    await expect(page.get_by_label("Your words")).to_have_count(0)
    await visitor.sees_good_pages()


async def test_the_rota_is_set_and_somebody_stands_in(town: Town, visitor: Visitor) -> None:
    page, talk = visitor.page, town.talk
    await add_staff(talk.system, "Ida", "ida@example.org", "supervisor", phone="+15395550777")
    await sign_in(town, visitor)
    await expect(page.get_by_text("Nobody is on call")).to_be_visible()
    await page.get_by_role("link", name="Set who is on call").click()
    await expect(page.get_by_role("heading", name="Who is on call")).to_be_visible()
    await visitor.sees_good_pages()
    await page.get_by_label("Who", exact=True).select_option("Vera")
    await page.get_by_role("button", name="Set the week").click()
    await expect(page.get_by_role("alert")).to_contain_text("No phone number")
    await visitor.sees_good_pages()
    await page.get_by_label("Who", exact=True).select_option("Ida")
    await page.get_by_role("button", name="Set the week").press("Enter")
    await expect(page.get_by_role("definition").first).to_have_text("Ida")
    await page.get_by_label("Who stands in").select_option("Ida")
    await page.get_by_label("From", exact=True).fill("2026-01-01T08:00")
    await page.get_by_label("Until").fill("2035-01-01T08:00")
    await page.get_by_role("button", name="Stand in").click()
    await expect(page.get_by_text("First on call: Ida, from")).to_be_visible()
    await visitor.sees_good_pages()
    await page.get_by_role("link", name="Back to the desk").click()
    await expect(page.get_by_text("Nobody is on call")).to_have_count(0)


async def test_the_desk_works_without_scripts(town: Town, visitor_without_scripts: Visitor) -> None:
    await sign_in(town, visitor_without_scripts)


async def test_sessions_are_listed_and_ended_by_their_owner(town: Town, visitor: Visitor) -> None:
    page = visitor.page
    await sign_in(town, visitor)
    await page.get_by_role("link", name="Where you are signed in").click()
    await expect(page.get_by_text("this browser")).to_be_visible()
    await visitor.sees_good_pages()
    here = page.locator("li", has_text="this browser")
    await here.get_by_role("button").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await visitor.sees_good_pages()


async def test_a_button_pressed_after_the_session_has_ended_says_so(
    town: Town, visitor: Visitor
) -> None:
    page = visitor.page
    await sign_in(town, visitor)
    await page.get_by_role("link", name="Somebody wrote of danger").first.click()
    await page.context.clear_cookies()
    await page.get_by_role("button", name="I have read this").click()
    await expect(page.get_by_text("Nothing was changed")).to_be_visible()
    await visitor.sees_good_pages()


async def test_asking_for_a_link_and_links_that_do_not_work(town: Town, visitor: Visitor) -> None:
    page, matching = visitor.page, town.talk.system.url("matching")
    await page.goto(f"{matching}/sign-in")
    await page.get_by_role("button", name="Send the link").click()
    await expect(page.get_by_role("alert")).to_contain_text("Enter your e-mail address")
    await visitor.sees_good_pages()
    await page.goto(sign_in_link(town.talk.system, "supervisor"))
    await visitor.sees_good_pages()
    await page.goto(f"{matching}/sign-in")
    await page.get_by_label("Your e-mail address").fill(EMAIL)
    await page.get_by_role("button", name="Send the link").click()
    await expect(page.get_by_text("a link is on its way")).to_be_visible()
    await visitor.sees_good_pages()
    await page.goto(f"{matching}/sign-in/{'A' * 44}")
    await expect(page.get_by_role("heading", name="This link has run out")).to_be_visible()
    await visitor.sees_good_pages()
    await page.goto(f"{town.talk.system.url('notifications')}/desk")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
