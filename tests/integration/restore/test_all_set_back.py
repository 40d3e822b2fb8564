"""All databases are set back and the broker is not: STOP holds, and nothing is lost."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.e2e.telling import act, assigned, offered, phone
from tests.integration.restore.backups import Backup, ready, recover, run, until_history
from tests.integration.restore.test_matching_set_back import ANY_HOUR, search_of, settled
from tests.world.conversation import Conversation
from tests.world.engines import Engines
from tests.world.stories import clinic, coach
from tests.world.system import System, until

pytestmark = pytest.mark.timeout(300)

SERVICES = ("intake", "matching", "notifications")
CONFIRM = ("clock", "confirm", "--reason", "compared with my phone")
AN_HOUR_AT_MOST = {f"{name.upper()}_LONGEST_STANDSTILL_SECONDS": "3600" for name in SERVICES}


@pytest.fixture
async def talk(engines: Engines) -> AsyncIterator[Conversation]:
    system = System(engines, await engines.new_site(), settings={**ANY_HOUR, **AN_HOUR_AT_MOST})
    try:
        system.seed("intake", [clinic()])
        system.seed("matching", [coach(number, max_active=9) for number in range(50, 56)])
        system.start()
        async with Conversation(system) as conversation:
            yield conversation
    finally:
        system.stop()


@pytest.mark.parametrize("hours", [0, 2], ids=["just now", "two hours ago"])
async def test_all_databases_set_back_end_in_one_true_state(talk: Conversation, hours: int) -> None:
    """A database that was last used long ago also doubts its clock, until a person confirms it."""
    system = talk.system
    stopped, _, stopped_link = await offered(talk, 901)
    revoked, _, revoked_link = await assigned(talk, 902)
    passed_on, _, _ = await offered(talk, 903)
    await settled(talk)
    backup = await Backup.take(system, SERVICES)

    await talk.type_text(phone(901), "STOP")
    await talk.text_to(phone(901), about="no more texts")
    await talk.answer_page(stopped_link, "accept")
    await talk.until_state(stopped, "assigned")
    assert (await act(talk, revoked, "revoke-consent")).status_code == 200
    await until(lambda: _closed(talk, revoked), what="matching to hear of the revocation")
    before = await settled(talk)
    await backup.restore(age=timedelta(hours=hours))

    for service in SERVICES:
        said = await until_history(system, service, "behind")
        assert (said["clock"] == "trusted") == (hours == 0)
    for service in SERVICES:
        done = recover(system, service)
        assert done.returncode == 0, done.stdout + done.stderr
    for service in SERVICES:
        if hours:
            assert run(system, service, *CONFIRM).returncode == 0
        await until_history(system, service, "current")

    await talk.until_state(stopped, "assigned")
    await talk.until_state(revoked, "consent_revoked")
    await talk.until_state(passed_on, "offered")
    assert await search_of(talk, stopped) == ("assigned", ["accepted"])
    await until(lambda: _closed(talk, revoked), what="the revocation to hold again")
    assert "Sam" not in (await talk.open_page(revoked_link)).text
    assert await settled(talk) == before, "everything that is said now was said before"
    await talk.each_text_came_once()
    await talk.type_text(phone(903), "1")
    for service in SERVICES:
        assert (await ready(system, service))["parked"] == {}


async def test_a_referral_whose_submission_is_lost_is_shown_to_a_person(
    talk: Conversation,
) -> None:
    """Names and numbers are on no topic: nothing can bring them back but a later backup."""
    system = talk.system
    await offered(talk, 911)
    await settled(talk)
    backup = await Backup.take(system, ["intake"])
    lost, _, _ = await offered(talk, 912)
    await settled(talk)
    await backup.restore()
    await until_history(system, "intake", "behind")
    asked = recover(system, "intake")
    assert asked.returncode == 1
    assert f"referral.accepted of {lost}: submission_missing" in asked.stdout
    assert (await ready(system, "intake"))["history"] == "behind"
    assert recover(system, "intake", "--leave-to-people").returncode == 0
    await until_history(system, "intake", "current")
    async with system.database("intake") as connection:
        noted = await connection.fetchval(
            "SELECT count(*) FROM audit WHERE action = 'recovery.left_to_a_person' "
            "AND subject_id = $1::uuid",
            lost,
        )
    assert noted == 1
    assert await talk.submit(913)


async def _closed(talk: Conversation, referral: str) -> bool:
    return (await search_of(talk, referral))[0] == "closed"
