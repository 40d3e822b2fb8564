"""No request is answered with a 5xx, none is led elsewhere by its Host, none acts from elsewhere.

The addresses come from the apps themselves. Each is asked as a stranger, as a clinic with its key
and session, as a signed-in supervisor and as the coach who has the link.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from twilio.request_validator import RequestValidator

from deploy.local.demo_input import HALE_AMENDED, body
from deploy.local.secret_files import secret
from shared.webui.body_limits import DEFAULT_BYTES
from tests.integration.hostile.attacks import (
    HEADERS,
    NASTY,
    Attack,
    as_header,
    draw,
    each_field,
    each_parameter,
    spoiled,
)
from tests.integration.hostile.routes import Route, routes
from tests.world.conversation import Conversation
from tests.world.engines import Engines
from tests.world.staff import add_staff, sign_in_link
from tests.world.stories import clinic, coach, submission
from tests.world.system import API_KEY, System

pytestmark = pytest.mark.timeout(300)

ROUTES = routes()
ATTACKS = 60
"""For each address and method."""
SEED = 20261127
DOCUMENTS = 150
"""Spoiled ones of each format."""
PROXY = "127.0.0.1"
TODAY = date(2026, 11, 23)
SUBMIT = Route("intake", "POST", "/v1/referrals")
AMEND = Route("intake", "PUT", "/v1/referrals/{referral_id}")


@dataclass(slots=True)
class Town:
    """The services, and somebody who may do something at each of them."""

    system: System
    known: dict[str, str] = field(default_factory=dict)
    """What is right for a parameter of an address."""
    cookies: dict[str, str] = field(default_factory=dict)
    """By service, the cookies of those who are signed in there."""
    client: httpx2.AsyncClient = field(
        default_factory=lambda: httpx2.AsyncClient(timeout=30, trust_env=False)
    )

    def address(self, route: Route, attack: Attack) -> httpx2.URL:
        path = route.path
        for name, value in attack.values.items():
            path = path.replace(f"{{{name}}}", quote(value[:7_000], safe="", errors="replace"))
        url = httpx2.URL(self.system.url(route.service) + path)
        return url.copy_merge_params(dict(attack.query)) if attack.query else url

    def right(self, route: Route) -> dict[str, str]:
        """Values for the parameters of an address that exist, where there are any."""
        return {name: self.known.get(name, "1") for name in route.parameters}

    async def referral(self) -> dict[str, Any]:
        """The referral of the story, as the clinic reads it."""
        url = f"{self.system.url('intake')}/v1/referrals/{self.known['referral_id']}"
        answer = await self.client.get(url, headers={"authorization": f"Bearer {API_KEY}"})
        found: dict[str, Any] = answer.json()
        return found

    async def send(self, route: Route, attack: Attack, number: int) -> httpx2.Response:
        headers = [
            ("authorization", f"Bearer {API_KEY}".encode()),
            ("cookie", self.cookies.get(route.service, "").encode()),
            # Everybody comes from elsewhere, or guesses would soon be slowed for all.
            ("x-forwarded-for", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}".encode()),
        ]
        raw = [(name, value) for name, value in headers if name not in attack.headers]
        raw += list(attack.headers.items())
        if route.path.startswith("/twilio"):
            raw.append(("x-twilio-signature", self.signature(route, attack)))
        self.client.cookies.clear()
        return await self.client.request(
            route.method,
            self.address(route, attack),
            headers=[(name.encode(), value) for name, value in raw],
            content=attack.body,
        )

    def signature(self, route: Route, attack: Attack) -> bytes:
        token = secret(self.system.site.secret_file("twilio.token"))
        form = dict(httpx2.QueryParams(attack.body.decode("latin-1")))
        url = f"{self.system.url('notifications')}{self.address(route, attack).path}"
        return str(RequestValidator(token).compute_signature(url, form)).encode()


@pytest.fixture(scope="module")
def system(engines: Engines) -> Iterator[System]:
    world = System(
        engines,
        asyncio.run(engines.new_site()),
        settings={
            "NOTIFICATIONS_TEXTS_OPEN": "00:00",
            "NOTIFICATIONS_TEXTS_CLOSE": "00:00",
            **{
                f"{name}_TRUSTED_PROXIES": PROXY for name in ("INTAKE", "MATCHING", "NOTIFICATIONS")
            },
        },
    )
    try:
        world.seed("intake", [clinic()])
        world.seed("matching", [coach(1)])
        world.start()
        yield world
    finally:
        world.stop()


@pytest.fixture
async def town(system: System) -> AsyncIterator[Town]:
    """A referral, an offer, a task and everybody's cookies, as far as they are there yet."""
    here = Town(system)
    async with Conversation(system) as talk:
        answer = await talk.clinic.post(f"{system.url('intake')}/v1/referrals", json=submission(1))
        here.known["referral_id"] = answer.json()["referral_id"]
        offer = await talk.text_to_a_coach(about="/o/")
        here.known["code"] = offer.link.rpartition("/")[2]
        signed = await talk.browser.post(
            f"{system.url('intake')}/sign-in",
            data={"api_key": API_KEY},
            follow_redirects=False,
        )
        here.cookies["intake"] = f"clinic={signed.cookies['clinic']}"
        await add_staff(system, "Robin", "robin@alongside.example", "supervisor")
        link = sign_in_link(system, "supervisor")
        await talk.browser.get(link)
        confirmed = await talk.browser.post(link)
        staff = f"staff={confirmed.cookies['staff']}"
        here.cookies |= {"matching": staff, "notifications": staff}
        await talk.type_text("+15392010001", "I do not know what this is about, who are you")
        here.known["task_id"] = await _a_task(system)
    async with here.client:
        yield here


async def _a_task(system: System) -> str:
    async with system.database("notifications") as connection:
        return str(await connection.fetchval("SELECT task_id FROM tasks LIMIT 1"))


def test_the_table_of_addresses_is_that_of_the_apps() -> None:
    named = {str(route) for route in ROUTES}
    assert "intake PUT /v1/referrals/{referral_id}" in named
    assert "matching POST /o/{code}" in named
    assert "notifications POST /twilio/inbound" in named
    assert sum(route.path == "/livez" for route in ROUTES) == 3


async def test_nothing_that_can_be_sent_is_answered_with_a_fault_of_ours(town: Town) -> None:
    faults, number = [], 0
    for route in ROUTES:
        chance = Random(f"{SEED} {route}")
        for _ in range(ATTACKS):
            attack, number = draw(chance, route.parameters, route.fields, town.known), number + 1
            try:
                answer = await town.send(route, attack, number)
            except httpx2.RemoteProtocolError:
                # What comes after the limit is not received, and may cut our answer off.
                assert len(attack.body) > DEFAULT_BYTES, str(attack)[:600]
                continue
            if answer.status_code >= 500:
                faults.append(f"{route}: {answer.status_code} {str(attack)[:600]}")
    assert faults == []
    assert not [
        line for line in town.system.logs().splitlines() if '"error"' in line and "5xx" in line
    ]


async def test_no_value_of_a_field_or_in_an_address_is_either(town: Town) -> None:
    faults, number = [], 500_000
    for route in ROUTES:
        right = town.right(route)
        for name, attack in (*each_field(route.fields, right), *each_parameter(right)):
            number += 1
            try:
                answer = await town.send(route, attack, number)
            except httpx2.RemoteProtocolError:
                assert len(attack.body) > DEFAULT_BYTES, str(attack)[:600]
                continue
            if answer.status_code >= 500:
                faults.append(f"{route} {name}: {answer.status_code} {str(attack)[:300]}")
    assert faults == []


async def test_no_value_in_a_document_that_was_right_is_either(town: Town) -> None:
    """Our own form and a FHIR Bundle, sent first and as an amendment."""
    bundle = json.loads(body(HALE_AMENDED, run="1", today=TODAY))
    documents = (("application/json", submission(2)), (HALE_AMENDED.content_type, bundle))
    amended = {"referral_id": town.known["referral_id"]}
    faults = []
    for media_type, document in documents:
        chance = Random(f"{SEED} {media_type}")
        for number in range(DOCUMENTS):
            version = str((await town.referral())["version"])
            headers = {"content-type": media_type, "if-match": version, "idempotency-key": number}
            raw = {name: str(value).encode() for name, value in headers.items()}
            sent = spoiled(chance, document)
            for route, values in ((SUBMIT, {}), (AMEND, amended)):
                answer = await town.send(route, Attack(values, {}, raw, sent), number)
                if answer.status_code >= 500:
                    faults.append(f"{route}: {answer.status_code} {sent[:3_000]!r}")
    assert faults == []


async def test_no_value_of_a_header_is_either(town: Town) -> None:
    values = {"referral_id": town.known["referral_id"]}
    for header in HEADERS:
        for number, value in enumerate(NASTY):
            attack = Attack(values, {}, {header: as_header(value, most=25_000)}, b"{}")
            answer = await town.send(AMEND, attack, 900_000 + number)
            assert answer.status_code < 500, (header, value[:40])


@pytest.mark.parametrize(
    "said",
    [{"origin": b"https://evil.example"}, {"origin": b"null"}, {"sec-fetch-site": b"cross-site"}],
    ids=["origin", "opaque", "fetch"],
)
async def test_another_sites_page_changes_nothing_anywhere(
    town: Town, said: dict[str, bytes]
) -> None:
    faults = []
    for route in ROUTES:
        if route.changes_something:
            answer = await town.send(route, Attack(town.right(route), {}, said, b""), 1)
            if (answer.status_code, answer.json()["code"]) != (403, "other_site"):
                faults.append(f"{route}: {answer.status_code} {answer.text[:200]}")
    assert faults == []


async def test_no_answer_leads_to_where_the_host_header_points(town: Town) -> None:
    elsewhere = {
        "host": b"evil.example",
        "x-forwarded-host": b"evil.example",
        "x-forwarded-proto": b"https",
        "accept": b"text/html",
    }
    faults = []
    for route in ROUTES:
        for path in (route.path, route.path.rstrip("/") + "/"):
            address = Route(route.service, route.method, path)
            answer = await town.send(address, Attack(town.right(route), {}, elsewhere, b""), 2)
            leads = answer.headers.get("location", "")
            if "evil.example" in leads + answer.text or "//" in leads or answer.status_code >= 500:
                faults.append(f"{address}: {answer.status_code} {leads}")
    assert faults == []
