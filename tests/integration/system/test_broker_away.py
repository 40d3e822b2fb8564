"""The broker is away for a minute: all is taken, and all is done once when it is back."""

import asyncio
from collections import Counter

import pytest

from deploy.local.provision import SERVICES
from tests.faults.facts import violations
from tests.integration.system.outage import BROKER_IS_AWAY, REFERRALS, Outage, phone
from tests.integration.system.pair import Pair

pytestmark = [pytest.mark.timeout(300), pytest.mark.faults]


@pytest.fixture(scope="module")
def outage(pair: Pair) -> Outage:
    """One outage for all tests here: it takes a minute by its nature."""
    seen = Outage(pair)
    asyncio.run(seen.go())
    return seen


def test_every_submission_is_answered_while_the_broker_is_away(outage: Outage) -> None:
    assert Counter(outage.answers) == {201: REFERRALS}


def test_a_coachs_yes_on_the_page_is_taken_meanwhile(outage: Outage) -> None:
    assert "Sam" in outage.page_after_yes


def test_a_stop_is_taken_and_confirmed_meanwhile(outage: Outage) -> None:
    assert outage.stop_was_confirmed


def test_every_process_is_ready_and_shows_that_the_broker_is_away(outage: Outage) -> None:
    assert {name: said["status"] for name, said in outage.said.items()} == dict.fromkeys(
        outage.pair.names(), 200
    )
    assert {said["consumer"] for said in outage.said.values()} == {BROKER_IS_AWAY}
    assert all(BROKER_IS_AWAY in outage.relays(service) for service in SERVICES)


def test_a_minute_without_a_broker_costs_a_few_lines_of_log(outage: Outage) -> None:
    assert max(outage.lines.values()) <= 25, outage.lines


def test_no_process_ends_because_the_broker_is_away(outage: Outage) -> None:
    before, after = outage.pids
    assert after == before
    assert outage.back_to_work


def test_within_a_minute_of_its_return_everybody_has_an_offer_or_a_place_in_line(
    outage: Outage,
) -> None:
    assert outage.seconds_to_place < 60


def test_each_persons_first_text_is_handed_over_exactly_once(outage: Outage) -> None:
    first_texts = Counter(to for to, body in outage.texts.elements() if "Expecting us?" in body)
    assert [first_texts[phone(number)] for number in outage.numbers] == [1] * REFERRALS


def test_nothing_is_lost_and_nothing_comes_twice(outage: Outage) -> None:
    assert outage.facts is not None
    assert list(violations(outage.facts)) == []
    assert [text for text, count in outage.texts.items() if count > 1] == []
    assert [mail for mail, count in outage.mails.items() if count > 1] == []
