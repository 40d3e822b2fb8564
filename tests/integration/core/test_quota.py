"""A clinic may send so many referrals a day; what is above is told when to come back."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.e2e.conftest import OTHER_KEY
from tests.integration.core.intake import Intake
from tests.world.engines import Engines
from tests.world.stories import clinic, submission
from tests.world.system import API_KEY, System

pytestmark = pytest.mark.timeout(90)

PER_DAY = 5


@pytest.fixture
def intake(engines: Engines) -> Iterator[Intake]:
    world = System(engines, asyncio.run(engines.new_site()))
    world.settings["INTAKE_REFERRALS_PER_DAY"] = str(PER_DAY)
    try:
        world.seed("intake", [clinic(), clinic("other-clinic", api_key=OTHER_KEY)])
        world.start(["intake"])
        yield Intake(world)
    finally:
        world.stop()


async def send(
    intake: Intake, *numbers: int, key: str = API_KEY, **headers: str
) -> list[httpx2.Response]:
    """Submissions of a clinic, all at the same moment."""
    headers = {"Authorization": f"Bearer {key}", **headers}
    async with httpx2.AsyncClient(timeout=30, trust_env=False, headers=headers) as client:
        url = f"{intake.system.url('intake')}/v1/referrals"
        return list(
            await asyncio.gather(
                *(
                    client.post(
                        url,
                        json=submission(number),
                        headers={"Idempotency-Key": f"k{number}"} if number % 2 else {},
                    )
                    for number in numbers
                )
            )
        )


async def stored(intake: Intake) -> list[Any]:
    async with intake.system.database("intake") as connection:
        rows = await connection.fetch("SELECT count(*) FROM referrals GROUP BY clinic_id")
    return sorted(row["count"] for row in rows)


async def test_many_at_once_never_exceed_the_quota_and_each_other_one_is_told_so(
    intake: Intake,
) -> None:
    answers = await send(intake, *range(40))
    assert Counter(answer.status_code for answer in answers) == {201: PER_DAY, 429: 40 - PER_DAY}
    assert await stored(intake) == [PER_DAY]
    refused = next(answer for answer in answers if answer.status_code == 429)
    said = refused.json()
    assert said["code"] == "quota_reached"
    assert f"{PER_DAY} new referrals in this day" in said["message"]
    assert "Send it again at" in said["message"]
    assert 0 < int(refused.headers["retry-after"]) <= 25 * 3600
    others = await send(intake, 900, key=OTHER_KEY)
    assert [answer.status_code for answer in others] == [201]


async def test_what_was_sent_before_is_answered_as_before_when_the_quota_is_reached(
    intake: Intake,
) -> None:
    first = await send(intake, *range(PER_DAY))
    assert [answer.status_code for answer in first] == [201] * PER_DAY
    again = await send(intake, *range(PER_DAY), 99)
    assert [answer.status_code for answer in again] == [201] * PER_DAY + [429]
    again = await send(intake, *range(PER_DAY))
    assert [answer.json() for answer in again] == [answer.json() for answer in first]
    amended = await amend(intake, first[0])
    assert amended.status_code == 200


async def amend(intake: Intake, first: httpx2.Response) -> httpx2.Response:
    async with intake.system.http() as client:
        return await client.put(
            f"{intake.system.url('intake')}{first.headers['location']}",
            json=submission(0, name="Sammy"),
            headers={"If-Match": first.headers["etag"]},
        )


async def test_a_new_day_begins_a_new_count(intake: Intake) -> None:
    await send(intake, *range(3))
    async with intake.system.database("intake") as connection:
        await connection.execute("UPDATE referrals_counted SET day = day - interval '1 day'")
    answers = await send(intake, *range(10, 10 + PER_DAY))
    assert [answer.status_code for answer in answers] == [201] * PER_DAY
    (above,) = await send(intake, 99)
    assert above.status_code == 429


async def test_above_the_quota_nothing_is_written_and_no_key_is_made(intake: Intake) -> None:
    await send(intake, *range(PER_DAY + 1))
    async with intake.system.database("vault") as connection:
        before = await connection.fetchval("SELECT count(*) FROM data_keys")
    for _ in range(4):
        answers = await send(intake, *range(1000, 1050))
        assert {answer.status_code for answer in answers} == {429}
    async with intake.system.database("vault") as connection:
        assert await connection.fetchval("SELECT count(*) FROM data_keys") == before


async def test_fhir_is_refused_with_an_outcome_and_a_browser_with_a_page(intake: Intake) -> None:
    await send(intake, *range(PER_DAY + 1))
    (page,) = await send(intake, 98, Accept="text/html")
    assert page.status_code == 429
    assert "as many as it may" in page.text
    assert page.headers["content-type"].startswith("text/html")
    async with intake.system.http() as client:
        answer = await client.post(
            f"{intake.system.url('intake')}/v1/referrals",
            content=b'{"resourceType": "Bundle", "type": "collection"}',
            headers={"Content-Type": "application/fhir+json", "Idempotency-Key": "fhir"},
        )
    assert answer.status_code == 429
    assert "retry-after" in answer.headers
    (issue,) = answer.json()["issue"]
    assert (answer.json()["resourceType"], issue["code"]) == ("OperationOutcome", "throttled")
    assert issue["details"]["coding"][0]["code"] == "quota-reached"
