"""A free place goes to the one who waits longest and fits, however it became free."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.matching.on import place_freed
from services.matching.timers import PlaceFreed
from shared.events import MessageSent, Urgency
from tests.integration.crash import cast
from tests.integration.crash.cast import somebody
from tests.integration.crash.matching import of_the_question, roster
from tests.integration.crash.scenario import Stage, Step, comes, record_of, rings
from tests.integration.matching.visit import Visit, visiting

FIRST, SECOND, NEWCOMER = (somebody(name) for name in ("first", "second", "newcomer"))
FULL = (roster(1, max_active=1), rings(PlaceFreed), comes(cast.accepted()))
"""One coach, whose only place is on offer."""

WAITING = (*FULL, comes(cast.accepted(FIRST)), comes(cast.accepted(SECOND)))


async def asked(visit: Visit) -> list[UUID]:
    """For whom coaches are being asked, besides the one of the beginning."""
    offers = [row for row in await visit.rows("offers") if row["state"] == "open"]
    ids = [UUID(row["referral_id"]) for row in sorted(offers, key=lambda row: row["made_at"])]
    return [one for one in ids if one != cast.REFERRAL]


async def fires(visit: Visit) -> None:
    """All timers that are due."""
    while await visit.process.timers.fire_due():
        pass


@pytest.mark.parametrize(
    "place",
    [
        pytest.param((roster(2, max_active=1),), id="a new coach"),
        pytest.param((roster(1, max_active=2),), id="one more place"),
        pytest.param((comes(cast.withdrawn()),), id="a place that is given back"),
    ],
)
async def test_a_newcomer_does_not_overtake_those_who_wait(
    stage: Stage, place: tuple[Step, ...]
) -> None:
    async with visiting(stage, WAITING) as visit:
        await visit.passes(timedelta(hours=1))
        await visit.happens(*place, comes(cast.accepted(NEWCOMER)))
        assert await asked(visit) == []
        await fires(visit)
        assert await asked(visit) == [FIRST]


async def test_a_place_that_a_batch_frees_is_kept_from_a_newcomer_of_the_same_batch(
    stage: Stage,
) -> None:
    async with visiting(stage, WAITING) as visit:
        await visit.passes(timedelta(hours=1))
        before = await stage.before()
        batch = [
            record_of(event, before.next_of(event))
            for event in (cast.withdrawn(), cast.accepted(NEWCOMER))
        ]
        await visit.process.settler.settle_all(batch)
        assert await asked(visit) == []
        await fires(visit)
        assert await asked(visit) == [FIRST]


async def test_a_deadline_takes_no_place_that_the_same_batch_has_yet_to_give_away(
    stage: Stage,
) -> None:
    spanish = ("es",)
    for_both = comes(cast.accepted(languages=("en", "es")))
    waits = comes(cast.accepted(FIRST, languages=spanish, urgency=Urgency.FAST_LANE))
    given = (roster(1, max_active=1), rings(PlaceFreed), for_both, waits)
    async with visiting(stage, given) as visit:
        await visit.happens(of_the_question(MessageSent))
        await visit.passes(timedelta(days=5))
        await visit.happens(roster(2, max_active=1, languages=spanish))
        await fires(visit)
        offers = {row["referral_id"]: row["state"] for row in await visit.rows("offers")}
        assert offers == {str(cast.REFERRAL): "expired", str(FIRST): "open"}


async def test_a_new_coach_with_many_places_takes_those_who_wait_in_their_order(
    stage: Stage,
) -> None:
    async with visiting(stage, WAITING) as visit:
        await visit.happens(roster(2, max_active=10))
        await fires(visit)
        assert set(await asked(visit)) == {FIRST, SECOND}
        await visit.happens(comes(cast.accepted(NEWCOMER)))
        assert NEWCOMER in await asked(visit)


async def test_urgency_is_a_head_start_and_no_more(stage: Stage) -> None:
    """Three days: the one who has waited longer keeps the place."""
    urgent = comes(cast.accepted(NEWCOMER, urgency=Urgency.FAST_LANE))
    for waited, first in ((timedelta(hours=71), NEWCOMER), (timedelta(hours=73), FIRST)):
        async with visiting(stage, WAITING) as visit:
            await visit.passes(waited)
            await visit.happens(comes(cast.withdrawn()), urgent)
            await fires(visit)
            assert await asked(visit) == [first]


async def test_whoever_does_not_fit_keeps_nobody_behind_them(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the waitlist is: it is read to its end, here two at a time."""
    monkeypatch.setattr(place_freed, "PAGE", 2)
    speaks_spanish = [
        comes(cast.accepted(somebody(f"waiting {number}"), languages=("es",)))
        for number in range(7)
    ]
    async with visiting(stage, (*FULL, *speaks_spanish, comes(cast.accepted(FIRST)))) as visit:
        await visit.happens(comes(cast.withdrawn()))
        await fires(visit)
        assert await asked(visit) == [FIRST]


async def test_nobody_who_waits_makes_no_newcomer_wait(stage: Stage) -> None:
    async with visiting(stage, (roster(1, 2),)) as visit:
        await visit.happens(comes(cast.accepted(NEWCOMER)))
        assert await asked(visit) == [NEWCOMER]
