"""Whatever somebody sends to a link: never an error of ours, never a person, never a way out."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.matching.settings import Settings
from services.matching.wiring import SERVICE
from shared.messaging.own_history import HistoryState
from shared.offer_link import hash_of_code
from shared.service import assemble
from tests.integration.crash.matching import SHOWN
from tests.integration.crash.scenario import Stage
from tests.integration.matching.visit import visiting

ME = "LINK"
"""Stands for the code of a real offer, which no example knows beforehand."""

HOST = b"evil.example"


@dataclass(frozen=True, slots=True)
class Nasty:
    """One request, byte for byte."""

    method: str = "GET"
    path: str = f"/o/{ME}"
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""


@dataclass(slots=True)
class Answer:
    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Door:
    """The whole app of the service, as its server calls it."""

    app: FastAPI
    code: str
    cookie: str

    async def asks(self, nasty: Nasty) -> Answer:
        """Raises whatever the app lets out: a server would log it and answer 500."""
        path = nasty.path.replace(ME, self.code)
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": nasty.method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": nasty.query,
            "root_path": "",
            "headers": [(b"host", HOST), *nasty.headers],
            "client": ("192.0.2.1", 1),
            "server": ("127.0.0.1", 80),
        }
        answer = Answer()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": nasty.body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = dict(message["headers"])
            else:
                answer.body += message.get("body", b"")

        await self.app(scope, receive, send)
        return answer


@pytest.fixture
async def door(stage: Stage) -> AsyncIterator[Door]:
    """An offer whose coach has said yes on a device of their own."""
    async with visiting(stage, SHOWN) as visit:
        link = await visit.link()
        await visit.says_yes(link)
        [(name, value)] = ((one.name, one.value) for one in visit.http.cookies.jar)
        own = visit.process.settings
        assert isinstance(own, Settings)
        running = await assemble(SERVICE, own, stage.clock)
        running.health.history.found(HistoryState.CURRENT)  # no relay runs here to find it out
        try:
            yield Door(running.app, link.rpartition("/")[2], f"{name}={value}")
        finally:
            await running.close()


rubbish = st.one_of(
    st.text(max_size=40),
    st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")),
    st.sampled_from(["\0", "..", "/", "//", "%", "%2f", "\ud7ff", "é" * 22, "A" * 22, "A" * 9_000]),
)
codes = st.one_of(
    st.sampled_from([ME, f"{ME}\0", f"\0{ME}", f"{ME}A", f" {ME}", f"{ME}\n", ME.lower()]), rubbish
).map(lambda code: quote(code, safe=""))
paths = st.builds(
    "{}{}{}".format,
    st.sampled_from(["/o/", "//o/", "/O/", "/o//", "/"]),
    st.one_of(codes, st.sampled_from(["%ff%fe", "%c0%80", "%00", "%"])),
    st.sampled_from(["", "/", "/contact", "/contact/", "//", "/contact/x", "%00", "/../static/x"]),
)
fields = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from(["answer", "reason", "channel", "outcome", "lang", "saved"]), rubbish
        ),
        st.one_of(
            st.sampled_from(["accept", "pass", "accept\0", "phone", "reached", "es", "e" * 36]),
            rubbish,
        ),
    ),
    max_size=6,
)
queries = st.one_of(fields.map(lambda pairs: urlencode(pairs).encode()), st.binary(max_size=60))
bodies = st.one_of(
    fields.map(lambda pairs: urlencode(pairs).encode()),
    st.binary(max_size=200),
    st.sampled_from([b"answer=accept&answer=pass", b"\0", b"{", b"--x\r\n", b"a=" + b"b" * 99_000]),
)
kinds = st.sampled_from(
    [
        b"application/x-www-form-urlencoded",
        b"application/x-www-form-urlencoded; charset=\xff",
        b"multipart/form-data",
        b"multipart/form-data; boundary=x",
        b"multipart/form-data; boundary=x; charset=none",
        b"application/json",
        b"\xff\x00",
        b"",
    ]
)
values = st.one_of(
    st.binary(max_size=80),
    st.sampled_from([b"assignment-x=.", b"a" * 9_000, b"=;=;", b"\xff=\xff", b'"; $Version=1']),
)
headers = st.lists(
    st.tuples(
        st.sampled_from(
            [b"cookie", b"accept", b"accept-language", b"content-length", b"x-forwarded-host"]
        ),
        values,
    ),
    max_size=4,
)
nasties = st.builds(
    lambda method, path, query, kind, others, html, body: Nasty(
        method,
        path,
        query,
        (
            (b"content-type", kind),
            *others,
            *([(b"accept", b"text/html")] if html else []),
        ),
        body,
    ),
    st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "X"]),
    paths,
    queries,
    kinds,
    headers,
    st.booleans(),
    bodies,
)


@pytest.mark.timeout(180)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(nasty=nasties)
@example(nasty=Nasty(path="/o/%00"))
@example(nasty=Nasty(path=f"/o/{ME}/", query=b"\x80", headers=((b"accept", b"text/html"),)))
@example(nasty=Nasty("POST", "/o/%00", body=b"answer=accept"))
@example(nasty=Nasty(path=f"/o/{ME}/"))
@example(nasty=Nasty(path=f"/o/{ME}", headers=((b"cookie", b"assignment-x=\xff.\xff"),)))
@example(nasty=Nasty("POST", f"/o/{ME}", headers=((b"content-type", b"multipart/form-data"),)))
async def test_nasty_links(door: Door, nasty: Nasty) -> None:
    answer = await door.asks(nasty)
    assert 200 <= answer.status < 500
    assert b"Sam" not in answer.body
    assert HOST not in answer.headers.get(b"location", b"") + answer.body
    assert answer.headers[b"x-content-type-options"] == b"nosniff"


async def test_the_same_device_sees_the_person(door: Door) -> None:
    """Else the test above would never find out that somebody is shown."""
    cookie = ((b"cookie", door.cookie.encode()),)
    answer = await door.asks(Nasty(headers=cookie))
    assert b"Sam" in answer.body


@pytest.mark.parametrize("path", [f"/o/{ME}/", f"/o/{ME}/contact/", "/static", "/livez/"])
async def test_no_address_leads_to_the_host_that_a_request_names(door: Door, path: str) -> None:
    for method in ("GET", "POST"):
        answer = await door.asks(Nasty(method, path))
        assert answer.status in (404, 405)


async def test_the_code_of_a_link_is_kept_nowhere_only_its_hash(stage: Stage) -> None:
    """A reader of the database cannot answer for a coach."""
    async with visiting(stage, SHOWN) as visit:
        code = (await visit.link()).rpartition("/")[2]
        rows = await stage.store.rows()
        kept = json.dumps(rows["offers"], default=str)
        assert hash_of_code(code).hex() in kept
        assert code not in json.dumps(rows, default=str)
