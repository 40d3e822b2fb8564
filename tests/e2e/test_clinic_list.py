"""A clinic finds its own people by name or record number, and no other clinic's."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.e2e.conftest import OTHER_KEY
from tests.e2e.telling import assigned
from tests.world.conversation import Conversation
from tests.world.stories import submission
from tests.world.system import API_KEY

pytestmark = pytest.mark.timeout(120)

RECORD = {"system": "https://clinic.example/mrn", "value": "MRN-0044"}


@pytest.fixture
async def browser(talk: Conversation) -> AsyncIterator[httpx2.AsyncClient]:
    intake = talk.system.url("intake")
    async with httpx2.AsyncClient(base_url=intake, timeout=30, trust_env=False) as client:
        yield client


async def list_of(browser: httpx2.AsyncClient, key: str, words: str = "") -> str:
    await browser.post("/sign-in", data={"api_key": key})
    if not words:
        return (await browser.get("/referrals")).text
    return (await browser.post("/referrals", data={"words": words})).text


async def submit(talk: Conversation, number: int, name: str, **person: object) -> str:
    body = submission(number, name=name, **person)
    answer = await talk.clinic.post(f"{talk.system.url('intake')}/v1/referrals", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["referral_id"])


@pytest.mark.parametrize("words", ["zenobia", "obia quill", "mrn-0044"])
async def test_somebody_is_found_by_name_and_by_record_number(
    talk: Conversation, browser: httpx2.AsyncClient, words: str
) -> None:
    number = 870 + len(words)
    referral = await submit(talk, number, "Zenobia Quill", record_number=RECORD)
    await submit(talk, 890 + len(words), "Ignatius")
    page = await list_of(browser, API_KEY, words)
    assert f'href="/referrals/{referral}">Zenobia Quill</a>' in page
    assert "MRN-0044" in page
    assert "Ignatius" not in page


async def test_another_clinic_finds_nobody(talk: Conversation, browser: httpx2.AsyncClient) -> None:
    await submit(talk, 910, "Wilhelmina Oakes")
    assert "Wilhelmina" in await list_of(browser, API_KEY)
    page = await list_of(browser, OTHER_KEY, "wilhelmina")
    assert "Nothing is called" in page
    assert "Oakes" not in page


async def test_the_list_says_who_has_which_coach(
    talk: Conversation, browser: httpx2.AsyncClient
) -> None:
    referral, _, _ = await assigned(talk, 911)
    coach = (await talk.referral(referral))["coach"]
    assert f"with {coach}" in await list_of(browser, API_KEY)
    page = (await browser.get(f"/referrals/{referral}")).text
    assert "<h1>Sam</h1>" in page


async def test_an_amendment_changes_the_name_in_the_list(
    talk: Conversation, browser: httpx2.AsyncClient
) -> None:
    referral = await submit(talk, 912, "Before")
    amended = await talk.amend(referral, submission(912, name="Afterwards"))
    assert amended.status_code == 200, amended.text
    assert f'href="/referrals/{referral}">Afterwards</a>' in await list_of(browser, API_KEY)
