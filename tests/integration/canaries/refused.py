"""Requests that are refused, each of which says the planted string in another place."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2

from tests.integration.canaries.planted import CLINIC_KEY, REFUSED, json_of, native
from tests.world.system import System

[WORD] = REFUSED.values()
SECRET = f"{WORD}.{WORD * 4}"
REFERRALS = "/v1/referrals"
JSON, FHIR, XML = "application/json", "application/fhir+json", "application/fhir+xml"


@dataclass(frozen=True, slots=True)
class Wrong:
    """One wrong request, by the place that holds the string."""

    method: str
    service: str
    path: str
    body: bytes | dict[str, str] = b""
    """Bytes, or the fields of a form."""
    headers: dict[str, str] = field(default_factory=dict)


def _json(body: bytes, media_type: str = JSON, **more: str) -> Wrong:
    headers = {"Content-Type": media_type, **{k.replace("_", "-"): v for k, v in more.items()}}
    return Wrong("POST", "intake", REFERRALS, body, headers)


def _changed(**parts: Any) -> bytes:
    return json_of({**native(), **parts})


def wrong_requests(offer_path: str) -> dict[str, Wrong]:
    """All of them, by name; `offer_path` is the page of an offer that lives."""
    return {**_submissions(), **_elsewhere_at_intake(), **_at_the_others(offer_path)}


def _submissions() -> dict[str, Wrong]:
    return {
        "half a JSON body": _json(f'{{"person": {{"name": "{WORD}"'.encode()),
        "a list": _json(json_of([WORD])),
        "a field nobody knows": _json(_changed(**{WORD: WORD})),
        "a name that is an object": _json(_changed(person={"name": {WORD: WORD}})),
        "a birth date in words": _json(_changed(person={"birth_date": WORD, "email": WORD})),
        "an urgency in words": _json(_changed(request={"urgency": WORD, "must": [WORD]})),
        "languages in words": _json(_changed(person={"languages": [f"{WORD}!"]})),
        "bytes that are no text": _json(b"\xff" + WORD.encode()),
        "another media type": _json(WORD.encode(), f"text/{WORD}"),
        "FHIR of another kind": _json(json_of({"resourceType": WORD}), FHIR),
        "a Bundle of nothing": _json(
            json_of({"resourceType": "Bundle", "type": WORD, "entry": WORD}), FHIR
        ),
        "XML that breaks off": _json(f"<Bundle><{WORD}>".encode(), XML),
        "XML with an entity": _json(
            f"<!DOCTYPE x [<!ENTITY {WORD} '{WORD}'>]><Bundle>&{WORD};</Bundle>".encode(), XML
        ),
        "a long Idempotency-Key": _json(b"{}", Idempotency_Key=WORD * 20),
    }


def _elsewhere_at_intake() -> dict[str, Wrong]:
    somebody = f"{REFERRALS}/{uuid4()}"
    return {
        "an id in words": Wrong("GET", "intake", f"{REFERRALS}/{WORD}"),
        "a limit in words": Wrong("GET", "intake", f"{REFERRALS}?limit={WORD}"),
        "a reason in words": Wrong(
            "POST", "intake", f"{somebody}/withdraw", json_of({"reason": WORD}), _typed(JSON)
        ),
        "half a reason": Wrong(
            "POST", "intake", f"{somebody}/withdraw", f'{{"reason": "{WORD}'.encode(), _typed(JSON)
        ),
        "a version in words": Wrong("PUT", "intake", somebody, b"{}", {"If-Match": WORD}),
        "a key nobody has": Wrong(
            "GET", "intake", f"{REFERRALS}/{WORD}", headers={"Authorization": f"Bearer {SECRET}"}
        ),
        "a sign-in with it": Wrong("POST", "intake", "/sign-in", {"api_key": SECRET}),
        "a page nobody has": Wrong("GET", "intake", f"/{WORD}?{WORD}={WORD}"),
        "a status page in words": Wrong("GET", "intake", f"/referrals/{WORD}"),
        "a method nobody has": Wrong("DELETE", "intake", f"{REFERRALS}/{WORD}"),
    }


def _at_the_others(offer_path: str) -> dict[str, Wrong]:
    return {
        "an offer nobody made": Wrong("GET", "matching", f"/o/{WORD}"),
        "an answer to no offer": Wrong("POST", "matching", f"/o/{WORD}", {"answer": WORD}),
        "an answer in words": Wrong("POST", "matching", offer_path, {"answer": WORD}),
        "a page of matching": Wrong("GET", "matching", f"/{WORD}"),
        "a forged text": Wrong(
            "POST", "notifications", "/twilio/inbound", {"From": WORD, "Body": WORD}
        ),
        "a forged receipt": Wrong(
            "POST", "notifications", f"/twilio/status/{uuid4()}/1", {"MessageStatus": WORD}
        ),
        "a receipt of nothing": Wrong("POST", "notifications", f"/twilio/status/{WORD}/{WORD}"),
        "a page of notifications": Wrong("GET", "notifications", f"/{WORD}"),
    }


def _typed(media_type: str) -> dict[str, str]:
    return {"Content-Type": media_type}


async def send_all(system: System, offer_path: str) -> dict[str, httpx2.Response]:
    """The answer to each wrong request."""
    answers = {}
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
        for name, wrong in wrong_requests(offer_path).items():
            form = wrong.body if isinstance(wrong.body, dict) else None
            answers[name] = await client.request(
                wrong.method,
                f"{system.url(wrong.service)}{wrong.path}",
                content=wrong.body if isinstance(wrong.body, bytes) and wrong.body else None,
                data=form,
                headers={"Authorization": f"Bearer {CLINIC_KEY}", **wrong.headers},
            )
    return answers
