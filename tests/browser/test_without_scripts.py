"""Clinics and coaches need no scripts, and neither do the phones."""

import pytest
from playwright.async_api import expect

from tests.browser.phones import phone_of
from tests.browser.town import Town
from tests.browser.visitor import Visitor
from tests.world.system import API_KEY

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]


async def test_a_clinic_signs_in_sees_the_status_and_withdraws(
    town: Town, visitor_without_scripts: Visitor
) -> None:
    await town.ask("no_scripts", 60)
    referral = town.referrals["no_scripts"]
    page = visitor_without_scripts.page
    await page.goto(f"{town.talk.system.url('intake')}/referrals/{referral}")
    await page.get_by_label("Your clinic's key").fill("wrong")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("do not know")
    await page.get_by_label("Your clinic's key").fill(API_KEY)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text("You sent this referral")).to_be_visible()
    await page.get_by_text("Withdraw this referral").click()
    await page.get_by_role("button", name="Withdraw the referral").click()
    await expect(page.get_by_text("This referral was stopped").first).to_be_visible()
    assert await town.talk.state_of(referral) == "cancelled"


async def test_an_action_that_came_too_late_is_explained_on_the_page(
    town: Town, visitor_without_scripts: Visitor
) -> None:
    """Two people of a clinic press at the same time; the second one reads why nothing happened."""
    referral = await town.refer("twice", 61, person={"languages": ["vi"]})
    await town.talk.until_state(referral, "waitlisted")
    intake = town.talk.system.url("intake")
    page = visitor_without_scripts.page
    await visitor_without_scripts.sign_in(intake)
    await page.goto(f"{intake}/referrals/{referral}")
    await town.talk.clinic.post(f"{intake}/v1/referrals/{referral}/withdraw", json={})
    await page.get_by_text("Withdraw this referral").click()
    await page.get_by_role("button", name="Withdraw the referral").click()
    await expect(page.get_by_role("alert")).to_contain_text("the referral has moved on")
    assert (await page.title()).startswith("Error: ")


async def test_whoever_was_signed_out_meanwhile_comes_back_to_the_page(
    town: Town, visitor_without_scripts: Visitor
) -> None:
    intake = town.talk.system.url("intake")
    page = visitor_without_scripts.page
    await visitor_without_scripts.sign_in(intake)
    await page.goto(f"{intake}/referrals/{town.referrals['open']}")
    await page.context.clear_cookies()
    await page.get_by_text("Withdraw this referral").click()
    await page.get_by_role("button", name="Withdraw the referral").click()
    await page.get_by_label("Your clinic's key").fill(API_KEY)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text("We have asked a coach")).to_be_visible()
    await town.talk.until_state(town.referrals["open"], "offered")


async def test_a_coach_accepts_by_a_click_and_only_then_sees_the_name(
    town: Town, visitor_without_scripts: Visitor
) -> None:
    offer = await town.ask("no_scripts_coach", 62)
    referral = town.referrals["no_scripts_coach"]
    page = visitor_without_scripts.page
    await page.goto(offer.link)
    assert "Sam" not in await page.content()
    await town.talk.until_state(referral, "offered")
    await page.get_by_role("button", name="Accept").click()
    await expect(page.get_by_role("heading", name="Sam")).to_be_visible()
    await page.get_by_label("What happened").select_option("We talked")
    await page.get_by_role("button", name="Save this contact").click()
    await expect(page.get_by_text("By phone: We talked")).to_be_visible()
    await town.talk.until_state(referral, "engaged")
    assert "Sam" not in (await town.talk.open_page(offer.link)).text


async def test_a_coach_passes_with_a_reason(town: Town, visitor_without_scripts: Visitor) -> None:
    offer = await town.ask("no_scripts_pass", 63)
    page = visitor_without_scripts.page
    await page.goto(offer.link)
    await page.get_by_label("Reason").select_option("No room right now")
    await page.get_by_role("button", name="Not this time").click()
    await expect(page.get_by_text("Thank you for telling us")).to_be_visible()


async def test_a_text_is_sent_and_the_page_comes_back_at_the_phone(
    town: Town, visitor_without_scripts: Visitor
) -> None:
    offer = await town.ask("no_scripts_text", 64)
    page = visitor_without_scripts.page
    await page.goto(town.talk.system.url("simulator"))
    phone = phone_of(page, offer.to)
    await phone.locator(".phone__quick").get_by_role("button", name="2").click()
    await expect(phone.get_by_text("Received by Alongside").first).to_be_visible()
    await expect(phone).to_be_in_viewport()
