"""Of how many referrals unasked texts may go to one number, whoever referred whom."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.rules.facts import Facts, Limits
from services.notifications.rules.plan import STEPS
from services.notifications.rules.send_check import (
    Send,
    Suppress,
    Wait,
    WaitReason,
    decide_send,
    number_frees,
)
from services.notifications.rules.states import SuppressReason
from services.notifications.rules.steps import Cause, Reply, Step
from shared.events.base import RecipientKind
from tests.unit.notifications.test_send_check import DAY, NOON, of


def on_number(name: str, *times: datetime) -> Facts:
    """Unasked texts of other referrals went to the same number at these times."""
    return replace(of(name), others_texted_at=times)


def test_the_texts_of_one_more_referral_wait_until_the_number_has_had_a_day_of_rest() -> None:
    times = tuple(NOON - timedelta(hours=hours) for hours in (1, 2, 3, 13))
    frees = NOON - timedelta(hours=3) + DAY
    assert decide_send(on_number("check_in_day_3", *times), NOON) == Wait(
        frees, WaitReason.NUMBER_CAPPED
    )
    assert decide_send(on_number("check_in_day_3", *times[:2]), NOON) == Send()


def test_a_text_that_would_come_too_late_then_is_not_sent_for_that_reason() -> None:
    times = (NOON,) * 3
    wait = of("number_check", due_at=NOON - timedelta(hours=3))
    capped = replace(wait, others_texted_at=times)
    assert decide_send(capped, NOON) == Suppress(SuppressReason.CAPPED)


@pytest.mark.parametrize("step", [step for step in STEPS if step.to is RecipientKind.PERSON])
def test_no_answer_to_somebodys_own_words_is_ever_limited_by_number(step: Step) -> None:
    facts = on_number(step.name, *(NOON,) * 9)
    unlimited = replace(facts, others_texted_at=())
    is_limited = decide_send(facts, NOON) != decide_send(unlimited, NOON)
    answers = isinstance(step.on, Reply) or step.on is Cause.HUMAN_ANSWERED
    assert is_limited == (not answers)


@given(st.lists(st.integers(0, 72), min_size=1, max_size=40), st.integers(1, 4))
def test_no_day_sees_texts_of_more_referrals_on_one_number_than_the_limit(
    gaps: list[int], most: int
) -> None:
    """Referrals come after gaps of hours, and each asks to text as soon as it may."""
    sent: list[datetime] = []
    now = NOON
    for gap in gaps:
        now += timedelta(hours=gap)
        lately = tuple(at for at in sent if at > now - DAY)
        facts = replace(
            on_number("welcome", *lately), due_at=now, limits=Limits(referrals_per_number=most)
        )
        if number_frees(facts, now) <= now:
            sent.append(now)
    for at in sent:
        assert len([one for one in sent if at - DAY < one <= at]) <= most
