"""A clinic's browser: its session ends with sign-out, suspension and the key that opened it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from tests.integration.core.intake import Intake
from tests.world.engines import Engines
from tests.world.stories import clinic
from tests.world.system import API_KEY, System

pytestmark = pytest.mark.timeout(90)

NEW_KEY = "testclinic01.Zq3vK8nR5tYw2LxP7mJc9BdFhG4sAe6UoiT1"


@pytest.fixture(scope="module")
def intake(engines: Engines) -> Iterator[Intake]:
    world = System(engines, asyncio.run(engines.new_site()))
    try:
        world.seed("intake", [clinic()])
        world.start(["intake"])
        yield Intake(world)
    finally:
        world.stop()


@pytest.fixture
async def browser(intake: Intake) -> AsyncIterator[httpx2.AsyncClient]:
    """Signed in with the clinic's present key."""
    intake.system.seed("intake", [clinic()])
    async with httpx2.AsyncClient(
        base_url=intake.system.url("intake"), timeout=30, trust_env=False
    ) as client:
        answer = await client.post("/sign-in", data={"api_key": API_KEY})
        assert answer.status_code == 303
        assert (await client.get("/referrals")).status_code == 200
        yield client


async def is_signed_in(browser: httpx2.AsyncClient, cookie: str) -> bool:
    """Whether this cookie still opens the list, on any device."""
    answer = await browser.get("/referrals", headers={"cookie": f"clinic={cookie}"})
    return answer.status_code == 200


async def test_a_copied_cookie_is_worth_nothing_after_sign_out(browser: httpx2.AsyncClient) -> None:
    copied = browser.cookies["clinic"]
    assert await is_signed_in(browser, copied)
    await browser.post("/sign-out")
    assert not await is_signed_in(browser, copied)


async def test_another_key_ends_the_sessions_of_the_old_one(
    intake: Intake, browser: httpx2.AsyncClient
) -> None:
    copied = browser.cookies["clinic"]
    intake.system.seed("intake", [clinic(api_key=NEW_KEY)])
    assert not await is_signed_in(browser, copied)


async def test_a_suspended_clinic_is_signed_out(
    intake: Intake, browser: httpx2.AsyncClient
) -> None:
    copied, bearer = browser.cookies["clinic"], {"Authorization": f"Bearer {API_KEY}"}
    words = ("clinics", "suspend", "test-clinic", "--reason", "its key was seen in public")
    assert intake.command(*words).stdout == "suspended; its key and every session of it end now\n"
    assert not await is_signed_in(browser, copied)
    assert (await browser.get("/v1/referrals", headers=bearer)).status_code == 401
    assert (await browser.post("/sign-in", data={"api_key": API_KEY})).status_code == 401
    assert intake.command(*words).returncode == 1
    listed = intake.command("clinics", "list").stdout
    assert "suspended 20" in listed
    assert "Clinic test-clinic" in listed
    resumed = intake.command("clinics", "resume", "test-clinic", "--reason", "it has a new key")
    assert resumed.returncode == 0
    assert (await browser.get("/v1/referrals", headers=bearer)).status_code == 200
    assert not await is_signed_in(browser, copied), "what was ended does not come back"
    assert "1 may submit" in intake.command("clinics", "list").stdout
    unknown = intake.command("clinics", "suspend", "nowhere", "--reason", "a mistake")
    assert (unknown.returncode, unknown.stdout.split(";")[0]) == (1, "there is no clinic nowhere")


async def test_who_suspended_a_clinic_and_why_is_in_the_audit_log(intake: Intake) -> None:
    async with intake.system.database("intake") as connection:
        row = await connection.fetchrow(
            "SELECT actor, detail FROM audit WHERE action = 'clinic.suspended'"
        )
    assert row is not None
    assert row["actor"] == "operator:tester"
    assert "its key was seen in public" in row["detail"]


async def test_the_database_holds_no_cookie(intake: Intake, browser: httpx2.AsyncClient) -> None:
    async with intake.system.database("intake") as connection:
        rows = await connection.fetch("SELECT s::text AS row FROM clinic_sessions s")
    assert rows
    assert not any(browser.cookies["clinic"] in row["row"] for row in rows)
