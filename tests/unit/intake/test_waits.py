"""What a clinic reads of a referral that waits is true for each reason of the wait."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.intake.on.matching_reported import fact_of
from services.intake.rules.state_words import WORDS, words_of
from services.intake.rules.states import State
from services.intake.rules.timeline import LINES
from services.matching.rules.waitlist import WaitReason
from shared import events

NOON = datetime(2026, 6, 10, 16, tzinfo=UTC)
WAITED_FOR = {
    "no-capacity": "Waiting for a coach with room",
    **dict.fromkeys(
        ("out-of-area", "language", "preferences", "consent", "no-eligible-coach"),
        "Waiting for a coach who fits",
    ),
    events.CLINICS_TURN: "Waiting for its turn",
    events.NEWS_WAITS: "Waiting for news to be worked through",
    events.COACHES_PASSED: "Waiting for a supervisor",
}
"""Every reason that matching gives for a wait → what the clinic reads."""


def test_every_reason_of_a_wait_is_known() -> None:
    own = {events.CLINICS_TURN, events.NEWS_WAITS, events.COACHES_PASSED}
    assert {reason.value for reason in WaitReason} | own == set(WAITED_FOR)


@pytest.mark.parametrize(("reason", "title"), WAITED_FOR.items())
def test_a_clinic_reads_what_its_referral_waits_for(reason: str, title: str) -> None:
    waits = fact_of(
        events.ReferralWaitlisted(referral_id=UUID(int=1), reason=reason, review_at=NOON)
    )
    assert waits is not None
    words = words_of(State.WAITLISTED, ["waitlisted", "waits_for_turn", "waits_for_fit",
                                    waits.happened, "amended"])  # fmt: skip
    assert words.title == title
    assert LINES[waits.happened] == title
    assert words_of(State.OFFERED, [waits.happened]) == WORDS[State.OFFERED]
