"""What records make due is claimed in their transaction, and sent once that has committed."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from deploy.local.environment import Site
from services.notifications.rules.steps import Step
from services.notifications.sending import claimer
from services.notifications.sending.particulars import Particulars, particulars_of
from services.notifications.sending.sender import RECORD_SECONDS, Sender
from services.notifications.store.due_messages import DueMessage
from shared.db import Connection
from shared.events import Channel
from shared.heartbeat import Heartbeat
from shared.messaging.attempts import Attempts
from shared.messaging.records import Record
from shared.transaction import Wakeable
from tests.integration.crash import cast, notifications
from tests.integration.crash.cast import PERSON_PHONE, somebody
from tests.integration.crash.fate import Fate
from tests.integration.crash.process import Process
from tests.integration.crash.provider import Provider
from tests.integration.crash.scenario import Act, Stage, comes, record_of
from tests.integration.crash.test_sending import note_feed, send, sender_of, sending, wrong
from tests.world.engines import Engines

pytestmark = pytest.mark.timeout(120)

KNOWN = notifications.CONTACTS[::2]
"""The person's contact and the clinic's."""

_CLAIMED_WITH_THE_RECORD = """
    SELECT bool_and(m.xmin = i.xmin) FROM messages m, inbox i
     WHERE m.state = 'claimed' AND i.topic LIKE '%referrals%'
"""


@asynccontextmanager
async def that_sends(process: Process) -> AsyncIterator[Sender]:
    """As while its loop runs, which here only takes the steps it is asked for."""
    await note_feed(process)
    sender = sender_of(process)
    sender._is_running = True
    try:
        yield sender
    finally:
        for task in sender._under_way:
            task.cancel()


async def a_record(stage: Stage) -> Record:
    event = cast.accepted()
    return record_of(event, (await stage.before()).next_of(event))


def comes_and_is_sent(records: Sequence[Record]) -> Act:
    async def act(process: Process) -> None:
        async with that_sends(process) as sender:
            await process.settler.settle_all(records)
            await asyncio.gather(*sender._under_way)
            await sender.step()

    return act


def comes_again(records: Sequence[Record]) -> Act:
    async def act(process: Process) -> None:
        for record in records:
            await process.settler.settle_one(record)
        await send(process)

    return act


async def states(stage: Stage) -> Counter[str]:
    return Counter(row["state"] for row in (await stage.store.rows())["messages"])


async def test_what_is_due_is_claimed_in_the_transaction_of_its_record(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, provider):
        await stage.set(KNOWN)
        async with stage.process(Fate()) as process, that_sends(process) as sender:
            await process.settler.settle_all([await a_record(stage)])
            assert await stage.store.connection.fetchval(_CLAIMED_WITH_THE_RECORD)
            assert len(sender._under_way) == 2
            await asyncio.gather(*sender._under_way)
        assert (len(provider.texts), len(provider.mails)) == (1, 1)


async def test_killed_at_any_await_what_is_claimed_with_its_record_is_handed_over_once(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, provider):
        before = await stage.set(KNOWN)
        records = [await a_record(stage)]
        lived = False
        for answers in itertools.count():
            stage.clock.moment = cast.MOMENT
            await stage.store.put_back(before.rows)
            provider.forget()
            lived = await lives(stage, provider, comes_and_is_sent(records), Fate(answers))
            assert await lives(stage, provider, comes_again(records), Fate())
            assert not wrong(await stage.store.rows(), provider), f"killed after {answers} answers"
            assert (await states(stage))["sent"] == 2, f"killed after {answers} answers"
            if lived:
                break
        assert answers > 10


async def lives(stage: Stage, provider: Provider, act: Act, fate: Fate) -> bool:
    provider.fate = fate
    return await stage.live(act, fate)


async def test_a_stop_that_came_before_the_record_forbids_its_text(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, provider):
        await stage.set((*KNOWN, notifications.texts(PERSON_PHONE, "STOP")))
        async with stage.process(Fate()) as process, that_sends(process) as sender:
            sender._look_at = cast.MOMENT.replace(year=9999)
            await process.settler.settle_all([await a_record(stage)])
            await asyncio.gather(*sender._under_way)
        number_check = {
            row["state"]
            for row in (await stage.store.rows())["messages"]
            if row["step"] == "number_check"
        }
        assert number_check == {"suppressed"}
        assert "Is this" not in "".join(text.body for text in provider.texts)


async def test_a_process_that_does_not_send_claims_nothing(engines: Engines, site: Site) -> None:
    async with sending(engines, site) as (stage, _):
        await stage.set(KNOWN)
        async with stage.process(Fate()) as process:
            await note_feed(process)
            await process.settler.settle_all([await a_record(stage)])
        assert set(await states(stage)) == {"planned"}


async def test_a_claim_that_fails_parks_no_record(engines: Engines, site: Site) -> None:
    async with sending(engines, site) as (stage, provider):
        await stage.set(KNOWN)
        record, connection = await a_record(stage), stage.store.connection
        await connection.execute("ALTER TABLE stopped_channels RENAME TO away")
        try:
            async with stage.process(Fate()) as process, that_sends(process):
                attempts = Attempts(process.settler, Heartbeat("test", silent_after=60), never)
                assert await attempts.settle([record]) == 1
        finally:
            await connection.execute("ALTER TABLE away RENAME TO stopped_channels")
        rows = await stage.store.rows()
        assert rows["parked_records"] == []
        assert {row["state"] for row in rows["messages"]} == {"planned"}
        assert provider.texts == []


async def never(_: float) -> None:
    raise AssertionError("it waits")


async def test_outcomes_that_nobody_waits_for_are_recorded_a_little_later_together(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, _):
        await stage.set(KNOWN)
        async with stage.process(Fate()) as process, that_sends(process) as sender:
            sender._look_at = cast.MOMENT.replace(year=9999)
            sender._work.clear()
            await process.settler.settle_all([await a_record(stage)])
            await asyncio.gather(*sender._under_way)
            assert not sender._work.is_set()
            await asyncio.wait_for(sender._work.wait(), RECORD_SECONDS + 5)
            await sender.step()
        assert (await states(stage))["sent"] == 2
        recorded = "SELECT count(DISTINCT xmin::text) FROM messages WHERE state = 'sent'"
        assert await stage.store.connection.fetchval(recorded) == 1


SECOND = comes(cast.accepted(somebody("second"), reference="AAAA-0002"))
"""Another referral of the same person: its first text is equal to that of the other one."""

_TEXTS_FIRST = """
    UPDATE messages SET next_at = next_at - interval '1 minute'
     WHERE step = 'number_check' AND referral_id = $1
"""


async def test_two_claims_of_a_process_take_no_more_than_may_be_sent_at_once(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, _):
        await stage.set((*KNOWN, notifications.ACCEPTED, SECOND))
        async with stage.process(Fate()) as process, that_sends(process) as sender:
            sender._most = 2
            async with process.database.transaction() as tx:
                tx.wake(Wakeable.SENDER)
                await sender.claim_in(tx)
                assert not await sender.step()
            assert len(sender._under_way) == 2
            assert (await states(stage))["claimed"] == 2
            await asyncio.gather(*sender._under_way)
            assert await sender.step()
        assert (await states(stage))["claimed"] == 2


async def test_after_a_claim_that_is_rolled_back_the_process_claims_again(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, _):
        await stage.set((*KNOWN, notifications.ACCEPTED))
        async with stage.process(Fate()) as process, that_sends(process) as sender:
            with suppress(ConnectionResetError):
                async with process.database.transaction() as tx:
                    tx.wake(Wakeable.SENDER)
                    await sender.claim_in(tx)
                    raise ConnectionResetError
            assert await sender.step()
            assert len(sender._under_way) == 2


async def test_two_processes_never_send_equal_texts_to_one_number_at_once(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, _):
        await stage.set((*KNOWN, notifications.ACCEPTED, SECOND))
        await stage.store.connection.execute(_TEXTS_FIRST, cast.REFERRAL)
        async with stage.process(Fate()) as one, stage.process(Fate()) as other:
            await note_feed(one)
            async with one.database.transaction() as tx:
                first = await sender_of(one)._claimer.claim_due(tx, limit=1)
                assert [each.channel for each in first.messages] == [Channel.SMS]
                assert (await claimed_by(other))[Channel.SMS] == 0
            assert (await claimed_by(other))[Channel.SMS] == 0
        waits = [row["wait_reason"] for row in (await stage.store.rows())["messages"]]
        assert waits.count("equal-text-under-way") == 1


async def claimed_by(process: Process) -> Counter[Channel]:
    async with process.database.transaction() as tx:
        claimed = await sender_of(process)._claimer.claim_due(tx, limit=9)
        assert claimed.look_at <= tx.now + timedelta(seconds=1)
    return Counter(one.channel for one in claimed.messages)


async def test_equal_texts_to_two_people_with_one_number_are_not_under_way_at_once(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, _):
        await stage.set((*KNOWN, notifications.ACCEPTED, SECOND))
        connection, somebody_else = stage.store.connection, uuid4()
        await connection.execute(_TEXTS_FIRST, cast.REFERRAL)
        async with stage.process(Fate()) as process:
            await note_feed(process)
            async with process.database.transaction() as tx:
                await sender_of(process)._claimer.claim_due(tx, limit=1)
            await connection.execute(
                "UPDATE messages SET recipient_id = $1 WHERE state = 'claimed'", somebody_else
            )
            await connection.execute(
                "INSERT INTO contacts SELECT (x).* FROM (SELECT jsonb_populate_record(c, "
                "jsonb_build_object('recipient_id', $1::uuid)) AS x FROM contacts c "
                "WHERE kind = 'person') AS one",
                somebody_else,
            )
            assert (await claimed_by(process))[Channel.SMS] == 0


async def test_a_channel_of_a_later_release_that_is_stopped_stops_nothing_here(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, _):
        await stage.set((*KNOWN, notifications.ACCEPTED))
        await stage.store.connection.execute(
            "INSERT INTO stopped_channels (channel, since, reason) VALUES ('voice', now(), 'x')"
        )
        async with stage.process(Fate()) as process:
            with capture_logs() as logs:
                await send(process)
        assert (await states(stage))["sent"] == 2
        assert {"unknown_channel_stopped"} <= {line["event"] for line in logs}


async def test_a_message_whose_claim_the_database_refuses_waits_in_sight_and_stops_no_other(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, _):
        await stage.set((*KNOWN, notifications.ACCEPTED))
        await stage.store.connection.execute(
            "ALTER TABLE messages ADD CONSTRAINT refused "
            "CHECK (step <> 'number_check' OR state <> 'claimed')"
        )
        try:
            async with stage.process(Fate()) as process:
                await send(process)
                assert not sender_of(process)._claims_singly
                assert not sender_of(process)._claims_alone
        finally:
            await stage.store.connection.execute("ALTER TABLE messages DROP CONSTRAINT refused")
        found = {row["step"]: (row["state"], row["reason"]) for row in await messages_of(stage)}
        assert found["number_check"] == ("parked", "not-judged")
        assert found["clinic_accepted"] == ("sent", None)


async def test_a_question_that_the_database_refuses_parks_its_message_alone(
    engines: Engines, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sending(engines, site) as (stage, _):
        await stage.set((*KNOWN, notifications.ACCEPTED))

        async def refused(connection: Connection, due: DueMessage, step: Step) -> Particulars:
            if due.step == "number_check":
                await connection.fetch("SELECT 1 / 0")
            return await particulars_of(connection, due, step)

        monkeypatch.setattr(claimer, "particulars_of", refused)
        async with stage.process(Fate()) as process:
            await send(process)
        found = {row["step"]: (row["state"], row["reason"]) for row in await messages_of(stage)}
        assert found["number_check"] == ("parked", "not-judged")
        assert found["clinic_accepted"] == ("sent", None)


async def messages_of(stage: Stage) -> list[dict[str, Any]]:
    return (await stage.store.rows())["messages"]
