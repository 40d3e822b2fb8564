"""A coach leaves: whoever they support gets another one, in the order of waiting."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.matching.store import coaches
from services.matching.timers import CoachLeft
from tests.integration.crash import cast
from tests.integration.crash.cast import somebody
from tests.integration.crash.matching import SHOWN, leaves, replied, roster
from tests.integration.crash.scenario import Stage, comes, rings
from tests.integration.matching.test_access import shows_nobody
from tests.integration.matching.test_coach_sign_in import newest_link, signs_in
from tests.integration.matching.visit import Visit, visiting

YES = replied("accept")
OTHER = somebody("other referral")
HANDS_OVER = rings(CoachLeft)


async def offers(visit: Visit) -> list[tuple[str, str | None]]:
    """State and reason of each, in order."""
    rows = sorted(await visit.rows("offers"), key=lambda row: str(row["made_at"]))
    return [(row["state"], row["reason"]) for row in rows]


async def state(visit: Visit) -> str:
    [search] = await visit.rows("searches")
    return str(search["state"])


async def test_who_has_a_coach_gets_another_one_and_the_link_shows_nobody(stage: Stage) -> None:
    async with visiting(stage, (*SHOWN, YES)) as visit:
        await visit.happens(leaves)
        assert shows_nobody((await visit.http.get(await visit.link())).text)
        await visit.happens(HANDS_OVER)
        assert sorted(await offers(visit), key=str) == [("ended", "coach-left"), ("open", None)]
        assert await state(visit) == "offered"
        assert not await visit.rows("exclusions"), "the two may meet again"
        first, second = sorted(await visit.rows("offers"), key=lambda row: str(row["made_at"]))
        assert first["coach_id"] != second["coach_id"]


async def test_who_is_only_asked_is_replaced_by_the_next(stage: Stage) -> None:
    async with visiting(stage, SHOWN) as visit:
        await visit.happens(leaves, HANDS_OVER)
        assert sorted(await offers(visit), key=str) == [
            ("open", None),
            ("withdrawn", "no-longer-eligible"),
        ]


async def test_one_after_the_other_is_taken_over_until_nobody_is_left(stage: Stage) -> None:
    both = (roster(1, max_active=2), comes(cast.accepted()), YES, comes(cast.accepted(OTHER)))
    async with visiting(stage, both) as visit:
        await visit.happens(leaves, HANDS_OVER)
        assert sorted(await offers(visit), key=str) == [
            ("ended", "coach-left"),
            ("withdrawn", "no-longer-eligible"),
        ]
        assert {row["state"] for row in await visit.rows("searches")} == {"waitlisted"}
        assert not [row for row in await visit.rows("timers") if row["kind"] == "coach_left"]


async def test_a_restored_coach_keeps_whom_nobody_has_taken_over_yet(stage: Stage) -> None:
    async with visiting(stage, (*SHOWN, YES)) as visit:
        await visit.happens(leaves)
        [offer] = await visit.rows("offers")
        async with visit.process.database.transaction() as tx:
            coach_id = UUID(offer["coach_id"])
            assert await coaches.set_active(tx.connection, coach_id, active=True)
            assert not await coaches.set_active(tx.connection, coach_id, active=True)
        await visit.happens(HANDS_OVER)
        assert await offers(visit) == [("accepted", None)]


async def test_under_a_hold_nobody_is_asked_before_a_human_has_released_it(stage: Stage) -> None:
    async with visiting(stage, (*SHOWN, YES, comes(cast.held()))) as visit:
        await visit.happens(leaves, HANDS_OVER)
        assert (await state(visit), await offers(visit)) == ("held", [("ended", "coach-left")])
        await visit.happens(comes(cast.released()))
        assert await state(visit) == "offered"


@pytest.mark.parametrize("signs_in_before", [True, False])
async def test_the_coach_is_signed_in_nowhere_any_more(stage: Stage, signs_in_before: bool) -> None:
    async with visiting(stage, (*SHOWN, YES)) as visit:
        if signs_in_before:
            await signs_in(visit)
            await visit.happens(leaves)
        else:
            await visit.http.post(f"{await visit.link()}/sign-in")
            await visit.happens(leaves)
            answer = await visit.http.post(await newest_link(visit))
            assert answer.status_code == 410
        await visit.passes(timedelta(seconds=1))
        assert (await visit.http.get("/coach")).status_code == 401
