"""A page asks whether the database may have gone back before it shows anybody."""

import asyncio

import pytest

from shared.errors import WaitingForRecoveryError
from shared.messaging.access import BrokerAccess
from shared.messaging.own_history import UNCHECKED_SECONDS, HistoryState, OwnHistory
from tests.world.event_keys import EVENT_KEYS


@pytest.fixture
def history() -> OwnHistory:
    return OwnHistory("tests", BrokerAccess("nowhere:1"), EVENT_KEYS)


async def test_a_page_waits_for_the_first_comparison(history: OwnHistory) -> None:
    page = asyncio.ensure_future(history.refuse_while_behind())
    await asyncio.sleep(0.2)
    assert not page.done()
    history.found(HistoryState.CURRENT)
    await asyncio.wait_for(page, 5)


async def test_nothing_is_shown_when_the_comparison_finds_more_on_the_topics(
    history: OwnHistory,
) -> None:
    page = asyncio.ensure_future(history.refuse_while_behind())
    await asyncio.sleep(0.2)
    history.found(HistoryState.BEHIND)
    with pytest.raises(WaitingForRecoveryError):
        await asyncio.wait_for(page, 5)


async def test_a_broker_that_stays_away_closes_no_page(history: OwnHistory) -> None:
    history.unchecked_since -= UNCHECKED_SECONDS
    await history.refuse_while_behind()


async def test_a_new_connection_is_compared_anew(history: OwnHistory) -> None:
    history.found(HistoryState.CURRENT)
    history.unchecked_since -= UNCHECKED_SECONDS
    history.begin_anew()
    page = asyncio.ensure_future(history.refuse_while_behind())
    await asyncio.sleep(0.2)
    assert not page.done()
    page.cancel()
