"""Submissions that come at once share transactions; each is still judged on its own."""

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
from tests.world.system import System

pytestmark = pytest.mark.timeout(90)


@pytest.fixture(scope="module")
def intake(engines: Engines) -> Iterator[Intake]:
    world = System(engines, asyncio.run(engines.new_site()))
    try:
        world.seed("intake", [clinic(), clinic("other-clinic", api_key=OTHER_KEY)])
        world.start(["intake"])
        yield Intake(world)
    finally:
        world.stop()


async def submit_all(intake: Intake, bodies: list[dict[str, Any]]) -> list[httpx2.Response]:
    """All at the same moment, as a clinic's import does."""
    url = f"{intake.system.url('intake')}/v1/referrals"
    async with intake.system.http() as client:
        return list(await asyncio.gather(*(client.post(url, json=body) for body in bodies)))


def with_record(body: dict[str, Any], value: str) -> dict[str, Any]:
    number = {"system": "https://clinic.example/mrn", "value": value}
    return {**body, "person": {**body["person"], "record_number": number}}


async def rows(intake: Intake, statement: str, *arguments: Any) -> list[Any]:
    async with intake.system.database("intake") as connection:
        return list(await connection.fetch(statement, *arguments))


async def test_many_at_once_are_all_stored_and_few_transactions_carry_them(
    intake: Intake,
) -> None:
    bodies = [submission(number) for number in range(100, 220)]
    answers = await submit_all(intake, bodies)
    assert Counter(answer.status_code for answer in answers) == {201: len(bodies)}
    ids = [answer.json()["referral_id"] for answer in answers]
    stored = await rows(
        intake,
        "SELECT xmin::text, (SELECT string_agg(code, ',' ORDER BY happening_id) FROM happenings h "
        "WHERE h.referral_id = r.referral_id) AS codes FROM referrals r "
        "WHERE referral_id = ANY($1::uuid[])",
        ids,
    )
    assert Counter(row["codes"] for row in stored) == {"received,ready": len(bodies)}
    assert len({row["xmin"] for row in stored}) < len(bodies) / 2


async def test_the_same_submission_many_times_at_once_is_stored_once_and_answered_alike(
    intake: Intake,
) -> None:
    answers = await submit_all(intake, [submission(300) for _ in range(24)])
    assert Counter(answer.status_code for answer in answers) == {201: 24}
    assert len({answer.text for answer in answers}) == 1


async def test_one_identifier_with_two_contents_at_once_keeps_the_first_and_tells_the_others(
    intake: Intake,
) -> None:
    bodies = [submission(301, name=f"Sam{number % 2}") for number in range(20)]
    answers = await submit_all(intake, [*bodies, *(submission(n) for n in range(310, 320))])
    told = Counter(answer.status_code for answer in answers)
    assert told == {201: 20, 409: 10}
    (known,) = {one.json()["referral_id"] for one in answers if one.status_code == 409}
    assert known in {one.json()["referral_id"] for one in answers if one.status_code == 201}


async def test_one_record_number_many_times_at_once_is_one_person(intake: Intake) -> None:
    # A number whose person is known already, so that no two transactions both meet a stranger.
    first, *_ = await submit_all(intake, [with_record(submission(400), "M-1")])
    more = [with_record(submission(n, phone="+15392010400"), "M-1") for n in range(401, 421)]
    answers = [first, *await submit_all(intake, more)]
    assert {answer.status_code for answer in answers} == {201}
    people = await rows(
        intake,
        "SELECT DISTINCT person_id FROM referrals WHERE referral_id = ANY($1::uuid[])",
        [answer.json()["referral_id"] for answer in answers],
    )
    assert len(people) == 1


async def test_one_record_number_for_two_people_at_once_waits_for_a_review(intake: Intake) -> None:
    bodies = [
        with_record(submission(n, name=f"Name{n % 2}"), f"M-2-{n // 2}") for n in range(430, 450)
    ]
    answers = await submit_all(intake, bodies)
    assert {answer.status_code for answer in answers} == {201}
    people = await rows(
        intake,
        "SELECT p.record_hash, count(*) AS people, bool_or(needs_review) AS reviewed FROM people p "
        "JOIN referrals r USING (person_id) WHERE r.referral_id = ANY($1::uuid[]) GROUP BY 1",
        [answer.json()["referral_id"] for answer in answers],
    )
    assert [(row["people"], row["reviewed"]) for row in people] == [(2, True)] * 10


async def test_what_cannot_be_read_spoils_nothing_that_came_with_it(intake: Intake) -> None:
    broken = {**submission(500), "identifier": {"system": "https://x.example", "value": "a\u0000b"}}
    answers = await submit_all(intake, [broken, *(submission(n) for n in range(501, 520))])
    assert [answer.status_code for answer in answers] == [400] + [201] * 19


async def submit(intake: Intake, body: dict[str, Any], key: str) -> httpx2.Response:
    """One submission under an `Idempotency-Key`."""
    async with intake.system.http() as client:
        return await client.post(
            f"{intake.system.url('intake')}/v1/referrals",
            json=body,
            headers={"Idempotency-Key": key},
        )


async def test_an_idempotency_key_binds_whatever_identifiers_the_bodies_have(
    intake: Intake,
) -> None:
    bodies = [submission(number) for number in range(7400, 7410)]
    answers = await asyncio.gather(*(submit(intake, body, "import-7") for body in bodies))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}
    (first,) = [answer for answer in answers if answer.status_code == 201]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert first.json()["referral_id"] in refused.json()["message"]
    again = await submit(intake, bodies[answers.index(first)], "import-7")
    assert (again.status_code, again.json()) == (201, first.json())
    assert (await submit(intake, bodies[0], "import-8")).status_code in (201, 409)


async def test_the_same_key_of_another_clinic_is_another_key(intake: Intake) -> None:
    assert (await submit(intake, submission(7420), "shared")).status_code == 201
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
        other = await client.post(
            f"{intake.system.url('intake')}/v1/referrals",
            json=submission(7421),
            headers={"Authorization": f"Bearer {OTHER_KEY}", "Idempotency-Key": "shared"},
        )
    assert other.status_code == 201


@pytest.mark.parametrize("key", ["", "k" * 201, "tab\there"])
async def test_an_unusable_idempotency_key_is_refused_by_name(intake: Intake, key: str) -> None:
    answer = await submit(intake, submission(7430), key)
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_unusable"
    assert "Idempotency-Key" in answer.json()["message"]
