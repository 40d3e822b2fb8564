"""Records that wait or can never be handled, and the people who look after them."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from deploy.local.environment import Site
from services.intake.timers import ReferralDeadlinePassed
from shared.errors import PermanentError
from shared.messaging.dead_letters import Act as HumanAct
from shared.messaging.dead_letters import DeadLetters, NoSuchRecordError
from shared.messaging.macs import HEADER
from shared.messaging.records import Record
from shared.messaging.release import Releaser
from tests.integration.core.wire import Raw
from tests.integration.crash import cast
from tests.integration.crash.cast import COACH, MOMENT
from tests.integration.crash.fate import Fate
from tests.integration.crash.process import Process
from tests.integration.crash.scenario import (
    Act,
    Before,
    Stage,
    ends_alike,
    record_of,
    record_of_raw,
    staged,
)
from tests.world.engines import Engines


async def consume(process: Process, records: list[Record]) -> None:
    """As the consumer does with each record, and in its pauses with what waits."""
    for record in records:
        try:
            await process.settler.settle_one(record)
        except PermanentError as error:
            await process.settler.dead_letter(record, error.code)
    while await Releaser(process.settler).release_ready():
        pass


def consuming(*records: Record) -> Act:
    return lambda process: consume(process, list(records))


async def contact(before: Before, seq: int) -> Record:
    return record_of(await cast.coach_contact(before.seals), seq)


def spoilt(record: Record) -> Record:
    headers = tuple(one for one in record.headers if one[0] != HEADER)
    return record_of_raw(record.topic, Raw(record.key, headers, b"{}"))


async def test_a_record_that_came_too_early_waits_and_follows_once(
    engines: Engines, site: Site
) -> None:
    async with staged(engines, site, "intake") as stage:
        before = await stage.set([])
        records = [await contact(before, seq) for seq in (1, 3, 4, 2)]
        await ends_alike(stage, before, consuming(*records), consuming(*records))


async def test_a_dead_letter_is_parked_once_and_what_follows_waits_behind_it(
    engines: Engines, site: Site
) -> None:
    async with staged(engines, site, "intake") as stage:
        before = await stage.set([])
        records = [spoilt(await contact(before, 1)), await contact(before, 2)]
        await ends_alike(stage, before, consuming(*records), consuming(*records))


def by_a_person(before: Before, do: Callable[[DeadLetters, UUID], Awaitable[Any]]) -> Act:
    """Somebody mends it; who got no answer tries again, and the consumer's pauses come."""
    record_id = before.id_of("parked_records", "record_id", reason="failed")

    async def act(process: Process) -> None:
        with suppress(NoSuchRecordError):
            await do(DeadLetters(process.settler), record_id)
        await consume(process, [])

    return act


async def parked(stage: Stage, first: Record, second: Record, code: str) -> Before:
    """A dead letter, and one record behind it."""

    async def dead_letter(process: Process) -> None:
        assert await process.settler.dead_letter(first, code)
        await process.settler.settle_one(second)

    async def given(_: Before) -> Act:
        return dead_letter

    return await stage.set([given])


async def test_a_dead_letter_is_discarded_once(engines: Engines, site: Site) -> None:
    async with staged(engines, site, "intake") as stage:
        before = await stage.set([])
        first, second = await contact(before, 1), await contact(before, 2)
        before = await parked(stage, spoilt(first), second, "body_invalid")
        act = by_a_person(
            before, lambda letters, one: letters.discard(one, HumanAct("operator:a", "spoilt"))
        )
        await ends_alike(stage, before, act, act)


async def test_a_dead_letter_is_replayed_once(engines: Engines, site: Site) -> None:
    async with staged(engines, site, "intake") as stage:
        before = await stage.set([])
        first, second = await contact(before, 1), await contact(before, 2)
        before = await parked(stage, first, second, "RuntimeError")
        act = by_a_person(
            before, lambda letters, one: letters.replay(one, HumanAct("operator:a", "mended"))
        )
        await ends_alike(stage, before, act, act)


async def test_a_timer_that_fails_is_put_off_once_while_the_others_fire(
    engines: Engines, site: Site
) -> None:
    async with staged(engines, site, "intake") as stage:
        before = await stage.set([broken_and_sound])

        async def fire(process: Process) -> None:
            await process.timers.fire_due()

        await ends_alike(stage, before, fire, fire)
        assert await stage.live(fire, Fate())
        rows = await stage.store.rows()
        assert [(row["kind"], row["attempts"]) for row in rows["timers"]] == [
            (ReferralDeadlinePassed.kind, 1)
        ]


async def broken_and_sound(_: Before) -> Act:
    """Two timers that are due; one says something that nobody understands."""

    class Misspelt(ReferralDeadlinePassed):
        misspelt: str = "so"

    async def schedule(process: Process) -> None:
        async with process.database.transaction() as tx:
            tx.schedule(MOMENT, Misspelt(referral_id=COACH))
            tx.schedule(MOMENT, ReferralDeadlinePassed(referral_id=cast.REFERRAL))

    return schedule
