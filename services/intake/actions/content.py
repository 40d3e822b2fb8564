"""A submission as it is stored: sealed, with what screening made of it."""

import json
from uuid import UUID

from services.intake.actions.answer import problems_as_json
from services.intake.actions.screening import ScreeningContext, Submission, language_of
from services.intake.actions.who import seal_who
from services.intake.rules.screen import Verdict
from services.intake.rules.states import OVERLAYS, Standing
from services.intake.store.submissions import Content


async def content_of(
    submission: Submission,
    verdict: Verdict,
    screening: ScreeningContext,
    referral_id: UUID,
    key_id: UUID,
) -> Content:
    """What is kept of the submission, sealed under the person's key."""
    consent = submission.reading.draft.consent
    sealed_for = f"submission|v1|{referral_id}"
    return Content(
        body_hash=submission.body_hash,
        sealed_body=await screening.vault.seal(key_id, submission.body, sealed_for),
        sealed_person=await seal_who(
            screening.vault, key_id, referral_id, submission.reading.draft
        ),
        media_type=submission.media_type,
        refusal=verdict.refusal.value if verdict.refusal else None,
        problems=json.dumps(problems_as_json(verdict.problems)),
        warnings=json.dumps(problems_as_json(verdict.warnings)),
        urgency=verdict.urgency.value,
        language=language_of(submission.reading.draft),
        consent_signed_on=consent.signed_on if consent is not None else None,
    )


def standing_of(verdict: Verdict) -> Standing:
    """Progress as screening found it, with the hold over it."""
    if verdict.state in OVERLAYS:
        return Standing(verdict.resume_to, frozenset({verdict.state}))
    return Standing(verdict.state)
