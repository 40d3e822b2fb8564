"""One clinic's flood does not take every coach before another clinic's referral comes."""

from datetime import timedelta
from uuid import UUID

from services.matching.settings import Settings
from tests.integration.crash import cast
from tests.integration.crash.cast import somebody
from tests.integration.crash.matching import roster
from tests.integration.crash.scenario import Stage, comes
from tests.integration.matching.visit import Visit, visiting

AT_ONCE = Settings.model_fields["searches_at_once"].default
EVERY = timedelta(seconds=Settings.model_fields["search_every_seconds"].default)
OTHER_CLINIC = somebody("another clinic")
FLOOD = [somebody(f"one of many {number}") for number in range(AT_ONCE + 10)]
FROM_OTHER = [somebody(f"from another clinic {number}") for number in range(3)]
ROOM = (roster(*range(4), max_active=10),)
"""Forty places: more than the flood needs."""


async def asked(visit: Visit) -> set[UUID]:
    """For whom a coach is being asked."""
    rows = await visit.rows("offers")
    return {UUID(row["referral_id"]) for row in rows if row["state"] == "open"}


async def passes(visit: Visit, time: timedelta) -> None:
    await visit.passes(time)
    while await visit.process.timers.fire_due():
        pass


async def floods(visit: Visit) -> None:
    await visit.happens(*(comes(cast.accepted(one)) for one in FLOOD))


async def test_of_a_flood_the_rest_waits_and_another_clinics_referrals_are_asked_for_at_once(
    stage: Stage,
) -> None:
    async with visiting(stage, ROOM) as visit:
        await floods(visit)
        assert await asked(visit) == set(FLOOD[:AT_ONCE])
        others = (cast.accepted(one, clinic_id=OTHER_CLINIC) for one in FROM_OTHER)
        await visit.happens(*map(comes, others))
        assert await asked(visit) == {*FLOOD[:AT_ONCE], *FROM_OTHER}


async def test_one_after_the_other_has_its_turn(stage: Stage) -> None:
    async with visiting(stage, ROOM) as visit:
        await floods(visit)
        await passes(visit, timedelta(0))
        assert await asked(visit) == set(FLOOD[:AT_ONCE])
        for later in range(1, 4):
            await passes(visit, EVERY)
            assert await asked(visit) == set(FLOOD[: AT_ONCE + later])


async def test_an_amendment_does_not_bring_a_turn_forward(stage: Stage) -> None:
    async with visiting(stage, ROOM) as visit:
        await floods(visit)
        await visit.happens(comes(cast.amended(referral_id=FLOOD[-1], languages=("en", "es"))))
        await passes(visit, timedelta(0))
        assert await asked(visit) == set(FLOOD[:AT_ONCE])
        await passes(visit, EVERY * len(FLOOD))
        assert FLOOD[-1] in await asked(visit)


async def test_where_coaches_are_few_another_clinic_is_next_and_not_the_rest_of_the_flood(
    stage: Stage,
) -> None:
    async with visiting(stage, (roster(1, max_active=AT_ONCE),)) as visit:
        await floods(visit)
        other = cast.accepted(FROM_OTHER[0], clinic_id=OTHER_CLINIC)
        await visit.happens(comes(other))
        assert FROM_OTHER[0] not in await asked(visit)
        await visit.happens(roster(2, max_active=1))
        await passes(visit, timedelta(0))
        assert await asked(visit) == {*FLOOD[:AT_ONCE], FROM_OTHER[0]}


async def test_after_a_quiet_time_a_clinic_may_send_many_again(stage: Stage) -> None:
    async with visiting(stage, ROOM) as visit:
        await floods(visit)
        await passes(visit, EVERY * len(FLOOD))
        before = await asked(visit)
        assert before == set(FLOOD)
        again = [somebody(f"later {number}") for number in range(5)]
        await visit.happens(*(comes(cast.accepted(one)) for one in again))
        assert await asked(visit) == before.union(again)
