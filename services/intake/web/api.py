"""The clinics' API: submit, amend, read, withdraw, revoke, acknowledge."""

import json
from collections.abc import Awaitable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.on.clinic_submits import KeyReusedError
from services.intake.rules.reading import UnreadableError
from services.intake.rules.states import IllegalTransitionError
from services.intake.store import pages
from services.intake.web.access import Access
from services.intake.web.answers import not_found, outcome_of, refusal, shown, unreadable
from services.intake.web.counter import Counter, StaleVersionError, UnknownReferralError

MOST_BYTES = 4 * 1024 * 1024


class Withdrawal(BaseModel):
    """Why a clinic withdraws; a code, because words could name the person."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    reason: str = Field(
        default="clinic-request", pattern=r"^[a-z][a-z-]{2,40}$", examples=["duplicate"]
    )


def api(counter: Counter, access: Access) -> APIRouter:
    """The routes under `/v1/referrals`. Each refusal names the rule and the way out."""
    router = APIRouter(prefix="/v1/referrals", tags=["referrals"])
    Clinic = Annotated[UUID, Depends(access.by_api_key)]  # noqa: N806 (a type)

    @router.post("", status_code=201)
    async def submit(
        request: Request,
        clinic_id: Clinic,
        idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    ) -> Response:
        """Submit a referral: native JSON, or a FHIR R4 Bundle as JSON or XML."""
        media_type = _media_type(request)
        body = await _body(request)
        if body is None:
            return _too_large()
        try:
            submission = await counter.read(clinic_id, body, media_type, idempotency_key)
        except UnreadableError as error:
            return unreadable(error.problem, media_type)
        if submission is None:
            return refusal(
                400,
                "idempotency_key_missing",
                "Name this referral so that sending it twice stores it once: an identifier in "
                "the submission, or the header Idempotency-Key.",
            )
        try:
            stored = await counter.submit(submission)
        except KeyReusedError as error:
            return refusal(
                409,
                "key_reused",
                f"This identifier was used for another content. To change that referral send "
                f"PUT /v1/referrals/{error.referral_id} with If-Match and its version.",
                referral_id=str(error.referral_id),
            )
        return _answer(json.loads(stored.answer.body), stored.answer.status, media_type)

    @router.put("/{referral_id}")
    async def amend(
        request: Request,
        referral_id: UUID,
        clinic_id: Clinic,
        if_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """Amend a referral: the whole submission again, in any of the formats."""
        media_type = _media_type(request)
        body = await _body(request)
        if body is None:
            return _too_large()
        version = (if_match or "").strip().removeprefix("W/").strip('"')
        if not version.isdigit():
            return refusal(
                428, "if_match_missing", "Send If-Match with the version that you have read."
            )
        try:
            submission = await counter.read(clinic_id, body, media_type, str(referral_id))
            if submission is None:
                return not_found()
            status = await counter.amend(referral_id, submission, int(version))
        except UnreadableError as error:
            return unreadable(error.problem, media_type)
        except UnknownReferralError:
            return not_found()
        except StaleVersionError as error:
            return _stale(error)
        except IllegalTransitionError as error:
            return _illegal(error)
        answer = await counter.show(clinic_id, referral_id)
        if status.problems is not None:
            answer = {**answer, "problems": status.problems}
        return _answer(answer, status.code, media_type)

    @router.get("")
    async def latest(clinic_id: Clinic, limit: int = 50) -> JSONResponse:
        """Your newest referrals with their timelines."""
        async with counter.core.database.tenant_tx(clinic_id) as tx:
            rows = await pages.latest(tx.connection, limit=min(max(limit, 1), 200))
        url = counter.core.settings.public_url
        return JSONResponse(
            {"referrals": [await shown(row, counter.core.vault, url) for row in rows]}
        )

    @router.get("/{referral_id}")
    async def one(referral_id: UUID, clinic_id: Clinic) -> JSONResponse:
        """One of your referrals."""
        try:
            answer = await counter.show(clinic_id, referral_id)
        except UnknownReferralError:
            return not_found()
        return JSONResponse(answer, headers={"ETag": f'"{answer["version"]}"'})

    @router.post("/{referral_id}/withdraw")
    async def withdraw(
        referral_id: UUID, clinic_id: Clinic, why: Withdrawal | None = None
    ) -> JSONResponse:
        """Stop a referral: at once without a coach, confirmed by the coach otherwise."""
        reason = (why or Withdrawal()).reason
        return await _act(counter.withdraw(clinic_id, referral_id, reason), clinic_id, referral_id)

    @router.post("/{referral_id}/revoke-consent")
    async def revoke(referral_id: UUID, clinic_id: Clinic) -> JSONResponse:
        """The person took the consent back: everything stops at once."""
        return await _act(counter.revoke(clinic_id, referral_id), clinic_id, referral_id)

    @router.post("/{referral_id}/acknowledge-hold")
    async def acknowledge(referral_id: UUID, clinic_id: Clinic) -> JSONResponse:
        """A named person of the clinic has looked at what held this referral."""
        return await _act(counter.acknowledge(clinic_id, referral_id), clinic_id, referral_id)

    async def _act(work: Awaitable[None], clinic_id: UUID, referral_id: UUID) -> JSONResponse:
        try:
            await work
        except UnknownReferralError:
            return not_found()
        except IllegalTransitionError as error:
            return _illegal(error)
        return JSONResponse(await counter.show(clinic_id, referral_id))

    return router


def _answer(answer: dict[str, Any], status: int, media_type: str) -> Response:
    headers = {
        "Location": f"/v1/referrals/{answer['referral_id']}",
        "ETag": f'"{answer["version"]}"',
    }
    if "fhir" in media_type:
        response: Response = outcome_of(answer, status)
        response.headers.update(headers)
        return response
    return JSONResponse(answer, status, headers)


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _body(request: Request) -> bytes | None:
    """The body, read only as far as is allowed; nothing when it is larger."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _too_large() -> JSONResponse:
    return refusal(413, "too_large", "A submission has at most 4 MiB; native JSON 64 KiB.")


def _stale(error: StaleVersionError) -> JSONResponse:
    return refusal(
        409,
        "version_stale",
        "This referral has changed since you read it. Read it again and amend the new version.",
        version=error.version,
    )


def _illegal(error: IllegalTransitionError) -> JSONResponse:
    return refusal(
        409,
        "illegal_transition",
        f"A referral in the state '{error.state.value}' cannot do this.",
        state=error.state.value,
        allowed=[trigger.value for trigger in error.allowed],
    )
