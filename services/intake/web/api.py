"""The clinics' API: submit, amend, read, withdraw, revoke, end, acknowledge."""

import asyncio
import json
from collections.abc import Awaitable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.actions.answer import FIRST_VERSION
from services.intake.on.referral_submitted import KeyReusedError, Stored
from services.intake.rules.closures import Told
from services.intake.rules.codes import WithdrawalReason
from services.intake.rules.quota import QuotaReachedError
from services.intake.rules.reading import UnreadableError
from services.intake.rules.states import IllegalTransitionError
from services.intake.web import refusals
from services.intake.web.access import Access
from services.intake.web.answers import outcome_of
from services.intake.web.clinic_requests import (
    ClinicRequests,
    NobodyNamedError,
    StaleVersionError,
    UnknownReferralError,
)
from services.intake.web.direct import Direct
from shared.webui.body_limits import allow_body

MAX_BYTES = 4 * 1024 * 1024
"""Of a FHIR Bundle; native JSON may have 64 KiB."""
MAX_KEY = 200
MAX_VERSION_DIGITS = 9
IDEMPOTENCY_KEY = {
    "name": "idempotency-key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": MAX_KEY},
}
IfMatch = Annotated[str | None, Header()]


class Withdrawal(BaseModel):
    """Why a clinic withdraws: one of a closed set, because words could name the person."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    reason: WithdrawalReason = WithdrawalReason.CLINIC_REQUEST


class End(BaseModel):
    """Why a referral is over at once: one of a closed set, because words could name the person."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    reason: Told


class Acknowledgement(BaseModel):
    """Who of the clinic has looked at what held the referral."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: str = Field(default="", max_length=128)


def api(requests: ClinicRequests, access: Access) -> APIRouter:
    """The routes under `/v1/referrals`. Each refusal names the rule and the way out."""
    router = APIRouter(prefix="/v1/referrals", tags=["referrals"])
    clinic = Depends(access.by_api_key)
    _submitting(router, requests, access)
    _amending(router, requests, clinic)
    _reading(router, requests, clinic)
    _acting(router, requests, clinic)
    return router


def _submitting(router: APIRouter, requests: ClinicRequests, access: Access) -> None:
    async def submit(request: Request) -> Response:
        """Submit a referral: native JSON, or a FHIR R4 Bundle as JSON or XML."""
        clinic_id = await access.by_api_key(request)
        idempotency_key = request.headers.get("idempotency-key")
        if not _is_usable(idempotency_key):
            return refusals.key_unusable()
        media_type = _media_type(request)
        body = await _body(request, requests.large_bodies(clinic_id))
        try:
            submission = await requests.read(clinic_id, body, media_type, idempotency_key)
            if submission is None:
                return refusals.no_key()
            stored = await requests.submit(submission)
        except UnreadableError as error:
            return refusals.unreadable(error.problem, media_type)
        except KeyReusedError as error:
            return refusals.key_reused(error)
        except QuotaReachedError as error:
            now = requests.core.clock.now()
            return refusals.quota_reached(request, error.reached, now, media_type)
        return _first_answer(stored, media_type)

    router.add_api_route(
        "",
        submit,
        methods=["POST"],
        status_code=201,
        openapi_extra={"parameters": [IDEMPOTENCY_KEY]},
        route_class_override=Direct,
    )


def _amending(router: APIRouter, requests: ClinicRequests, clinic: Any) -> None:
    @router.put("/{referral_id}")
    async def amend(
        request: Request, referral_id: UUID, if_match: IfMatch = None, clinic_id: UUID = clinic
    ) -> Response:
        """Amend a referral: the whole submission again, in any of the formats."""
        media_type = _media_type(request)
        version = (if_match or "").strip().removeprefix("W/").strip('"')
        if not (version.isascii() and version.isdigit() and len(version) <= MAX_VERSION_DIGITS):
            return refusals.no_version()
        body = await _body(request, requests.large_bodies(clinic_id))
        return await _refused_politely(
            _amended(requests, clinic_id, referral_id, body, media_type, int(version)), media_type
        )


async def _amended(
    requests: ClinicRequests,
    clinic_id: UUID,
    referral_id: UUID,
    body: bytes,
    media_type: str,
    version: int,
) -> Response:
    submission = await requests.read(clinic_id, body, media_type, str(referral_id))
    if submission is None:
        raise UnknownReferralError
    amended = await requests.amend(referral_id, submission, version)
    answer = await requests.show(clinic_id, referral_id)
    if amended.problems is not None:
        answer = {**answer, "problems": amended.problems}
    return _answer(answer, amended.code, media_type)


def _reading(router: APIRouter, requests: ClinicRequests, clinic: Any) -> None:
    @router.get("")
    async def latest(limit: int = 50, clinic_id: UUID = clinic) -> JSONResponse:
        """Your newest referrals with their timelines."""
        most, url = min(max(limit, 1), 200), requests.core.settings.public_url
        newest = await requests.list_newest(clinic_id, most=most, public_url=url)
        return JSONResponse({"referrals": newest})

    @router.get("/{referral_id}")
    async def one(referral_id: UUID, clinic_id: UUID = clinic) -> Response:
        """One of your referrals."""
        return await _refused_politely(_shown(requests, clinic_id, referral_id))


async def _shown(
    requests: ClinicRequests,
    clinic_id: UUID,
    referral_id: UUID,
    after: Awaitable[None] | None = None,
) -> Response:
    if after is not None:
        await after
    answer = await requests.show(clinic_id, referral_id)
    return JSONResponse(answer, headers={"ETag": f'"{answer["version"]}"'})


def _acting(router: APIRouter, requests: ClinicRequests, clinic: Any) -> None:
    @router.post("/{referral_id}/withdraw")
    async def withdraw(
        referral_id: UUID, why: Withdrawal | None = None, clinic_id: UUID = clinic
    ) -> Response:
        """Stop a referral: at once without a coach, confirmed by the coach otherwise."""
        reason = (why or Withdrawal()).reason.value
        work = requests.withdraw(clinic_id, referral_id, reason)
        return await _refused_politely(_shown(requests, clinic_id, referral_id, work))

    @router.post("/{referral_id}/revoke-consent")
    async def revoke(referral_id: UUID, clinic_id: UUID = clinic) -> Response:
        """The person took the consent back: everything stops at once."""
        work = requests.revoke(clinic_id, referral_id)
        return await _refused_politely(_shown(requests, clinic_id, referral_id, work))

    @router.post("/{referral_id}/end")
    async def end(referral_id: UUID, why: End, clinic_id: UUID = clinic) -> Response:
        """It is over at once: the person's own no, an error of yours, or the person has died."""
        work = requests.end(clinic_id, referral_id, why.reason)
        return await _refused_politely(_shown(requests, clinic_id, referral_id, work))

    @router.post("/{referral_id}/acknowledge-hold")
    async def acknowledge(
        referral_id: UUID, who: Acknowledgement | None = None, clinic_id: UUID = clinic
    ) -> Response:
        """Somebody of the clinic, by name, has looked at what held this referral."""
        work = requests.acknowledge(clinic_id, referral_id, who.name if who else None)
        return await _refused_politely(_shown(requests, clinic_id, referral_id, work))


async def _refused_politely(work: Awaitable[Response], media_type: str = "") -> Response:
    """The answer of `work`, or the refusal that its error means."""
    try:
        return await work
    except UnreadableError as error:
        return refusals.unreadable(error.problem, media_type)
    except UnknownReferralError:
        return refusals.not_found()
    except NobodyNamedError:
        return refusals.nobody_named()
    except StaleVersionError as error:
        return refusals.stale(error)
    except IllegalTransitionError as error:
        return refusals.illegal(error)


def _first_answer(stored: Stored, media_type: str) -> Response:
    """Our JSON is told as it is stored; it is read again only for FHIR."""
    status, body = stored.answer.status, stored.answer.body
    if "fhir" in media_type:
        return _answer(json.loads(body), status, media_type)
    headers = _headers(stored.referral_id, FIRST_VERSION)
    return Response(body, status, headers, media_type="application/json")


def _answer(answer: dict[str, Any], status: int, media_type: str) -> Response:
    headers = _headers(answer["referral_id"], answer["version"])
    if "fhir" in media_type:
        response = outcome_of(answer, status)
        response.headers.update(headers)
        return response
    return JSONResponse(answer, status, headers)


def _headers(referral_id: UUID | str, version: int) -> dict[str, str]:
    return {"Location": f"/v1/referrals/{referral_id}", "ETag": f'"{version}"'}


def _is_usable(key: str | None) -> bool:
    return key is None or (len(key.strip()) > 0 and len(key) <= MAX_KEY and key.isprintable())


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _body(request: Request, turns: asyncio.Semaphore) -> bytes:
    """The body of a submission, from a clinic that is known. Raises BodyTooLargeError."""
    allow_body(request, MAX_BYTES, turns)
    return await request.body()
