"""Every member of an enum is named by some code, or comes from outside as a value."""

from collections.abc import Mapping

from tests.architecture.members import unnamed

VERDICTS_OF_SCREENING: Mapping[str, tuple[str, ...]] = {
    "services/intake/rules/states.py: Trigger": (
        "SCREENING_FINDS_GAPS",
        "SCREENING_FINDS_NOTHING_WRONG",
        "SCREENING_FINDS_NO_CONSENT",
        "SCREENING_REFUSES",
    ),
}
"""Moves of the first screening, whose verdict is the state itself."""

NOT_HERE_YET: Mapping[str, tuple[str, ...]] = {
    "services/intake/rules/states.py: Trigger": (
        "COACH_IS_CHANGED",
        "CONSENT_IS_RECORDED",
        "CONTACT_IS_GIVEN_UP",
        "PERSON_DECLINES",
        "PERSON_HAS_DIED",
        "PERSON_IS_TRANSFERRED",
        "REFERRAL_WAS_AN_ERROR",
        "SEARCH_BEGINS",
        "SUPERVISOR_REFUSES",
        "SUPPORT_IS_PAUSED",
        "SUPPORT_RESUMES",
    ),
    "services/matching/rules/states.py: OfferTrigger": (
        "CANCELLATION_IS_CONFIRMED",
        "HANDOVER_BEGINS",
        "NEW_COACH_TAKES_OVER",
        "SUPERVISOR_WITHDRAWS",
        "SUPPORT_ENDS",
    ),
    "services/matching/rules/states.py: SearchTrigger": (
        "CANCELLATION_IS_CONFIRMED",
        "CHANGE_OF_COACH_BEGINS",
        "SUPERVISOR_REJECTS",
        "SUPERVISOR_WAITLISTS",
        "SUPPORT_ENDS",
    ),
}
"""Moves that nobody makes: listed in README, "What is not here yet"."""


LISTED = {
    f"{enum}.{member}"
    for reason in (VERDICTS_OF_SCREENING, NOT_HERE_YET)
    for enum, members in reason.items()
    for member in members
}


def test_every_member_is_named_by_some_code_or_comes_as_a_value() -> None:
    assert set(unnamed()) - LISTED == set()


def test_no_member_is_listed_that_is_named_by_now() -> None:
    assert LISTED - set(unnamed()) == set()
