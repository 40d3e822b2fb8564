"""The board shows what others ask for, in whatever order it is told of."""

from deploy.local.environment import Site
from shared import events
from tests.integration.crash.cast import somebody
from tests.integration.crash.scenario import staged
from tests.integration.crash.staff import CLOSED, OPENED, told
from tests.world.engines import Engines

NEXT = somebody("next task")


async def test_a_task_that_overtakes_the_end_of_the_one_before_it_stays_on_the_board(
    engines: Engines, site: Site
) -> None:
    opens, closes = events.ReferralTaskOpened, events.ReferralTaskClosed
    steps = [told(opens, OPENED), told(opens, OPENED | {"task_id": NEXT}), told(closes, CLOSED)]
    async with staged(engines, site, "notifications") as stage:
        rows = (await stage.set(steps)).rows["tasks"]
    assert [row["task_id"] for row in rows if row["closed_at"] is None] == [str(NEXT)]
