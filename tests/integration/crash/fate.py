"""A process that ends at a chosen moment, and a connection that ends with it."""

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from shared.db import PlainConnection

T = TypeVar("T")


class Killed(BaseException):
    """The process is gone; nothing in it may go on, least of all an `except`."""


@dataclass(slots=True)
class Fate:
    """How many answers a process gets from outside before it ends; without a number it lives.

    Outside it nothing changes between an answer and the next question. So the ends after no
    answer, after one, after two … are all ends that there are at an await: a question that never
    left, and an answer, that of a COMMIT too, that nobody hears.
    """

    answers: int | None = None
    result: int = 0
    dead: bool = False

    async def meet(self, question: Coroutine[Any, Any, T]) -> T:
        """Ask a database or a provider, unless it is over."""
        if self.dead or self.result == self.answers:
            question.close()
            self.dead = True
            raise Killed
        try:
            return await question
        finally:
            self.result += 1
            self.dead = self.dead or self.result == self.answers
            if self.dead:
                raise Killed


class MortalConnection(PlainConnection):
    """A connection of a process with a fate: each round trip is a moment to end at."""

    fate: Fate

    async def execute(self, *args: Any, **kwargs: Any) -> str:
        return await self.fate.meet(super().execute(*args, **kwargs))

    async def executemany(self, *args: Any, **kwargs: Any) -> None:
        return await self.fate.meet(super().executemany(*args, **kwargs))

    async def fetch(self, *args: Any, **kwargs: Any) -> Any:
        return await self.fate.meet(super().fetch(*args, **kwargs))

    async def fetchrow(self, *args: Any, **kwargs: Any) -> Any:
        return await self.fate.meet(super().fetchrow(*args, **kwargs))

    async def fetchval(self, *args: Any, **kwargs: Any) -> Any:
        return await self.fate.meet(super().fetchval(*args, **kwargs))
