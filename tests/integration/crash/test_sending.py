"""Killed at every await while it sends or looks up: each message is handed over once."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from asyncpg import UndefinedTableError

from deploy.local.environment import Site
from services.notifications.sending.look_up import LookUp
from services.notifications.sending.sender import Sender
from services.notifications.store import channels, messages
from shared import metrics
from shared.events import ReferralAccepted
from tests.integration.crash import cast, notifications
from tests.integration.crash.cast import PERSON_PHONE, somebody
from tests.integration.crash.effects import Rows, differences, effects
from tests.integration.crash.fate import Fate
from tests.integration.crash.process import Process
from tests.integration.crash.provider import Provider, providing
from tests.integration.crash.scenario import Act, Before, Stage, Step, comes, staged
from tests.world.engines import Engines

pytestmark = pytest.mark.timeout(120)

LOOK_UP_AFTER = timedelta(seconds=30)
"""Later than any wait for an outcome; sooner than anything else is due."""

ROUNDS = 6
"""What is due; what has to be looked up; what is sent again, and what waited for that; and again,
where that got lost.
"""


L = TypeVar("L", Sender, LookUp)


def loop_of(process: Process, kind: type[L]) -> L:
    found = [getattr(loop.run, "__self__", None) for loop in process.parts.loops]
    return next(one for one in found if isinstance(one, kind))


def sender_of(process: Process) -> Sender:
    return loop_of(process, Sender)


async def note_feed(process: Process) -> None:
    """As the loop beside the sender does: the referrals are read to their end."""
    async with process.database.transaction() as tx:
        await channels.read_to_end(tx.connection, {(ReferralAccepted.topic, 0): tx.now})


async def claim_and_send(process: Process) -> None:
    """As far as the provider's answer, and nothing of it recorded."""
    await note_feed(process)
    sender = sender_of(process)
    sender.wake()
    while not (sender._under_way or sender._done):
        assert await sender.step()
    await asyncio.gather(*sender._under_way)


async def send(process: Process) -> None:
    """A life of both loops: until nothing is due, and again when what is unknown is looked up."""
    sender, look_up = sender_of(process), loop_of(process, LookUp)
    try:
        for _ in range(ROUNDS):
            await note_feed(process)
            while await send_due(sender) or await look_up.some():
                pass
            process.clock.moment += LOOK_UP_AFTER
    finally:
        for task in sender._under_way:
            task.cancel()


async def send_due(sender: Sender) -> bool:
    """Until nothing is due; False when nothing was."""
    sender.wake()
    worked = False
    while await sender.step() or sender._under_way:
        worked = True
        await asyncio.gather(*sender._under_way)
    return worked


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be sent, and how many requests or answers get lost."""

    given: Sequence[Step]
    loses: int = 0
    drops: int = 0


ACCEPTED = (*notifications.CONTACTS[::2], notifications.ACCEPTED)
TWICE = comes(cast.accepted(somebody("second"), reference="AAAA-0002"))
DANGER = (notifications.CONTACTS[0], notifications.texts(PERSON_PHONE, "I want to kill myself"))

CASES = {
    "a text and a mail": Case(ACCEPTED),
    "the same, an answer lost": Case(ACCEPTED, loses=1),
    "two equal texts": Case((*ACCEPTED, TWICE)),
    "two equal texts, the first lost": Case((*ACCEPTED, TWICE), drops=1),
    "texts to several people": Case(notifications.OFFERED),
    "an answer to somebody in danger": Case(DANGER),
    "that answer, and the provider's lost": Case(DANGER, loses=1),
}


@asynccontextmanager
async def sending(engines: Engines, site: Site) -> AsyncIterator[tuple[Stage, Provider]]:
    async with providing() as provider:
        settings = {
            "NOTIFICATIONS_TWILIO_BASE_URL": f"http://127.0.0.1:{provider.sms_port}",
            "NOTIFICATIONS_SMTP_PORT": str(provider.mail_port),
            "NOTIFICATIONS_TEXTS_OPEN": "00:00",
            "NOTIFICATIONS_TEXTS_CLOSE": "00:00",
        }
        async with staged(engines, site, "notifications", settings) as stage:
            yield stage, provider


async def life(stage: Stage, provider: Provider, fate: Fate) -> bool:
    provider.fate = fate
    return await stage.live(send, fate)


def wrong(rows: Rows, provider: Provider) -> list[str]:
    """What does not fit together between what the provider took and what the rows say of it."""
    sent = [row for row in rows["messages"] if row["state"] in ("sent", "delivered")]
    parked = [row for row in rows["messages"] if row["state"] == "parked"]
    arrived = [row for row in rows["messages"] if row["state"] == "delivered"]
    texts = Counter(row["provider_id"] for row in sent if row["channel"] == "sms")
    mails = Counter(row["provider_id"] for row in sent if row["channel"] == "email")
    said = Counter((event["type"], _message(event)) for event in rows["outbox"])
    audited = Counter(row["action"] for row in rows["audit"] if row["action"] != "text.received")
    checks = {
        "each text that was taken is one message that is sent": texts
        == Counter(text.sid for text in provider.texts),
        "each mail that was taken is one message that is sent": mails.keys() == set(provider.mails)
        and set(mails.values()) <= {1},
        "nothing waits for a human": not parked,
        "nothing due is left": not [
            row
            for row in rows["messages"]
            if row["state"] in ("claimed", "unknown")
            or (row["state"] == "planned" and row["wait_reason"] in ("looked-up", "not-sent"))
        ],
        "each outcome is said once": {
            **{("message.sent", row["message_id"]): 1 for row in sent},
            **{("message.delivered", row["message_id"]): 1 for row in arrived},
        }
        == {name: count for name, count in said.items() if name[0].startswith("message.")},
        "each outcome is audited once": audited["message.sent"] == len(sent),
    }
    return [what for what, holds in checks.items() if not holds]


def _message(event: dict[str, Any]) -> str:
    return str(json.loads(event["payload"]).get("message_id"))


@pytest.mark.parametrize("case", CASES)
async def test_killed_at_any_await_it_is_handed_over_once(
    engines: Engines, site: Site, case: str
) -> None:
    asked = CASES[case]
    async with sending(engines, site) as (stage, provider):
        before = await stage.set(asked.given)
        due = await undisturbed(stage, provider, asked)
        async for when in ends(stage, provider, before, asked):
            assert await life(stage, provider, Fate())
            rows = await stage.store.rows()
            assert not wrong(rows, provider), when
            states = Counter(row["state"] for row in rows["messages"])
            assert states["sent"] == due, when


@pytest.mark.parametrize("first", ["receipts", "the next life"])
@pytest.mark.parametrize("name", ["two equal texts", "two equal texts, the first lost"])
async def test_receipts_tell_what_a_killed_sender_cannot(
    engines: Engines, site: Site, name: str, first: str
) -> None:
    async with sending(engines, site) as (stage, provider):
        case = CASES[name]
        before = await stage.set(case.given)
        async for when in ends(stage, provider, before, case):
            if first == "receipts":
                assert await stage.live(receipts_of(provider), Fate())
            assert await life(stage, provider, Fate())
            if first != "receipts":
                assert await stage.live(receipts_of(provider), Fate())
            assert not wrong(await stage.store.rows(), provider), when


async def test_a_sender_that_was_only_frozen_finds_its_text_recorded(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, provider):
        await stage.set(CASES["two equal texts"].given)
        async with stage.process(Fate()) as frozen:
            await claim_and_send(frozen)
            stage.clock.moment += LOOK_UP_AFTER
            assert await life(stage, provider, Fate())
            recorded = await stage.store.rows()
            await sender_of(frozen).step()
            assert changes(recorded, await stage.store.rows()) == []
        assert not wrong(recorded, provider)


@asynccontextmanager
async def one_frozen(engines: Engines, site: Site) -> AsyncIterator[tuple[Stage, Process, Process]]:
    """Two processes: one stands still with a send whose answer got lost, and the other goes on."""
    async with sending(engines, site) as (stage, provider):
        await stage.set(DANGER)
        provider.drops = 1
        async with stage.process(Fate()) as frozen, stage.process(Fate()) as other:
            await claim_and_send(frozen)
            stage.clock.moment += LOOK_UP_AFTER
            yield stage, frozen, other
            await sender_of(other).step()
        assert not wrong(await stage.store.rows(), provider)


async def claimed_again(stage: Stage, process: Process) -> Rows:
    assert await loop_of(process, LookUp).some()
    await claim_and_send(process)
    return await stage.store.rows()


async def test_a_sender_that_was_only_frozen_does_not_record_for_a_later_claim(
    engines: Engines, site: Site
) -> None:
    async with one_frozen(engines, site) as (stage, frozen, other):
        claimed = await claimed_again(stage, other)
        await sender_of(frozen).step()
        assert changes(claimed, await stage.store.rows()) == []


async def test_a_look_up_that_was_only_frozen_does_not_decide_about_a_later_claim(
    engines: Engines, site: Site
) -> None:
    async with one_frozen(engines, site) as (stage, frozen, other):
        async with frozen.database.read_connection() as connection:
            (unknown,) = await messages.unresolved(connection, now=stage.clock.moment, limit=9)
        claimed = await claimed_again(stage, other)
        await loop_of(frozen, LookUp)._settle(unknown, None)
        await loop_of(frozen, LookUp)._later(unknown)
        assert changes(claimed, await stage.store.rows()) == []


async def test_what_cannot_be_looked_up_waits_in_sight_and_stops_no_other(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, provider):
        await stage.set(DANGER)
        provider.drops = 1
        async with stage.process(Fate()) as process:
            await claim_and_send(process)
            stage.clock.moment += LOOK_UP_AFTER
            await stage.store.connection.execute("UPDATE messages SET step = 'of_a_later_release'")
            assert await loop_of(process, LookUp).some()
            await send_due(sender_of(process))
        found = [(row["state"], row["reason"]) for row in await sent(stage) if row["claimed_at"]]
        assert found == [("parked", "not-judged")]


async def test_a_message_that_cannot_be_judged_waits_in_sight_and_stops_no_other(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, provider):
        await stage.set(ACCEPTED)
        await stage.store.connection.execute(
            "UPDATE contacts SET zone = 'Nowhere/Else' WHERE kind = 'person'"
        )
        await stage.store.connection.execute(
            "UPDATE messages SET step = 'of_a_later_release', "
            "next_at = (SELECT min(next_at) FROM messages) WHERE step = 'number_check_again'"
        )
        assert await life(stage, provider, Fate())
        states = {row["step"]: (row["state"], row["reason"]) for row in await sent(stage)}
        assert states["number_check"] == ("parked", "not-judged")
        assert states["of_a_later_release"] == ("parked", "not-judged")
        assert states["clinic_accepted"] == ("sent", None)


async def sent(stage: Stage) -> list[dict[str, Any]]:
    return (await stage.store.rows())["messages"]


async def test_a_receipt_that_overtakes_the_answer_does_not_begin_the_wait_for_the_last_one(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, provider):
        await stage.set(ACCEPTED)
        async with stage.process(Fate()) as process:
            await claim_and_send(process)
            await receipts_of(provider, "queued")(process)
            process.clock.moment += timedelta(hours=71)
            await loop_of(process, LookUp)._look_around()
            assert {row["state"] for row in await sent(stage) if row["receipt"]} == {"sent"}
            process.clock.moment += timedelta(hours=2)
            await loop_of(process, LookUp)._look_around()
            assert {row["state"] for row in await sent(stage) if row["receipt"]} == {"no_receipt"}


async def test_how_long_a_text_of_danger_is_unread_is_measured(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, _):
        await stage.set(DANGER)
        async with stage.process(Fate()) as process:
            process.clock.moment += timedelta(minutes=20)
            await loop_of(process, LookUp)._look_around()
        assert unread(danger="true") == 20 * 60
        assert unread(danger="false") == 0


def unread(**labels: str) -> float | None:
    return metrics.REGISTRY.get_sample_value("alongside_texts_unread_oldest_seconds", labels)


async def test_what_was_sent_is_recorded_though_what_is_due_cannot_be_judged(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, provider):
        before = await stage.set(ACCEPTED)
        async with stage.process(Fate()) as process:
            await claim_and_send(process)
            await (await TWICE(before))(process)
            await stage.store.connection.execute("ALTER TABLE stopped_channels RENAME TO away")
            sender_of(process).wake()
            with pytest.raises(UndefinedTableError):
                await sender_of(process).step()
            await stage.store.connection.execute("ALTER TABLE away RENAME TO stopped_channels")
        rows = await stage.store.rows()
        assert not wrong(rows, provider)
        assert [row["state"] for row in rows["messages"]].count("sent") == 2


def changes(before: Rows, after: Rows) -> list[str]:
    return differences(effects(before, before), effects(after, before))


async def ends(stage: Stage, provider: Provider, before: Before, case: Case) -> AsyncIterator[str]:
    """The sender, killed after no answer, after one, after two … and at last not at all."""
    lived, answers = False, 0
    while not lived:
        stage.clock.moment = cast.MOMENT
        await stage.store.put_back(before.rows)
        provider.forget(loses=case.loses, drops=case.drops)
        lived = await life(stage, provider, Fate(answers))
        yield f"killed after {answers} answers"
        answers += 1


def receipts_of(provider: Provider, status: str = "delivered") -> Act:
    """The provider tells how far each text got, to the address that it came with."""

    async def tell(process: Process) -> None:
        for text in provider.texts:
            path = text.callback.removeprefix(process.settings.public_url)
            form = {"MessageSid": text.sid, "MessageStatus": status, "To": text.to}
            await notifications.posts(path, **form)(process)

    return tell


async def undisturbed(stage: Stage, provider: Provider, case: Case) -> int:
    """How many messages a run that nobody disturbs hands over, each once."""
    provider.forget(loses=case.loses, drops=case.drops)
    assert await life(stage, provider, Fate())
    rows = await stage.store.rows()
    assert not wrong(rows, provider)
    states = Counter(row["state"] for row in rows["messages"])
    assert states["sent"] == len(provider.texts) + len(provider.mails)
    return states["sent"]
