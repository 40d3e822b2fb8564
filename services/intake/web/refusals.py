"""What a clinic is told when something cannot be done: the rule, and the way out."""

import json
from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from services.intake.fhir.outcome import to_operation_outcome
from services.intake.on.referral_submitted import KeyReusedError
from services.intake.rules.problems import Code, Problem
from services.intake.rules.quota import QuotaReached
from services.intake.rules.states import IllegalTransitionError
from services.intake.web.answers import FHIR_JSON
from services.intake.web.clinic_requests import StaleVersionError
from shared.webui.problems import Words, refusal


def _refusal(status: int, code: str, message: str, **more: Any) -> JSONResponse:
    return JSONResponse({"code": code, "message": message, **more}, status)


def not_found() -> JSONResponse:
    """The same for a referral of another clinic and for one that does not exist."""
    return _refusal(404, "referral_unknown", "You have no referral with this ID.")


def unreadable(problem: Problem, media_type: str) -> Response:
    """Nothing of the body could be read."""
    status = {Code.TOO_LARGE: 413, Code.UNSUPPORTED_TYPE: 415}.get(problem.code, 400)
    if "fhir" in media_type:
        return Response(json.dumps(to_operation_outcome([problem])), status, media_type=FHIR_JSON)
    body = {"code": problem.code.value, "field": problem.field, "message": problem.message}
    return JSONResponse({"problems": [body], **body}, status)


def no_key() -> JSONResponse:
    """Without a name for the submission, sending it twice would store it twice."""
    return _refusal(
        400,
        "idempotency_key_missing",
        "Name this referral, so that sending it twice stores it only once: give an identifier in "
        "the submission, or the header Idempotency-Key.",
    )


def key_unusable() -> JSONResponse:
    return _refusal(
        400,
        "idempotency_key_unusable",
        "The header Idempotency-Key takes 1 to 200 printable characters, such as a UUID. Send "
        "another one, or leave it out where the submission has an identifier.",
    )


def nobody_named() -> JSONResponse:
    return _refusal(
        400,
        "name_missing",
        'A hold is released in the name of somebody who has looked: send {"name": "…"}.',
        field="name",
    )


def key_reused(error: KeyReusedError) -> JSONResponse:
    return _refusal(
        409,
        "key_reused",
        "This identifier or Idempotency-Key was already used for different content. To change that "
        f"referral, send PUT /v1/referrals/{error.referral_id} with If-Match and its version.",
        referral_id=str(error.referral_id),
    )


def quota_reached(
    request: Request, reached: QuotaReached, now: datetime, media_type: str
) -> Response:
    """The clinic has sent as many as it may; the others' people need a coach too."""
    words = Words(
        f"Your clinic has sent {reached.most} new referrals in this {reached.window}, as many as "
        "it may",
        f"This one was not stored. Send it again at {reached.opens_at:%Y-%m-%d %H:%M} UTC or "
        "later. If you often have more, ask us to raise the limit. Changes to referrals that you "
        "have sent are taken as always.",
    )
    if "fhir" in media_type:
        problem = Problem(Code.QUOTA_REACHED, "", f"{words.title}. {words.next_step}")
        outcome = json.dumps(to_operation_outcome([problem]))
        answer = Response(outcome, 429, media_type=FHIR_JSON)
    else:
        answer = refusal(request, 429, Code.QUOTA_REACHED.value, words)
    answer.headers["Retry-After"] = str(reached.retry_seconds(now))
    return answer


def no_version() -> JSONResponse:
    return _refusal(428, "if_match_missing", "Send If-Match with the version that you read.")


def stale(error: StaleVersionError) -> JSONResponse:
    return _refusal(
        409,
        "version_stale",
        "This referral has changed since you read it. Read it again and amend the new version.",
        version=error.version,
    )


def illegal(error: IllegalTransitionError) -> JSONResponse:
    """Never silent, never a no-op success."""
    return _refusal(
        409,
        "illegal_transition",
        f"A referral in the state '{error.state.value}' cannot do this.",
        state=error.state.value,
        allowed=[trigger.value for trigger in error.allowed],
    )
