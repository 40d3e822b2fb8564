"""Wrong keys, sign-ins and links: slowed where they come from, and nowhere else."""

import asyncio
from collections.abc import Iterator

import httpx2
import pytest

from shared.webui.guess_limit import MAX_FAILURES
from tests.integration.core.intake import Intake
from tests.world.engines import Engines
from tests.world.stories import clinic
from tests.world.system import API_KEY, System

pytestmark = pytest.mark.timeout(90)

WRONG_KEY = API_KEY[:-1] + "0"
PAGE = {"accept": "text/html"}


@pytest.fixture(scope="module")
def system(engines: Engines) -> Iterator[System]:
    world = System(engines, asyncio.run(engines.new_site()))
    try:
        world.seed("intake", [clinic()])
        world.start(["intake", "matching"])
        yield world
    finally:
        world.stop()


def client_at(address: str, base_url: str) -> httpx2.AsyncClient:
    """A client with an address of its own on the loopback network."""
    transport = httpx2.AsyncHTTPTransport(local_address=address)
    return httpx2.AsyncClient(transport=transport, base_url=base_url, timeout=30, trust_env=False)


async def ask(client: httpx2.AsyncClient, key: str, **headers: str) -> httpx2.Response:
    return await client.get("/v1/referrals", headers={"authorization": f"Bearer {key}", **headers})


async def test_guesses_of_keys_are_slowed_whatever_address_the_client_pretends(
    system: System,
) -> None:
    url = system.url("intake")
    async with client_at("127.0.0.11", url) as guesser, client_at("127.0.0.12", url) as clinic_:
        for number in range(MAX_FAILURES):
            pretended = {"x-forwarded-for": f"192.0.2.{number}"}
            assert (await ask(guesser, WRONG_KEY, **pretended)).status_code == 401
        slowed = await ask(guesser, WRONG_KEY, **{"x-forwarded-for": "198.51.100.1"})
        assert slowed.status_code == 429
        assert slowed.json()["code"] == "too_many_guesses"
        assert 0 < int(slowed.headers["retry-after"]) <= 60
        assert (await ask(clinic_, API_KEY)).status_code == 200
    intake = Intake(system)
    assert await intake.metric("alongside_guesses_total", where="api_key", outcome="refused") == 1
    assert "guessing_slowed" in system.logs()
    assert WRONG_KEY.partition(".")[2] not in system.logs()


async def test_guesses_on_the_sign_in_page_are_slowed_and_a_page_says_what_to_do(
    system: System,
) -> None:
    async with client_at("127.0.0.13", system.url("intake")) as guesser:
        for _ in range(MAX_FAILURES):
            answer = await guesser.post("/sign-in", data={"api_key": WRONG_KEY}, headers=PAGE)
            assert answer.status_code == 401
        slowed = await guesser.post("/sign-in", data={"api_key": API_KEY}, headers=PAGE)
        assert slowed.status_code == 429
        assert "Please wait a minute" in slowed.text
        assert (await ask(guesser, API_KEY)).status_code == 200


async def test_guesses_of_offer_links_are_slowed(system: System) -> None:
    url = system.url("matching")
    async with client_at("127.0.0.14", url) as guesser, client_at("127.0.0.15", url) as coach:
        for number in range(MAX_FAILURES):
            assert (await guesser.get(f"/o/{number:022}", headers=PAGE)).status_code == 404
        assert (await guesser.get(f"/o/{1:022}", headers=PAGE)).status_code == 429
        assert (await coach.get(f"/o/{1:022}", headers=PAGE)).status_code == 404
