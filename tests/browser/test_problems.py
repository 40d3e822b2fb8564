"""Where a page cannot be shown, people get a page with a way on, and programs get JSON."""

import httpx2
import pytest
from playwright.async_api import expect

from tests.browser.town import Town
from tests.browser.visitor import Visitor
from tests.integration.simulator.process import Running
from tests.world.system import API_KEY

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]

NO_REFERRAL = "01890000-0000-7000-8000-000000000000"
NO_OFFER = "x" * 22
PROBLEMS = {
    "no page of the clinic's": ("intake", "/nowhere", 404, "There is no page"),
    "no referral": ("intake", f"/referrals/{NO_REFERRAL}", 404, "You have no referral"),
    "an address cut short": ("intake", "/referrals/0189", 404, "There is no page"),
    "an address of a button": (
        *("intake", f"/referrals/{NO_REFERRAL}/withdraw", 405),
        "cannot be opened this way",
    ),
    "an address for programs": ("intake", "/v1/referrals", 401, "Please sign in first"),
    "no page of the coach's": ("matching", "/nowhere", 404, "There is no page"),
    "no offer": ("matching", f"/o/{NO_OFFER}", 404, "This link leads nowhere"),
    "no page of the phones": ("simulator", "/nowhere", 404, "There is no page"),
}


@pytest.mark.parametrize("problem", PROBLEMS)
async def test_a_problem_is_a_page_with_a_way_on(
    town: Town, visitor: Visitor, problem: str
) -> None:
    program, path, status, words = PROBLEMS[problem]
    await visitor.sign_in(town.talk.system.url("intake"))
    answer = await visitor.page.goto(town.talk.system.url(program) + path)
    assert answer is not None
    assert answer.status == status
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    await expect(visitor.page.get_by_text(words).first).to_be_visible()
    await visitor.sees_good_pages()


async def test_a_form_that_cannot_be_read_is_a_page(town: Town, visitor: Visitor) -> None:
    await visitor.page.goto(town.offers["open"])
    await visitor.page.locator("button[value=accept]").evaluate("one => { one.value = 'maybe'; }")
    await visitor.page.locator("button[value=maybe]").click()
    await expect(visitor.page.get_by_text("Nothing was changed")).to_be_visible()
    await visitor.sees_good_pages()


async def test_a_key_of_any_length_is_answered_on_the_sign_in_page(
    town: Town, visitor: Visitor
) -> None:
    await visitor.page.goto(f"{town.talk.system.url('intake')}/sign-in")
    await visitor.page.get_by_label("Your clinic's key").fill("a." + "b" * 5000)
    await visitor.page.get_by_role("button", name="Sign in").click()
    await expect(visitor.page.get_by_role("alert")).to_contain_text("do not know")


async def test_a_text_from_elsewhere_is_turned_away_with_a_page(
    lonely_simulator: Running, visitor: Visitor
) -> None:
    await visitor.page.goto(lonely_simulator.url)
    await visitor.page.set_extra_http_headers({"Origin": "http://elsewhere.example"})
    answer = await visitor.page.request.post(
        f"{lonely_simulator.url}/faults/clear",
        headers={"Origin": "http://elsewhere.example", "Accept": "text/html"},
    )
    assert answer.status == 403
    assert "It can only be sent from the simulator" in await answer.text()


async def test_an_outage_is_a_page_that_can_be_tried_again(
    town: Town, visitor: Visitor, intake_without_database: str
) -> None:
    """Signed in before the outage: a device's cookie needs no database."""
    await visitor.sign_in(town.talk.system.url("intake"))
    answer = await visitor.page.goto(f"{intake_without_database}/referrals")
    assert answer is not None
    assert answer.status == 503
    assert answer.headers["retry-after"] == "5"
    again = visitor.page.get_by_role("link", name="Try again")
    await expect(again).to_have_attribute("href", "/referrals")
    await visitor.sees_good_pages()


async def test_programs_get_json_for_an_outage(intake_without_database: str) -> None:
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
        headers = {"Authorization": f"Bearer {API_KEY}"}
        answer = await client.get(f"{intake_without_database}/v1/referrals", headers=headers)
    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert answer.headers["retry-after"] == "5"
