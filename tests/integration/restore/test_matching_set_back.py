"""Matching's database is set back while everything else goes on: nothing is lost or done twice."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from tests.e2e.telling import act, assigned, offered
from tests.faults.quiet import until_quiet
from tests.integration.restore.backups import Backup, ready, recover, until_history
from tests.world.conversation import Conversation
from tests.world.engines import Engines
from tests.world.stories import clinic, coach
from tests.world.system import System, until

pytestmark = pytest.mark.timeout(240)

ANY_HOUR = {
    "NOTIFICATIONS_TEXTS_OPEN": "00:00",
    "NOTIFICATIONS_TEXTS_CLOSE": "00:00",
    "SIMULATOR_SENT_AFTER_SECONDS": "0.01",
    "SIMULATOR_DELIVERED_AFTER_SECONDS": "0.02",
}


@pytest.fixture
async def talk(engines: Engines) -> AsyncIterator[Conversation]:
    """A system of its own, because its databases are going to be exchanged."""
    system = System(engines, await engines.new_site(), settings=ANY_HOUR)
    try:
        system.seed("intake", [clinic()])
        system.seed("matching", [coach(number, max_active=9) for number in range(40, 46)])
        system.start()
        async with Conversation(system) as conversation:
            yield conversation
    finally:
        system.stop()


async def new_offer(talk: Conversation, link: str) -> str:
    """The next link that a coach is sent, after this one."""
    known = {one["sid"] for one in await talk.texts()}

    async def asked() -> str:
        fresh = [one["body"] for one in await talk.texts() if one["sid"] not in known]
        codes = [body.split("/o/")[1].split()[0] for body in fresh if "/o/" in body]
        return codes[0] if codes else ""

    await talk.answer_page(link, "pass")
    return f"{talk.system.url('matching')}/o/{await until(asked, what='the next offer')}"


async def settled(talk: Conversation) -> int:
    """How many texts there are once nothing is under way."""
    await until_quiet(talk.system, seconds=60)
    return len(await talk.texts())


async def search_of(talk: Conversation, referral: str) -> tuple[str, list[str]]:
    """State of the search, and of its offers in their order."""
    async with talk.system.database("matching") as connection:
        state = await connection.fetchval(
            "SELECT state FROM searches WHERE referral_id = $1::uuid", referral
        )
        rows = await connection.fetch(
            "SELECT state FROM offers WHERE referral_id = $1::uuid ORDER BY made_at", referral
        )
    return state, [row["state"] for row in rows]


async def test_matching_set_back_is_noticed_recovered_and_goes_on(talk: Conversation) -> None:
    system = talk.system
    passed_on, _, first_link = await offered(talk, 801)
    revoked_later, _, revoked_link = await assigned(talk, 802)
    withdrawn_later, _, withdrawn_link = await offered(talk, 803)
    backup = await Backup.take(system, ["matching"])

    second_link = await new_offer(talk, first_link)
    taken, _, taken_link = await assigned(talk, 804)
    waiting, _, waiting_link = await offered(talk, 805)
    assert (await act(talk, revoked_later, "revoke-consent")).status_code == 200
    assert (await act(talk, withdrawn_later, "withdraw")).status_code == 200
    await talk.until_state(revoked_later, "consent_revoked")
    await until(lambda: _closed(talk, revoked_later), what="matching to hear of the revocation")
    await until(lambda: _closed(talk, withdrawn_later), what="matching to hear of the withdrawal")
    texts = await settled(talk)
    await backup.restore()

    await it_waits(talk, (revoked_link, withdrawn_link, taken_link), texts)
    it_is_recovered(system)
    await until_history(system, "matching", "current")
    assert "nothing to recover" in recover(system, "matching").stdout

    assert await search_of(talk, passed_on) == ("offered", ["declined", "open"])
    assert await search_of(talk, taken) == ("assigned", ["accepted"])
    assert await search_of(talk, waiting) == ("offered", ["open"])
    await until(lambda: _closed(talk, revoked_later), what="the revocation to hold again")
    assert await search_of(talk, revoked_later) == ("closed", ["ended"])
    assert await search_of(talk, withdrawn_later) == ("closed", ["withdrawn"])
    pages = [await talk.open_page(link) for link in (revoked_link, withdrawn_link)]
    assert not any("Sam" in page.text for page in pages)

    for referral, link in ((passed_on, second_link), (waiting, waiting_link)):
        answer = await talk.answer_page(link, "accept")
        assert "Sam" in answer.text
        await talk.until_state(referral, "assigned")
    states = [await talk.state_of(one) for one in (revoked_later, withdrawn_later)]
    assert states == ["consent_revoked", "cancelled"]
    await talk.each_text_came_once()
    await nothing_waits(system)


async def nothing_waits(system: System) -> None:
    for service in ("intake", "matching", "notifications"):
        assert (await ready(system, service))["parked"] == {}


async def _closed(talk: Conversation, referral: str) -> bool:
    return (await search_of(talk, referral))[0] == "closed"


async def it_waits(talk: Conversation, links: Sequence[str], texts: int) -> None:
    """The service has noticed: nothing is shown, answered, relayed or sent."""
    system = talk.system
    said = await until_history(system, "matching", "behind")
    assert said["ready"]
    assert said["events_forgotten"] > 0
    assert said["consumer"] in ("waiting_for_recovery", "waiting_for_broker")
    assert "database_behind_own_topics" in system.logs()
    for link in links:
        page = await talk.open_page(link)
        assert page.status_code == 503
        assert "Sam" not in page.text
    assert (await talk.answer_page(links[0], "accept")).status_code == 503
    await asyncio.sleep(2.0)  # long enough for a timer or a relay that does not ask
    assert len(await talk.texts()) == texts


def it_is_recovered(system: System) -> None:
    """An operator looks first and then lets it go on."""
    dry = recover(system, "matching", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "offer.made" in dry.stdout
    done = recover(system, "matching")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "epoch 2 begins" in done.stdout
