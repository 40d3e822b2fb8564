"""How much has to be tried before a coach may say that a person cannot be reached."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.matching.rules.giving_up import LoggedContact, may_give_up
from shared.events import ContactChannel, ContactOutcome

ZONE = "America/Chicago"
MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
"""9 a.m. in Chicago."""

TRIED = (
    LoggedContact(MONDAY, ContactChannel.PHONE, ContactOutcome.NO_ANSWER),
    LoggedContact(MONDAY + timedelta(days=2, hours=5), ContactChannel.TEXT, ContactOutcome.TEXTED),
    LoggedContact(
        MONDAY + timedelta(days=4, hours=10), ContactChannel.PHONE, ContactOutcome.VOICEMAIL
    ),
    LoggedContact(MONDAY + timedelta(days=6), ContactChannel.PHONE, ContactOutcome.NO_ANSWER),
)
WEEK_LATER = MONDAY + timedelta(days=7)


def allowed(tried: tuple[LoggedContact, ...], now: datetime = WEEK_LATER) -> bool:
    return may_give_up(tried, zone=ZONE, now=now)


def test_four_attempts_in_two_ways_at_three_times_of_day_over_a_week_are_enough() -> None:
    assert allowed(TRIED)


@pytest.mark.parametrize("left_out", range(4))
def test_three_are_not(left_out: int) -> None:
    assert not allowed(TRIED[:left_out] + TRIED[left_out + 1 :])


def test_not_before_a_week_has_gone_by() -> None:
    assert not allowed(TRIED, WEEK_LATER - timedelta(seconds=1))


def test_not_in_one_way_only() -> None:
    assert not allowed(tuple(replace(one, channel=ContactChannel.PHONE) for one in TRIED))


def test_not_always_at_the_same_time_of_day() -> None:
    mornings = tuple(
        replace(one, logged_at=MONDAY + timedelta(days=day)) for day, one in enumerate(TRIED)
    )
    assert not allowed(mornings)


def test_not_when_they_have_talked() -> None:
    talked = replace(TRIED[1], outcome=ContactOutcome.REACHED)
    assert not allowed((*TRIED, talked))
