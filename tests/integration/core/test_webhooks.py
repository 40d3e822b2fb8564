"""What a provider, or somebody who holds its token, can send: an answer each time, never a 5xx."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import UTC, datetime
from uuid import uuid4

import httpx2
import pytest
from twilio.request_validator import RequestValidator

from deploy.local.secret_files import secret
from services.notifications.store import referrals
from shared.write_buffer import WriteBuffer
from tests.world.engines import Engines
from tests.world.system import System

pytestmark = pytest.mark.timeout(90)

NASTY = ("", "\0", "a\0b", "²", "9" * 5_000, "-1", "\ud7ff", "x" * 30_000, "Ω" * 200)
"""Values that have broken readers of forms before."""

FIELDS = ("MessageSid", "From", "To", "Body", "MessageStatus", "ErrorCode")
WHOLE = {
    "MessageSid": "SM1",
    "From": "+15392010001",
    "To": "+12025550100",
    "Body": "hello",
    "MessageStatus": "failed",
    "ErrorCode": "30005",
}


@pytest.fixture(scope="module")
def system(engines: Engines) -> Iterator[System]:
    world = System(engines, asyncio.run(engines.new_site()))
    try:
        world.start(["notifications"])
        yield world
    finally:
        world.stop()


@pytest.fixture
async def provider(system: System) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(
        base_url=system.url("notifications"), timeout=30, trust_env=False
    ) as client:
        yield client


async def post(
    system: System, provider: httpx2.AsyncClient, path: str, form: Mapping[str, str]
) -> httpx2.Response:
    """A form with a signature that is right."""
    token = secret(system.site.secret_file("twilio.token"))
    url = f"{system.url('notifications')}{path}"
    signature = RequestValidator(token).compute_signature(url, dict(form))
    return await provider.post(path, data=dict(form), headers={"X-Twilio-Signature": signature})


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("path", ["/twilio/inbound", f"/twilio/status/{uuid4()}/1"])
async def test_no_value_of_a_signed_form_breaks_the_service(
    system: System, provider: httpx2.AsyncClient, path: str, field: str
) -> None:
    for number, value in enumerate(NASTY):
        form = {**WHOLE, "MessageSid": f"SM{field}{number}", field: value}
        answer = await post(system, provider, path, form)
        assert answer.status_code < 500, (field, number)


async def test_a_body_is_read_no_further_than_is_allowed(provider: httpx2.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1_000):
            yield b"Body=" + b"x" * 10_000

    answer = await provider.post("/twilio/inbound", content=endless())
    assert answer.status_code == 413


@pytest.mark.parametrize("epoch", ["-1", "9" * 5_000, "²", "%00"])
async def test_a_strange_address_is_no_fault_of_ours(
    provider: httpx2.AsyncClient, epoch: str
) -> None:
    answer = await provider.post(f"/twilio/status/{uuid4()}/{epoch}", data=WHOLE)
    assert 400 <= answer.status_code < 500


async def test_the_codes_of_open_offers_do_not_run_out(system: System) -> None:
    """Two digits as long as they last, then more; never a number that people call for help."""
    someone = uuid4()
    async with system.database("notifications") as connection:
        await connection.execute(
            "INSERT INTO offers (offer_id, referral_id, coach_id, code, answer_by) "
            "SELECT gen_random_uuid(), gen_random_uuid(), $1, n::text, now() "
            "FROM generate_series(11, 910) AS n",
            someone,
        )
        buffer = WriteBuffer(connection)
        until_then = datetime(2030, 1, 1, tzinfo=UTC)
        for _ in range(2):
            await referrals.offer_made(buffer, uuid4(), uuid4(), someone, until_then)
            await buffer.flush()
        codes = await connection.fetch("SELECT code FROM offers WHERE code::int > 910")
    assert sorted(row["code"] for row in codes) == ["912", "913"]
