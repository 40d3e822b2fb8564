"""Work in turns: whoever asks while one runs shares the next one, and a queue pays once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from shared import db

T = TypeVar("T")
R = TypeVar("R")


class Turns(Generic[T, R]):
    """Gathers what is asked while a turn runs; nobody waits when none does.

    `work` gets 1 to `most` items and answers each, in their order, or raises for all of them. Then
    each is done again alone, so that no item spoils its neighbours; but an outage is everybody's,
    because waiting for it once per item would take too long. What is read for an item is read
    after it was asked.
    """

    def __init__(
        self, work: Callable[[Sequence[T]], Awaitable[Sequence[R]]], *, most: int = 50
    ) -> None:
        self._work, self._most = work, most
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, item: T) -> R:
        """The answer to `item`. Raises what its work raises."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        try:
            while self._waiting:
                turn = self._waiting[: self._most]
                if len(turn) == 1 or not await self._answered(turn):
                    for one in turn:
                        await self._answer_alone(*one)
                del self._waiting[: len(turn)]
        except BaseException as error:
            self._give_up(error)
            raise
        finally:
            self._running = None

    def _give_up(self, error: BaseException) -> None:
        """Nothing else will answer those who wait; they would wait for ever."""
        waiting, self._waiting = self._waiting, []
        for _, answer in waiting:
            if isinstance(error, asyncio.CancelledError):
                answer.cancel()
            elif not answer.done():
                answer.set_exception(error)

    async def _answered(self, turn: Sequence[tuple[T, "asyncio.Future[R]"]]) -> bool:
        """False when each has to be done alone."""
        try:
            results = await self._work([item for item, _ in turn])
        except db.OUTAGES as error:
            for _, answer in turn:
                if not answer.done():
                    answer.set_exception(error)
            return True
        except Exception:  # noqa: BLE001 (each is then done alone, and hears its own failure)
            return False
        for (_, answer), result in zip(turn, results, strict=True):
            if not answer.done():
                answer.set_result(result)
        return True

    async def _answer_alone(self, item: T, answer: "asyncio.Future[R]") -> None:
        try:
            (result,) = await self._work([item])
        except Exception as error:  # noqa: BLE001 (raised again where it was asked)
            if not answer.done():
                answer.set_exception(error)
        else:
            if not answer.done():
                answer.set_result(result)
