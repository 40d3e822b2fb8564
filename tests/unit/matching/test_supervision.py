"""What a supervisor can decide, and what each decision needs."""

import pytest

from services.matching.rules.states import SearchState
from services.matching.rules.supervision import DECISIONS, Decision, fits, refused_as
from services.matching.web.supervisor_words import TITLES
from shared.events import NobodyFound
from shared.tasks import ABOUT_SEARCHES, TaskKind


def test_every_task_about_a_search_can_be_decided_and_is_named() -> None:
    assert set(DECISIONS) == set(TITLES) == ABOUT_SEARCHES


def test_every_decision_belongs_to_some_task() -> None:
    assert {one for decisions in DECISIONS.values() for one in decisions} == set(Decision)


@pytest.mark.parametrize("decision", Decision)
def test_a_decision_fits_one_state_only(decision: Decision) -> None:
    assert len([state for state in SearchState if fits(decision, state)]) == 1


def test_the_clinic_learns_whether_nobody_could_or_nobody_would() -> None:
    assert refused_as(TaskKind.COACHES_PASSED) is NobodyFound.NO_CAPACITY
    assert refused_as(TaskKind.NOBODY_CAN_FIT) is NobodyFound.NO_ELIGIBLE_COACH
