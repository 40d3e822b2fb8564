"""A coach's browser at the page of one offer, while the world goes on."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2

from services.matching.settings import Settings
from shared.offer_link import offer_code
from shared.settings import key_of
from tests.integration.crash.fate import Fate
from tests.integration.crash.process import Process
from tests.integration.crash.scenario import Stage, Step

CALL = {"channel": "phone", "outcome": "reached"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One device. Cookies are kept, redirects are followed by hand."""

    stage: Stage
    process: Process
    http: httpx2.AsyncClient

    async def link(self, referral: UUID | None = None, *, number: int = 0) -> str:
        """The address of the referral's offer, by the order in which they were made."""
        offers = sorted(
            (row for row in (await self.stage.store.rows())["offers"]
             if referral is None or row["referral_id"] == str(referral)),
            key=lambda row: row["made_at"],
        )  # fmt: skip
        own = self.process.settings
        assert isinstance(own, Settings)
        key, offer = key_of(own.link_key), offers[number]
        return f"/o/{offer_code(key, UUID(offer['offer_id']), UUID(offer['coach_id']))}"

    async def happens(self, *steps: Step) -> None:
        """What comes meanwhile."""
        for step in steps:
            act = await step(await self.stage.before())
            await act(self.process)

    async def passes(self, time: timedelta) -> None:
        """So much later."""
        self.stage.clock.moment += time

    async def says(self, link: str, answer: str) -> httpx2.Response:
        return await self.http.post(link, data={"answer": answer})

    async def says_yes(self, link: str) -> str:
        """Accept, and read the page that follows."""
        answer = await self.says(link, "accept")
        assert answer.status_code == 303, answer.text
        return (await self.http.get(answer.headers["location"])).text

    async def logs_a_call(self, link: str) -> httpx2.Response:
        return await self.http.post(f"{link}/contact", data=CALL)

    async def rows(self, table: str) -> list[dict[str, Any]]:
        return (await self.stage.store.rows())[table]


@asynccontextmanager
async def visiting(stage: Stage, given: Sequence[Step]) -> AsyncIterator[Visit]:
    """A device of a coach, once this has happened."""
    await stage.set(given)
    async with stage.process(Fate()) as process, process.http() as http:
        yield Visit(stage, process, http)
