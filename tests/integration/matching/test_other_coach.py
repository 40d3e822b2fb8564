"""A person writes OTHER: the coach is released, never asked again for them, and the next is."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.matching.timers import WaitlistReviewDue
from shared import events
from tests.integration.crash import cast
from tests.integration.crash.matching import (
    OFFERED,
    SHOWN,
    asks_for_another,
    replied,
    roster,
)
from tests.integration.crash.scenario import Stage, Step, comes
from tests.integration.matching.test_places import fires
from tests.integration.matching.visit import Visit, visiting

REVIEW = WaitlistReviewDue.kind
YES = replied("accept")


async def states(visit: Visit) -> tuple[str, list[tuple[str, str | None]], int]:
    """State of the search, of its offers with their reasons, and the places that are taken."""
    [search] = await visit.rows("searches")
    offers = sorted(await visit.rows("offers"), key=lambda row: str(row["made_at"]))
    taken = sum(row["taken"] for row in await visit.rows("coaches"))
    return search["state"], [(row["state"], row["reason"]) for row in offers], taken


async def coaches_of(visit: Visit) -> list[str]:
    offers = sorted(await visit.rows("offers"), key=lambda row: str(row["offer_id"]))
    return [row["coach_id"] for row in offers]


async def test_the_coach_is_released_and_the_next_one_asked(stage: Stage) -> None:
    async with visiting(stage, (*SHOWN, YES)) as visit:
        await visit.happens(asks_for_another)
        assert await states(visit) == ("offered", [("ended", "rematching"), ("open", None)], 1)
        first, second = await coaches_of(visit)
        assert first != second
        assert "This support has ended" in (await visit.http.get(await visit.link())).text


async def test_the_two_are_kept_apart_in_later_referrals_too(stage: Stage) -> None:
    later = uuid4()
    async with visiting(stage, (*SHOWN, YES)) as visit:
        await visit.happens(asks_for_another)
        [apart] = await visit.rows("exclusions")
        assert (apart["coach_id"], UUID(apart["person_id"])) == (
            (await coaches_of(visit))[0],
            cast.PERSON,
        )
        await visit.happens(comes(cast.withdrawn()), comes(cast.accepted(later)))
        [again] = [row for row in await visit.rows("offers") if row["referral_id"] == str(later)]
        assert again["coach_id"] != apart["coach_id"]


async def test_who_asks_for_another_keeps_their_place_in_line(stage: Stage) -> None:
    only = (roster(1, max_active=1), comes(cast.accepted()), YES)
    async with visiting(stage, only) as visit:
        [before] = await visit.rows("searches")
        await visit.happens(asks_for_another)
        [after] = await visit.rows("searches")
        assert after["state"] == "waitlisted"
        assert after["virtual_arrival"] == before["virtual_arrival"]


async def test_a_coach_who_said_yes_since_is_not_meant(stage: Stage) -> None:
    async with visiting(stage, (*SHOWN, YES)) as visit:
        old = asks_for_another
        act = await old(await visit.stage.before())
        await visit.happens(asks_for_another, replied("accept"))
        state = await states(visit)
        await act(visit.process)
        assert await states(visit) == state


@pytest.mark.parametrize("given", [OFFERED, (*OFFERED, YES, comes(cast.withdrawn()))])
async def test_nobody_to_release_changes_nothing(stage: Stage, given: tuple[Step, ...]) -> None:
    async with visiting(stage, given) as visit:
        before = await states(visit)
        event = events.ReplyReceived(
            subject_id=cast.REFERRAL,
            person_id=cast.PERSON,
            question="any",
            answer=events.OTHER_COACH,
        )
        await visit.happens(comes(event), comes(event))
        assert await states(visit) == before


async def test_under_a_hold_the_coach_is_released_and_nobody_asked_before_it_ends(
    stage: Stage,
) -> None:
    async with visiting(stage, (*SHOWN, YES, comes(cast.held()))) as visit:
        await visit.happens(asks_for_another)
        assert (await states(visit))[:2] == ("held", [("ended", "rematching")])
        await visit.happens(comes(cast.released()))
        assert (await states(visit))[0] == "offered"


async def test_while_the_clinic_wants_to_end_it_nobody_else_is_asked(stage: Stage) -> None:
    async with visiting(stage, (*SHOWN, YES, comes(cast.cancel_requested()))) as visit:
        await visit.happens(asks_for_another)
        assert (await states(visit))[1] == [("ended", "rematching")]


@pytest.mark.parametrize("held", [False, True], ids=["at once", "after a hold"])
async def test_who_asks_for_another_is_next_when_a_coach_joins(stage: Stage, held: bool) -> None:
    later = uuid4()
    around = ((comes(cast.held()),), (comes(cast.released()),)) if held else ((), ())
    given = (roster(1, max_active=1), comes(cast.accepted()), YES, *around[0])
    async with visiting(stage, given) as visit:
        await visit.happens(asks_for_another, *around[1])
        [search] = await visit.rows("searches")
        assert search["state"] == "waitlisted"
        [review] = [row for row in await visit.rows("timers") if row["kind"] == REVIEW]
        assert review["due_at"] == search["next_action_at"]
        await visit.passes(timedelta(hours=1))
        await visit.happens(roster(2, max_active=1), comes(cast.accepted(later)))
        assert "open" not in {row["state"] for row in await visit.rows("offers")}
        await fires(visit)
        [asked] = [row for row in await visit.rows("offers") if row["state"] == "open"]
        assert asked["referral_id"] == str(cast.REFERRAL)
