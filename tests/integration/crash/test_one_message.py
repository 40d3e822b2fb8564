"""One message that cannot be judged, opened or looked up is its own trouble: all others go out."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import asyncpg
import pytest
from structlog.testing import capture_logs

from deploy.local.environment import Site
from deploy.local.provision import VAULT
from services.notifications.channels.sms import SmsProvider
from services.notifications.sending.look_up import LookUp
from shared import db
from shared.errors import TransientError
from tests.integration.crash import notifications
from tests.integration.crash.cast import PERSON_PHONE
from tests.integration.crash.fate import Fate
from tests.integration.crash.process import Process
from tests.integration.crash.scenario import Stage
from tests.integration.crash.test_sending import (
    ACCEPTED,
    LOOK_UP_AFTER,
    claim_and_send,
    life,
    loop_of,
    note_feed,
    send_due,
    sender_of,
    sending,
)
from tests.world.engines import Engines

pytestmark = pytest.mark.timeout(120)


async def standing(stage: Stage) -> dict[str, tuple[str, str | None]]:
    """What became of each step, and why."""
    rows = (await stage.store.rows())["messages"]
    return {row["step"]: (row["state"], row["reason"]) for row in rows}


async def test_a_damaged_key_parks_the_messages_of_its_person_and_no_other(
    engines: Engines, site: Site
) -> None:
    key = uuid4()
    vault = await asyncpg.connect(engines.postgres.url(site.databases[VAULT]))
    try:
        await vault.execute("INSERT INTO data_keys (key_id, wrapped) VALUES ($1, '\\x0000')", key)
    finally:
        await vault.close()
    async with sending(engines, site) as (stage, provider):
        await stage.set(ACCEPTED)
        await stage.store.connection.execute(
            "UPDATE contacts SET sealed = sealed::jsonb || jsonb_build_object('key_id', $1::text) "
            "WHERE kind = 'person'",
            str(key),
        )
        with capture_logs() as lines:
            assert await life(stage, provider, Fate())
        found = await standing(stage)
        assert found["number_check"] == ("parked", "not-composed")
        assert found["clinic_accepted"] == ("sent", None)
        assert str(key) in {line.get("record_id") for line in lines}


async def test_a_message_to_a_kind_of_a_later_release_is_parked_and_stops_no_other(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, provider):
        await stage.set(ACCEPTED)
        await stage.store.connection.execute(
            "UPDATE messages SET recipient_kind = 'guardian' WHERE step = 'number_check'"
        )
        assert await life(stage, provider, Fate())
        found = await standing(stage)
        assert found["number_check"] == ("parked", "not-judged")
        assert found["clinic_accepted"] == ("sent", None)
        tasks = (await stage.store.rows())["tasks"]
        assert [(task["kind"], task["reason"]) for task in tasks] == [
            ("message_parked", "not-judged")
        ]


async def test_a_message_that_always_looks_like_an_outage_is_put_off_and_stops_no_other(
    engines: Engines, site: Site
) -> None:
    """A folder of time zones is read as a file: an error that outages have too."""
    async with sending(engines, site) as (stage, _):
        await stage.set(ACCEPTED)
        await stage.store.connection.execute(
            "UPDATE contacts SET zone = 'America' WHERE kind = 'person'"
        )
        async with stage.process(Fate()) as process:
            await note_feed(process)
            with capture_logs() as lines:
                for _ in range(5):
                    with pytest.raises(db.RETRYABLE):
                        await send_due(sender_of(process))
                assert await send_due(sender_of(process))
            await note_feed(process)
        found = await standing(stage)
        assert found["clinic_accepted"] == ("sent", None)
        assert found["number_check"] == ("planned", None)
        rows = (await stage.store.rows())["messages"]
        odd = {row["message_id"] for row in rows if row["step"] == "number_check"}
        said = [line for line in lines if line["event"] == "message_put_off"]
        assert {(line["message_id"], line["attempts"]) for line in said} == {(*odd, 5)}


@dataclass(frozen=True, slots=True)
class OddAboutOne:
    """The provider, whose list about one number always ends in an error that could pass."""

    sms: SmsProvider

    async def find(self, phone: str, *, since: datetime) -> Any:
        if phone == PERSON_PHONE:
            raise TransientError("lost_race")
        return await self.sms.find(phone, since=since)


async def test_a_look_up_that_always_looks_like_an_outage_is_put_off_and_stops_no_other(
    engines: Engines, site: Site
) -> None:
    async with sending(engines, site) as (stage, provider):
        await stage.set(notifications.OFFERED)
        provider.drops = 9
        async with stage.process(Fate()) as process:
            await claim_and_send(process)
            provider.drops = 0
            stage.clock.moment += LOOK_UP_AFTER
            await stage.store.connection.execute(
                "UPDATE messages SET next_at = next_at - interval '1 second' "
                "WHERE recipient_kind = 'person' AND state = 'claimed'"
            )
            await all_looked_up(process)
        rows = (await stage.store.rows())["messages"]
        texts = [row for row in rows if row["channel"] == "sms"]
        states = {
            kind: Counter(row["state"] for row in texts if row["recipient_kind"] == kind)
            for kind in ("person", "coach")
        }
        assert set(states["person"]) == {"claimed"}
        assert states["coach"]
        assert set(states["coach"]) == {"planned"}, "not found: it is sent again"


async def all_looked_up(process: Process) -> None:
    """As the loop does, for as long as something is due."""
    look_up = loop_of(process, LookUp)
    look_up._sms = cast(SmsProvider, OddAboutOne(look_up._sms))
    left = timedelta(seconds=30)
    while left > timedelta():
        left -= timedelta(seconds=1)
        try:
            if not await look_up.some():
                return
        except db.RETRYABLE:
            continue
