"""What a coach can say of the end of support, and when."""

import pytest

from services.matching.rules.access import MayNotSee, MaySee, NoAccess
from services.matching.rules.ending import ENDS, OUTCOMES, possible_endings
from services.matching.rules.states import OfferState, SearchState, move_offer, move_search
from services.matching.web.wording import BY_CODE
from services.matching.web.wording.words import PageWording
from shared.events import CANCELLATION_CONFIRMED

ASKED_TO_END = MayNotSee(NoAccess.END_REQUESTED)


def test_support_that_never_began_cannot_come_to_its_end() -> None:
    assert possible_endings(MaySee(), reached=False) == ()
    assert possible_endings(MaySee(), reached=True) == OUTCOMES


def test_the_clinics_wish_can_be_confirmed_at_any_time() -> None:
    assert possible_endings(ASKED_TO_END, reached=False) == (CANCELLATION_CONFIRMED,)


def test_what_the_clinic_wants_to_end_may_have_come_to_its_end_before() -> None:
    assert possible_endings(ASKED_TO_END, reached=True) == (CANCELLATION_CONFIRMED, *OUTCOMES)


@pytest.mark.parametrize("why", [why for why in NoAccess if why is not NoAccess.END_REQUESTED])
def test_nothing_is_ended_while_something_else_stands_in_the_way(why: NoAccess) -> None:
    assert possible_endings(MayNotSee(why), reached=True) == ()


@pytest.mark.parametrize("outcome", ENDS)
def test_every_outcome_ends_a_running_assignment(outcome: str) -> None:
    ends_search, ends_offer = ENDS[outcome]
    assert move_search(SearchState.ASSIGNED, ends_search) is SearchState.CLOSED
    assert move_offer(OfferState.ACCEPTED, ends_offer) is OfferState.ENDED


@pytest.mark.parametrize("say", BY_CODE.values(), ids=list(BY_CODE))
def test_every_outcome_has_words_in_every_language(say: PageWording) -> None:
    assert tuple(say.endings) == OUTCOMES
