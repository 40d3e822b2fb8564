"""A coach is removed and comes back: what an operator types."""

from services.matching.coaches_command import COACHES
from shared.command import parser_of
from tests.integration.crash import cast
from tests.integration.crash.cast import somebody
from tests.integration.crash.matching import SHOWN, replied, roster
from tests.integration.crash.scenario import Stage, comes
from tests.integration.matching.test_coach_sign_in import newest_link
from tests.integration.matching.test_places import fires
from tests.integration.matching.visit import Visit, visiting

YES = replied("accept")
OTHER = somebody("other referral")


async def test_no_link_of_a_removed_coach_works_even_after_they_are_restored(stage: Stage) -> None:
    async with visiting(stage, (*SHOWN, YES)) as visit:
        await visit.http.post(f"{await visit.link()}/sign-in")
        unused, links = await newest_link(visit), len(await visit.rows("coach_links"))
        [offer] = await visit.rows("offers")
        assert await types(visit, "remove", offer["coach_id"], "--reason", "left") == 0
        await visit.http.post(f"{await visit.link()}/sign-in")
        assert len(await visit.rows("coach_links")) == links
        assert (await visit.http.post(unused)).status_code == 410
        assert await types(visit, "restore", offer["coach_id"], "--reason", "back") == 0
        assert (await visit.http.post(unused)).status_code == 410


async def test_who_is_restored_may_be_asked_for_the_same_people_again(stage: Stage) -> None:
    """The wrong coach was removed, and nobody else is there."""
    both = (roster(1), comes(cast.accepted()), YES, comes(cast.accepted(OTHER)))
    async with visiting(stage, both) as visit:
        assert await types(visit, "remove", "coach-1", "--reason", "left") == 0
        await fires(visit)
        assert {row["state"] for row in await visit.rows("searches")} == {"waitlisted"}
        assert await types(visit, "restore", "coach-1", "--reason", "it was another one") == 0
        await fires(visit)
        assert [row["state"] for row in await visit.rows("offers")].count("open") == 2


async def types(visit: Visit, *words: str) -> int:
    """What an operator types; the exit code."""
    verb = parser_of("matching", [COACHES], seeds=False).parse_args(["coaches", *words])
    return await COACHES.run(visit.process.core, verb)
