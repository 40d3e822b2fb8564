"""Batches requests: those that arrive while one batch is processed share the next batch."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from shared import db

T = TypeVar("T")
R = TypeVar("R")


class RequestCoalescer(Generic[T, R]):
    """Collects requests while a batch runs; a request that finds none running does not wait.

    `work` gets 1 to `max_batch` items and answers each, in their order, or raises for all of them.
    If it raises, each item is tried again alone, so that no item spoils its neighbours; but an
    outage fails all of them at once, because waiting for it once per item would take too long.
    Whatever is read for an item is read after it was requested.
    """

    def __init__(
        self, work: Callable[[Sequence[T]], Awaitable[Sequence[R]]], *, max_batch: int = 50
    ) -> None:
        self._work, self._max_batch = work, max_batch
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
                batch = self._waiting[: self._max_batch]
                if len(batch) == 1 or not await self._answered(batch):
                    for one in batch:
                        await self._answer_alone(*one)
                del self._waiting[: len(batch)]
        except BaseException as error:
            self._give_up(error)
            raise
        finally:
            self._running = None

    def _give_up(self, error: BaseException) -> None:
        """Fail all that wait: nothing else would answer them, and they would wait forever."""
        waiting, self._waiting = self._waiting, []
        for _, answer in waiting:
            if isinstance(error, asyncio.CancelledError):
                answer.cancel()
            elif not answer.done():
                answer.set_exception(error)

    async def _answered(self, batch: Sequence[tuple[T, "asyncio.Future[R]"]]) -> bool:
        """False when each item has to be done alone."""
        try:
            results = await self._work([item for item, _ in batch])
        except db.OUTAGES as error:
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return True
        except Exception:  # noqa: BLE001 (each is then done alone, and hears its own failure)
            return False
        for (_, answer), result in zip(batch, results, strict=True):
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
