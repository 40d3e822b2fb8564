"""Turns a cancellation that a handler let escape into an ordinary error."""

import asyncio
from collections.abc import Awaitable


async def refuse_stray_cancellation(work: Awaitable[None]) -> None:
    """Await `work`; a cancellation that nobody asked this task for is a bug of the handler.

    Escaping, it would end the consume task for good while the process looks healthy.
    """
    try:
        await work
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise RuntimeError("a handler let a cancellation escape") from None
