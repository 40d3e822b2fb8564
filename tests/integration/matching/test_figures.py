"""Whether people are being helped: counted from the rows, on a page and as metrics."""

import asyncio
import re
from collections.abc import Mapping, Sequence

import pytest

from services.matching.figures import CountFigures
from services.matching.rules.figures import FIGURES, Unit
from shared.metrics import REGISTRY
from tests.integration.crash import cast
from tests.integration.crash.matching import ASSIGNED, OFFERED, roster
from tests.integration.crash.scenario import Stage, Step, comes
from tests.integration.crash.support import on_hold
from tests.integration.matching.test_supervisor import supervising
from tests.world.system import until

PAUSED = (*ASSIGNED, on_hold)


def shown(page: str) -> Mapping[str, Mapping[str, str]]:
    """Title of a figure → words of a row → value."""
    found = {}
    for part in page.split("<h2 ")[1:]:
        title = re.search(r">([^<]+)</h2>", part)
        rows = re.findall(r'<th scope="row">([^<]+)</th><td>([^<]+)</td>', part)
        assert title is not None
        found[title.group(1)] = dict(rows)
    return found


@pytest.mark.parametrize(
    ("given", "figure", "row"),
    [
        ((roster(), comes(cast.accepted())), "Without a coach", "wait for a coach with room"),
        (OFFERED, "Without a coach", "a coach was asked"),
        (
            (*OFFERED, comes(cast.held())),
            "Without a coach",
            "are on hold until somebody has looked",
        ),
        (ASSIGNED, "With a coach, not reached yet", "within the promised time"),
        (OFFERED, "What coaches answered", "not answered yet"),
        (ASSIGNED, "What coaches answered", "yes"),
        (ASSIGNED, "Places", "taken"),
        (PAUSED, "In support", "paused"),
    ],
)
async def test_each_person_is_counted_where_they_stand(
    stage: Stage, given: Sequence[Step], figure: str, row: str
) -> None:
    async with supervising(stage, given) as supervisor:
        page = await supervisor.http.get("/figures")
        assert page.status_code == 200
        figures = shown(page.text)
        assert figures[figure][row] == "1"
        if figure == "Without a coach":
            assert sum(map(int, figures[figure].values())) == 1
            assert figures["The longest wait"][row] == "0 min"


async def test_who_is_not_signed_in_reads_no_figure(stage: Stage) -> None:
    async with supervising(stage, OFFERED) as supervisor:
        supervisor.http.cookies.clear()
        assert (await supervisor.http.get("/figures")).headers["location"] == "/sign-in"


async def test_the_metrics_tell_the_same_and_what_counts_nothing_is_zero(stage: Stage) -> None:
    async with supervising(stage, ASSIGNED) as supervisor:
        counting = asyncio.create_task(CountFigures(supervisor.visit.process.database).run())
        try:
            await until(lambda: told("alongside_places", "taken"), what="the first count")
        finally:
            counting.cancel()
        assert await told("alongside_people_without_contact", "in_time") == 1
        assert await told("alongside_people_waiting", "waitlisted") == 0
        assert await told("alongside_people_waiting_longest_seconds", "waitlisted") is None
        for one in FIGURES:
            if one.unit is not Unit.SECONDS:
                assert None not in [await told(one.name, row) for row in one.rows]


async def told(name: str, row: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"of": row})
