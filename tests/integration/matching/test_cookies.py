"""The cookie that shows a coach the person: one per offer, for that device and that offer only."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.environment import Site
from tests.integration.crash import cast
from tests.integration.crash.cast import somebody
from tests.integration.crash.matching import roster
from tests.integration.crash.scenario import Stage, comes, sealed, staged
from tests.integration.matching.visit import visiting
from tests.world.engines import Engines

OTHER = somebody("another referral")
TWO_PEOPLE = (
    roster(1),
    sealed(cast.person_contact),
    comes(cast.accepted()),
    comes(cast.accepted(OTHER)),
)


@pytest.fixture(params=["http", "https"])
async def reached_by(
    engines: Engines, site: Site, request: pytest.FixtureRequest
) -> AsyncIterator[Stage]:
    """Matching as browsers reach it, in the open and behind TLS."""
    address = {"MATCHING_PUBLIC_URL": f"{request.param}://coaches.example"}
    async with staged(engines, site, "matching", address) as matching:
        yield matching


async def test_who_supports_two_people_sees_both(reached_by: Stage) -> None:
    async with visiting(reached_by, TWO_PEOPLE) as visit:
        links = [await visit.link(cast.REFERRAL), await visit.link(OTHER)]
        for link in links:
            assert "Sam" in await visit.says_yes(link)
        for link in links:
            assert "Sam" in (await visit.http.get(link)).text


async def test_a_cookie_opens_no_other_offer(reached_by: Stage) -> None:
    async with visiting(reached_by, TWO_PEOPLE) as visit:
        mine, other = await visit.link(cast.REFERRAL), await visit.link(OTHER)
        await visit.says_yes(mine)
        await visit.says_yes(other)
        named = {cookie.name: cookie.value for cookie in visit.http.cookies.jar}
        assert len(named) == 2
        (first, value), (second, _) = named.items()
        swapped = f"{first}={named[second]}; {second}={value}"
        visit.http.cookies.clear()
        for link in (mine, other):
            page = await visit.http.get(link, headers={"cookie": swapped})
            assert "Sam" not in page.text
            assert "Taken, thank you" in page.text


async def test_behind_tls_the_cookie_is_bound_to_the_host(engines: Engines, site: Site) -> None:
    address = {"MATCHING_PUBLIC_URL": "https://coaches.example"}
    async with (
        staged(engines, site, "matching", address) as stage,
        visiting(stage, TWO_PEOPLE) as visit,
    ):
        answer = await visit.says(await visit.link(cast.REFERRAL), "accept")
        made = answer.headers["set-cookie"]
        assert made.startswith("__Host-assignment-")
        for part in ("; Path=/;", "; HttpOnly", "; Secure", "; SameSite=lax"):
            assert part in f"{made};"
        assert "Domain" not in made
