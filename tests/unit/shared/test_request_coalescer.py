"""Nobody waits when nothing runs, a queue shares one turn, and no item spoils another."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.request_coalescer import RequestCoalescer


class HeldWork:
    """Work that is held until it is let go, notes what came together, and refuses some items."""

    def __init__(self, *refused: int) -> None:
        self.turns: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()
        self._refused = refused

    async def __call__(self, items: Sequence[int]) -> list[int]:
        self.turns.append(list(items))
        await self.open.wait()
        for item in items:
            if item in self._refused:
                raise LookupError(item)
        return [item * 10 for item in items]


async def ask(turns: RequestCoalescer[int, int], *items: int) -> list[int | BaseException]:
    return list(await asyncio.gather(*map(turns, items), return_exceptions=True))


async def test_an_item_alone_has_a_turn_of_its_own_at_once() -> None:
    work = HeldWork()
    turns = RequestCoalescer(work)
    assert [await turns(1), await turns(2)] == [10, 20]
    assert work.turns == [[1], [2]]


async def test_those_who_ask_while_a_turn_runs_share_the_next_in_their_order() -> None:
    work = HeldWork()
    work.open.clear()
    turns = RequestCoalescer(work)
    first = asyncio.create_task(turns(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    rest = asyncio.create_task(ask(turns, 2, 3, 4))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert work.turns == [[1]], "what is asked later is never part of a turn that runs"
    work.open.set()
    assert await first == 10
    assert await rest == [20, 30, 40]
    assert work.turns == [[1], [2, 3, 4]]


async def test_a_turn_takes_no_more_than_its_most() -> None:
    work = HeldWork()
    assert await ask(RequestCoalescer(work, max_batch=2), 1, 2, 3) == [10, 20, 30]
    assert work.turns == [[1, 2], [3]]


async def test_what_fails_fails_alone() -> None:
    work = HeldWork(2)
    one, failed, three = await ask(RequestCoalescer(work), 1, 2, 3)
    assert (one, three) == (10, 30)
    assert isinstance(failed, LookupError)
    assert work.turns == [[1, 2, 3], [1], [2], [3]]


async def test_an_outage_is_everybodys_and_is_met_once() -> None:
    met: list[int] = []

    async def away(items: Sequence[int]) -> list[int]:
        met.append(len(items))
        raise ConnectionRefusedError

    answers = await ask(RequestCoalescer(away), 1, 2, 3)
    assert [type(one) for one in answers] == [ConnectionRefusedError] * 3
    assert met == [3]


async def test_after_a_failure_the_next_turn_is_served() -> None:
    turns = RequestCoalescer(HeldWork(1))
    with pytest.raises(LookupError):
        await turns(1)
    assert await turns(2) == 20


async def test_nobody_waits_for_ever_when_the_turns_are_ended() -> None:
    work = HeldWork()
    work.open.clear()
    turns = RequestCoalescer(work)
    asked = [asyncio.create_task(turns(item)) for item in (1, 2)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asked.append(asyncio.create_task(turns(3)))
    await asyncio.sleep(0)
    for task in asyncio.all_tasks() - {asyncio.current_task(), *asked}:
        task.cancel()
    await asyncio.wait(asked, timeout=1)
    assert [task.cancelled() for task in asked] == [True] * 3


async def test_who_stops_waiting_spoils_nothing() -> None:
    work = HeldWork()
    work.open.clear()
    turns = RequestCoalescer(work)
    leaving, staying = asyncio.create_task(turns(1)), asyncio.create_task(turns(2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving])
    work.open.set()
    assert await staying == 20
    assert await turns(3) == 30
