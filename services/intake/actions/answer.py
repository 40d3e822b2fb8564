"""What a clinic is told of its submission: the same words whatever the format."""

import json

from services.intake.rules.problems import Problem
from services.intake.rules.screen import Verdict
from services.intake.rules.state_words import WORDS
from services.intake.rules.states import State
from services.intake.store.submissions import FirstAnswer, NewReferral

STATUS = {State.REJECTED: 422, State.NEEDS_INFO: 202, State.CONSENT_PENDING: 202}
"""HTTP status of the first answer: stored in every case, complete where it is 201."""

FIRST_VERSION = 1

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""As the framework writes the other answers: this one leaves as it is stored."""


def first_answer(new: NewReferral, verdict: Verdict, public_url: str) -> FirstAnswer:
    """The reference, where the referral stands, and every problem at once."""
    state = new.standing.state
    body = {
        "referral_id": str(new.referral_id),
        "reference": new.reference,
        "state": state.value,
        "state_words": WORDS[state].title,
        "next_words": WORDS[state].next_step,
        "refusal": new.content.refusal,
        "problems": problems_as_json(verdict.problems),
        "warnings": problems_as_json(verdict.warnings),
        "version": FIRST_VERSION,
        "url": f"{public_url}/referrals/{new.referral_id}",
    }
    return FirstAnswer(STATUS.get(state, 201), _JSON.encode(body))


def problems_as_json(problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    """Problems as our JSON says them: code, field and sentence, never a value."""
    return [
        {"code": one.code.value, "field": one.field, "message": one.message} for one in problems
    ]
