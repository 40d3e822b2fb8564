"""How a referral ends, by the outcome that is told of it."""

from uuid import uuid4

import pytest

from services.intake.on.matching_reported import fact_of
from services.intake.rules.closures import CLOSED_AS, Closure
from services.intake.rules.states import TERMINAL, Standing, State, hear
from shared.events import CANCELLATION_CONFIRMED, AssignmentEnded, SupportOutcome

ENGAGED = Standing(State.ENGAGED)
ASKED_TO_END = Standing(State.ASSIGNED, frozenset({State.CANCEL_REQUESTED}))


def ended(outcome: str) -> AssignmentEnded:
    return AssignmentEnded(referral_id=uuid4(), offer_id=uuid4(), coach_id=uuid4(), outcome=outcome)


def test_every_outcome_names_a_final_state() -> None:
    assert set(CLOSED_AS.values()) <= TERMINAL


@pytest.mark.parametrize("outcome", SupportOutcome)
def test_an_outcome_of_support_completes_the_referral_and_is_told(outcome: SupportOutcome) -> None:
    fact = fact_of(ended(outcome.value))
    assert fact is not None
    assert hear(ENGAGED, fact.trigger) == Standing(State.COMPLETED)
    assert hear(ASKED_TO_END, fact.trigger) == Standing(State.COMPLETED)
    assert fact.outcome is not None
    assert CLOSED_AS[fact.outcome] is State.COMPLETED


def test_a_confirmed_cancellation_cancels_and_is_told() -> None:
    fact = fact_of(ended(CANCELLATION_CONFIRMED))
    assert fact is not None
    assert hear(ASKED_TO_END, fact.trigger) == Standing(State.CANCELLED)
    assert fact.outcome == Closure.CANCELLED


@pytest.mark.parametrize("outcome", ["referral-closed", "deceased", "of-a-later-release"])
def test_an_end_that_follows_from_another_is_told_only_once(outcome: str) -> None:
    assert fact_of(ended(outcome)) is None
