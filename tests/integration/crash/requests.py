"""What clinics, coaches and the text provider ask of a service, as often as they have to."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.integration.crash.process import Process
from tests.integration.crash.scenario import Act, Before, Step

Path = str | Callable[[Before], str]


@dataclass(frozen=True, slots=True)
class Answers:
    """Statuses: of a request that comes once, and of one whose first sending did its work."""

    first: int
    again: int | None = None

    @property
    def all(self) -> set[int]:
        return {self.first, self.again or self.first}


@dataclass(frozen=True, slots=True)
class Request:
    """One request. It is repeated byte for byte, as a client does whose answer got lost."""

    method: str
    path: Path
    answers: Answers
    content: Mapping[str, Any] = field(default_factory=dict)
    enter: Callable[[Process, httpx2.AsyncClient], Awaitable[None]] | None = None
    """What the client does first: sign in."""

    @property
    def step(self) -> Step:
        async def step(before: Before) -> Act:
            path = self.path if isinstance(self.path, str) else self.path(before)

            async def ask(process: Process) -> None:
                async with process.http() as client:
                    if self.enter is not None:
                        await self.enter(process, client)
                    answer = await client.request(self.method, path, **self.content)
                assert answer.status_code in self.answers.all, answer.text

            return ask

        return step
