"""A clinic that submits on and on, and coaches who answer, while something else happens."""

import asyncio
import random
import re
from contextlib import suppress
from types import TracebackType
from typing import Self

import httpx2

from tests.integration.system.pair import Pair
from tests.world.stories import submission
from tests.world.system import API_KEY

EVERY_SECONDS = 0.3
"""Between two submissions."""


class Traffic:
    """As an async context: flows inside. Everybody tries again until somebody has answered."""

    def __init__(self, pair: Pair, *, seed: int) -> None:
        self._pair, self._chance = pair, random.Random(seed)
        self._over = asyncio.Event()
        self._client = httpx2.AsyncClient(timeout=5, trust_env=False)
        self._tasks: list[asyncio.Task[None]] = []
        self.submitted = 0

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(work()) for work in (self._submit, self._answer)]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        try:
            await asyncio.gather(*self._tasks)
        finally:
            await self._client.aclose()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)

    async def _submit(self) -> None:
        while not self._over.is_set():
            number = next(self._pair.numbers)
            answer = await self._to_anybody("intake", "/v1/referrals", json=submission(number))
            assert answer.status_code == 201, answer.text
            self._pair.acknowledged.add(answer.json()["referral_id"])
            self.submitted += 1
            await self._pause(EVERY_SECONDS)

    async def _answer(self) -> None:
        """Most coaches accept on the page, some pass, some never answer."""
        known = {sid for sid, _ in await self._asked()}
        while not self._over.is_set():
            await self._pause(EVERY_SECONDS)
            for sid, page in await self._asked():
                if sid not in known:
                    known.add(sid)
                    await self._press(page, self._chance.random())

    async def _asked(self) -> list[tuple[str, str]]:
        """Every text with a link: its id and the page's path."""
        answer = await self._client.get(f"{self._pair.system.url('simulator')}/simulator/messages")
        links = [(m["sid"], re.search(r"/o/\S+", m["body"])) for m in answer.json()["messages"]]
        return [(sid, link.group()) for sid, link in links if link]

    async def _press(self, page: str, luck: float) -> None:
        if luck < 0.75:
            answer = "accept" if luck < 0.6 else "pass"
            pressed = await self._to_anybody("matching", page, data={"answer": answer})
            assert pressed.status_code in (200, 303, 409), pressed.status_code

    async def _to_anybody(
        self, service: str, path: str, *, json: object = None, data: dict[str, str] | None = None
    ) -> httpx2.Response:
        """Try the processes of a service in turn, as a client behind a load balancer does."""
        headers = {"Authorization": f"Bearer {API_KEY}"}
        for _ in range(200):
            for address in self._pair.answering(service):
                with suppress(httpx2.TransportError):
                    answer = await self._client.post(
                        f"{address}{path}", json=json, data=data, headers=headers
                    )
                    if answer.status_code < 500:
                        return answer
            await asyncio.sleep(0.1)
        raise AssertionError(f"nobody of {service} answers")
