"""Matching's database is set back while support is running: what was told of it holds again."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from services.matching.rules.pausing import PAUSE_GRACE
from services.matching.rules.supervision import Decision
from services.matching.timers import FirstContactDue, PauseReviewDue, PlaceFreed, WaitlistReviewDue
from shared.events import EVENT_TYPES
from shared.messaging.envelope import Envelope
from shared.messaging.recovery import Forgotten, Inputs
from shared.service import recovery_of
from shared.transaction import Timer
from tests.integration.crash import cast
from tests.integration.crash.matching import SHOWN, asks_for_another, replied
from tests.integration.crash.scenario import Stage, Step, comes, record_of
from tests.integration.crash.support import on_hold, on_the_device, talked
from tests.integration.matching.test_places import fires
from tests.integration.matching.test_supervisor import LATE, supervising
from tests.integration.matching.visit import Visit, visiting

ASSIGNED = (*SHOWN, replied("accept"))
Lost: TypeAlias = Callable[[], Awaitable[object]]


async def is_lost(visit: Visit, happens: Lost) -> None:
    """This happens and is told; then the database is set back to before it, and recovered."""
    before = await visit.stage.store.rows()
    known = {row["outbox_id"] for row in before["outbox"]}
    await happens()
    told = [row for row in await visit.rows("outbox") if row["outbox_id"] not in known]
    assert told
    await visit.stage.store.put_back(before)
    recovery = recovery_of(visit.process.core, visit.process.parts)
    forgotten = Forgotten([_as_read(row) for row in told], frozenset(), {})
    assert await recovery.apply(forgotten, Inputs(), actor="operator:test") == []


def _as_read(row: dict[str, Any]) -> tuple[Any, Envelope]:
    event = EVENT_TYPES[row["type"]].model_validate_json(row["payload"])
    at = datetime.fromisoformat(row["occurred_at"])
    envelope = Envelope(
        event_id=UUID(row["event_id"]),
        type=row["type"],
        topic=row["topic"],
        key=event.key,
        seq=row["seq"],
        epoch=row["epoch"],
        occurred_at=at,
        correlation_id=UUID(row["correlation_id"]),
        event=event,
    )
    return record_of(event, row["seq"]), envelope


def lost(visit: Visit, *steps: Step) -> Lost:
    return lambda: visit.happens(*steps)


async def due(visit: Visit, kind: type[Timer]) -> list[datetime]:
    """When the timers of a kind are due."""
    rows = [row for row in await visit.rows("timers") if row["kind"] == kind.kind]
    return [datetime.fromisoformat(row["due_at"]) for row in rows]


async def the_search(visit: Visit) -> tuple[str, str | None]:
    [search] = await visit.rows("searches")
    return search["state"], search["state_before_hold"]


async def test_a_pause_holds_again_with_the_day_of_its_review(stage: Stage) -> None:
    async with visiting(stage, ASSIGNED) as visit:
        await is_lost(visit, lost(visit, on_hold))
        [offer] = await visit.rows("offers")
        until = cast.MOMENT + timedelta(days=7)
        assert datetime.fromisoformat(offer["paused_until"]) == until
        assert await due(visit, PauseReviewDue) == [until + PAUSE_GRACE]
        assert await due(visit, FirstContactDue) == []


async def test_support_that_went_on_waits_for_its_first_contact_again(stage: Stage) -> None:
    async with visiting(stage, (*ASSIGNED, on_hold)) as visit:
        await visit.passes(timedelta(hours=2))
        await is_lost(visit, lost(visit, on_the_device("resume")))
        [offer] = await visit.rows("offers")
        until = cast.MOMENT + timedelta(days=1, hours=2)
        assert offer["paused_until"] is None
        assert datetime.fromisoformat(offer["first_contact_by"]) == until
        assert await due(visit, FirstContactDue) == [until]
        assert await due(visit, PauseReviewDue) == []


async def test_support_that_came_to_its_end_is_over_again_and_its_place_is_looked_at(
    stage: Stage,
) -> None:
    async with visiting(stage, (*ASSIGNED, talked)) as visit:
        await fires(visit)
        await is_lost(visit, lost(visit, on_the_device("end", outcome="goals-met")))
        [offer] = await visit.rows("offers")
        assert (offer["state"], offer["reason"]) == ("ended", "goals-met")
        assert await the_search(visit) == ("closed", None)
        assert sum(row["taken"] for row in await visit.rows("coaches")) == 0
        assert len(await due(visit, PlaceFreed)) == 1


async def test_a_change_of_coach_leads_to_the_next_one_again(stage: Stage) -> None:
    async with visiting(stage, ASSIGNED) as visit:
        await is_lost(visit, lost(visit, asks_for_another))
        assert await the_search(visit) == ("offered", None)
        assert sorted(row["state"] for row in await visit.rows("offers")) == ["ended", "open"]
        assert len(await visit.rows("exclusions")) == 1


async def test_a_change_of_coach_under_a_hold_asks_nobody_before_its_release(stage: Stage) -> None:
    async with visiting(stage, (*ASSIGNED, comes(cast.held()))) as visit:
        await is_lost(visit, lost(visit, asks_for_another))
        assert await the_search(visit) == ("held", "rematching")
        assert await due(visit, WaitlistReviewDue) == []
        await visit.happens(comes(cast.released()))
        assert await the_search(visit) == ("offered", None)


async def test_a_change_of_coach_while_the_clinic_wants_to_end_it_asks_nobody(
    stage: Stage,
) -> None:
    async with visiting(stage, (*ASSIGNED, comes(cast.cancel_requested()))) as visit:
        await is_lost(visit, lost(visit, asks_for_another))
        assert await the_search(visit) == ("assigned", None)
        assert await due(visit, WaitlistReviewDue) == []
        assert [row["state"] for row in await visit.rows("offers")] == ["ended"]


async def test_one_more_day_for_the_coach_ends_again_with_a_question(stage: Stage) -> None:
    async with supervising(stage, LATE) as supervisor:
        visit = supervisor.visit
        await is_lost(visit, lambda: supervisor.decides(Decision.MORE_TIME))
        assert await supervisor.open_tasks() == 0
        assert len(await due(visit, FirstContactDue)) == 1
        await visit.passes(timedelta(days=1))
        await fires(visit)
        assert await supervisor.open_tasks() == 1
