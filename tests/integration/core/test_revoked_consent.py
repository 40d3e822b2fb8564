"""A revoked consent carries nothing: not at the same moment, not by hand, not after a hold."""

import asyncio
from collections.abc import Iterator

import asyncpg
import httpx2
import pytest

from tests.integration.core.intake import Intake
from tests.world.engines import Engines
from tests.world.stories import clinic, submission
from tests.world.system import System

pytestmark = pytest.mark.timeout(120)

ROUNDS = 12


@pytest.fixture(scope="module")
def intake(engines: Engines) -> Iterator[Intake]:
    world = System(engines, asyncio.run(engines.new_site()))
    try:
        world.seed("intake", [clinic()])
        world.start(["intake"])
        yield Intake(world)
    finally:
        world.stop()


def of_person(number: int, person: int) -> dict[str, object]:
    """A referral of its own for the person of this number."""
    return submission(number, phone=f"+1539{2010000 + person:07d}")


async def submit(intake: Intake, client: httpx2.AsyncClient, body: object) -> httpx2.Response:
    return await client.post(f"{intake.system.url('intake')}/v1/referrals", json=body)


async def act(
    intake: Intake, client: httpx2.AsyncClient, referral: str, what: str, **body: str
) -> httpx2.Response:
    url = f"{intake.system.url('intake')}/v1/referrals/{referral}/{what}"
    return await client.post(url, json=body or None)


async def running_without_consent(intake: Intake) -> int:
    async with intake.system.database("intake") as connection:
        found: int = await connection.fetchval(
            "SELECT count(*) FROM referrals r JOIN people p USING (person_id) "
            "WHERE r.accepted_at IS NOT NULL AND r.closed_at IS NULL "
            "AND p.consent_revoked_on >= r.consent_signed_on"
        )
    return found


async def test_what_is_submitted_at_the_moment_of_a_revocation_ends_or_waits(
    intake: Intake,
) -> None:
    async with intake.system.http() as client:
        for round_ in range(ROUNDS):
            person = 20 * round_
            first = await submit(intake, client, of_person(person, person))
            referral = first.json()["referral_id"]
            more = [of_person(person + n, person) for n in range(1, 6)]
            answers = await asyncio.gather(
                *(submit(intake, client, body) for body in more[:3]),
                act(intake, client, referral, "revoke-consent"),
                *(submit(intake, client, body) for body in more[3:]),
            )
            assert {answer.status_code for answer in answers} <= {200, 201, 202}
            listed = await client.get(f"{intake.system.url('intake')}/v1/referrals?limit=6")
            states = {one["state"] for one in listed.json()["referrals"]}
            assert states <= {"consent_revoked", "consent_pending"}
    assert await running_without_consent(intake) == 0


async def test_the_database_itself_refuses_to_go_on_under_a_revoked_consent(
    intake: Intake,
) -> None:
    async with intake.system.http() as client:
        ready = (await submit(intake, client, submission(900))).json()
        gone = (await submit(intake, client, submission(901))).json()
        await act(intake, client, gone["referral_id"], "revoke-consent")
    assert ready["state"] == "ready"
    async with intake.system.database("intake") as connection:
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await connection.execute(
                "UPDATE people SET consent_revoked_on = '2030-01-01' WHERE person_id = "
                "(SELECT person_id FROM referrals WHERE referral_id = $1::uuid)",
                ready["referral_id"],
            )
        assert refused.value.constraint_name == "a_revocation_ends_what_it_concerns"
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await connection.execute(
                "UPDATE referrals SET accepted_at = now(), closed_at = NULL, progress = 'ready', "
                "next_action_at = now() WHERE referral_id = $1::uuid",
                gone["referral_id"],
            )
        assert refused.value.constraint_name == "nobody_relies_on_a_revoked_consent"


async def test_a_hold_is_not_released_into_what_has_become_incomplete(intake: Intake) -> None:
    """While somebody looked, the consent stopped to be one that names who employs the coaches."""
    body = submission(950)
    body["request"]["withdrawal_risk"] = True
    async with intake.system.http() as client:
        held = (await submit(intake, client, body)).json()
        assert held["state"] == "safety_hold"
        intake.system.programs.pop("intake").stop()
        intake.system.settings["INTAKE_PEER_ORGANISATION_NAMES"] = "Another Organization"
        try:
            intake.system.start(["intake"])
            released = await act(
                intake, client, held["referral_id"], "acknowledge-hold", name="Dr. Ana Ortiz"
            )
        finally:
            del intake.system.settings["INTAKE_PEER_ORGANISATION_NAMES"]
    assert released.status_code == 200, released.text
    assert released.json()["state"] == "consent_pending"
    assert [one["code"] for one in released.json()["problems"]] == ["consent_recipient_not_named"]
