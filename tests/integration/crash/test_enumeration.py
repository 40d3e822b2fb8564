"""The enumeration itself: a planted loss and a planted repetition are seen."""

from typing import Any

import pytest

from deploy.local.environment import Site
from services.intake.on.matching_reported import coach_contact_recorded
from shared.messaging import inbox
from shared.messaging.inbox import KeyAdvance
from shared.messaging.records import Record
from shared.transaction import Transaction
from tests.integration.crash import cast
from tests.integration.crash.cast import COACH
from tests.integration.crash.fate import Fate
from tests.integration.crash.process import Process
from tests.integration.crash.scenario import ends_alike, record_of, staged
from tests.world.engines import Engines


async def handle(tx: Transaction, event: Any) -> None:
    await coach_contact_recorded(tx, event)
    tx.audit("coach.recorded", "coach", event.coach_id)


async def test_all_ends_of_a_sound_handler_are_alike(engines: Engines, site: Site) -> None:
    async def in_one_transaction(process: Process, event: Any, record: Record) -> None:
        async with process.database.transaction() as tx:
            if await inbox.claim(
                tx.connection, [KeyAdvance(event.topic, COACH, 1, 1, 1, (COACH,))]
            ):
                await handle(tx, event)

    assert await ends_of(engines, site, in_one_transaction) == 6


async def test_what_is_done_before_the_claim_is_seen_to_be_repeated(
    engines: Engines, site: Site
) -> None:
    async def hasty(process: Process, event: Any, record: Record) -> None:
        async with process.database.transaction() as tx:
            await handle(tx, event)
        await process.settler.settle_one(record)

    with pytest.raises(AssertionError, match="killed after 4 answers:\nbesides in audit"):
        await ends_of(engines, site, hasty)


async def test_what_is_done_after_the_claim_is_seen_to_be_lost(
    engines: Engines, site: Site
) -> None:
    async def forgetful(process: Process, event: Any, record: Record) -> None:
        async with process.database.transaction() as tx:
            first = await inbox.claim(
                tx.connection, [KeyAdvance(event.topic, COACH, 1, 1, 1, (COACH,))]
            )
        if first:
            async with process.database.transaction() as tx:
                await handle(tx, event)

    with pytest.raises(AssertionError, match="killed after 3 answers:\nlost from audit"):
        await ends_of(engines, site, forgetful)


async def ends_of(engines: Engines, site: Site, work: Any) -> int:
    async with staged(engines, site, "intake") as stage:
        before = await stage.set([])
        event = await cast.coach_contact(before.seals)
        record = record_of(event, 1)

        async def act(process: Process) -> None:
            await work(process, event, record)

        return await ends_alike(stage, before, act, act)


async def test_a_killed_process_asks_nothing_more() -> None:
    fate, asked = Fate(answers=1), []

    async def question(name: str) -> None:
        asked.append(name)

    killed = 0
    for name in ("first", "second", "third"):
        try:
            await fate.meet(question(name))
        except BaseException:  # noqa: BLE001 (nobody may swallow it, so it is none of Exception)
            killed += 1
    assert (asked, killed, fate.dead) == (["first"], 3, True)
