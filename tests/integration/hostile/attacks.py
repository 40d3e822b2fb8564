"""Nasty requests, drawn by a seeded generator: equal seeds draw equal requests."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

NASTY = (
    "",
    "0",
    "-1",
    "9" * 5_000,
    "²",
    "1e999",
    "NaN",
    "null",
    "\0",
    "a\0b",
    "\ud7ff\uffff",
    "\u202e\u200b",
    "😀" * 300,
    "x" * 30_000,
    "%00%ff%",
    "../../etc/passwd",
    "' OR 1=1 --",
    "<script>",
    "{{7*7}}${7*7}",
    "\r\nSet-Cookie: a=b",
    "0000-00-00",
    "9999-12-31T23:59:60+25:00",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+14:00",
    "2026-11-27T10:00:00",
    str(UUID(int=0)),
    str(UUID(int=2**128 - 1)),
)
"""Values that have broken readers before."""

HEADERS = (
    "accept",
    "accept-language",
    "authorization",
    "content-type",
    "content-encoding",
    "cookie",
    "forwarded",
    "idempotency-key",
    "if-match",
    "origin",
    "range",
    "referer",
    "sec-fetch-site",
    "traceparent",
    "user-agent",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-request-id",
    "x-twilio-signature",
)
"""What services and the libraries under them read."""

COOKIES = ("clinic", "staff", "asked", "device", "offer")
FORM = b"application/x-www-form-urlencoded"
MEDIA_TYPES = (
    "application/json",
    "application/json; charset=\xff",
    "application/fhir+json",
    "application/fhir+xml",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-7",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "text/plain",
    "",
)
BODIES = (
    b"",
    b"\0",
    b"\xff\xfe\xfd",
    b"null",
    b"[]",
    b"{}",
    b'"x"',
    b"9" * 5_000,
    b'{"a": ' + b"9" * 5_000 + b"}",
    b'{"name": "\\ud800"}',
    b'{"name": "\\u0000"}',
    b'{"reason": "\\ud800"}',
    b'{"name": 1e999}',
    b"[" * 20_000,
    b'{"a":' * 5_000,
    b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": []}}]}',
    b'{"resourceType": "Bundle", "entry": {"resource": 1}, "identifier": "\\ud800"}',
    b"<Bundle xmlns='http://hl7.org/fhir'><entry/></Bundle>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]><Bundle>&a;</Bundle>",
    b"--b\r\nContent-Disposition: form-data; name=answer; filename=\0\r\n\r\nx\r\n--b--\r\n",
    b"--b\r\n",
    b"a=" + b"x" * 30_000,
    b"&".join(b"a=1" for _ in range(5_000)),
    b"%ff=%00&name=%ed%a0%80&answer=%00",
)
VALUES: tuple[Any, ...] = (
    *NASTY, "9999-12-31", "0001-01-01", "2026-02-30", "9999-12-31T23:59:59Z", "+1", "en-" * 40,
    None, True, 0, -1, 10**400, 1e308, [], {}, [[]], ["\ud800"], {"\ud800": "\0"}, {"a": {"a": []}},
)  # fmt: skip
"""What stands in for a value of a document that was right."""

RIGHT = {
    "answer": "accept",
    "channel": "phone",
    "decision": "again",
    "name": "Dr. Ana Ortiz",
    "outcome": "reached",
    "reason": "it was not there",
}
"""Values with which a form is acted upon, as far as one of its fields is not nasty."""


@dataclass(frozen=True, slots=True)
class Attack:
    """One request besides its address."""

    values: Mapping[str, str]
    """What stands for each parameter of the address."""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, bytes] = field(default_factory=dict)
    body: bytes = b""


def draw(
    chance: Random, parameters: tuple[str, ...], fields: tuple[str, ...], known: Mapping[str, str]
) -> Attack:
    """A request whose address is right half of the time, so that the rest of it is read too."""
    right = chance.random() < 0.5
    values = {
        name: known.get(name, str(UUID(int=7))) if right else chance.choice(NASTY)
        for name in parameters
    }
    query = {}
    if chance.random() < 0.3:
        query = {chance.choice((*fields, "q")): chance.choice(NASTY)}
    headers = {
        name: as_header(chance.choice(NASTY))
        for name in chance.sample(HEADERS, chance.choice((0, 1, 1, 2, 4)))
    }
    if chance.random() < 0.2:
        headers["cookie"] = as_header(f"{chance.choice(COOKIES)}={chance.choice(NASTY)}")
    if chance.random() < 0.8:
        headers["content-type"] = chance.choice(MEDIA_TYPES).encode("latin-1")
    return Attack(values, query, headers, _body(chance, fields or ("name",)))


def _body(chance: Random, fields: tuple[str, ...]) -> bytes:
    kind = chance.random()
    if kind < 0.4:
        return chance.choice(BODIES)
    if kind < 0.7:
        return "&".join(
            f"{name}={_quoted(value)}" for name, value in _filled(chance, fields).items()
        ).encode()
    if kind < 0.9:
        return json.dumps(_filled(chance, fields)).encode()
    return chance.randbytes(chance.choice((1, 40, 3_000)))


def _filled(chance: Random, fields: tuple[str, ...]) -> dict[str, str]:
    """A form in which one field is nasty, and others may be right."""
    values = {name: RIGHT.get(name) or chance.choice(NASTY) for name in fields}
    return {**values, chance.choice(fields): chance.choice(NASTY)}


def each_field(fields: tuple[str, ...], values: Mapping[str, str]) -> Iterator[tuple[str, Attack]]:
    """Each field with each nasty value, once in a form and once in the query; the rest is right."""
    for name in fields:
        for value in NASTY:
            filled = {other: RIGHT.get(other, "1") for other in fields} | {name: value}
            form = "&".join(f"{one}={_quoted(said)}" for one, said in filled.items()).encode()
            short = {one: said[:5_000] for one, said in filled.items()}
            yield name, Attack(values, {}, {"content-type": FORM}, form)
            yield name, Attack(values, short, {"content-type": FORM}, b"")


def each_parameter(values: Mapping[str, str]) -> Iterator[tuple[str, Attack]]:
    """Each parameter of an address with each nasty value; the others are right."""
    for name in values:
        for value in NASTY:
            yield name, Attack({**values, name: value})


def spoiled(chance: Random, document: Any) -> bytes:
    """A document with one or two of its values, at any depth, replaced by a nasty one."""
    tree = json.loads(json.dumps(document))
    for _ in range(chance.choice((1, 1, 2))):
        branch = tree
        while True:
            keys = list(branch) if isinstance(branch, dict) else list(range(len(branch)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(branch[key], dict | list) and branch[key] and chance.random() < 0.9:
                branch = branch[key]
                continue
            branch[key] = chance.choice(VALUES)
            break
    return json.dumps(tree).encode()


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


def as_header(text: str, most: int = 6_000) -> bytes:
    """As a header may hold it: no line ends, which no client could send, and not too long."""
    plain = text.replace("\r", "").replace("\n", "").replace("\0", "")
    return plain.encode("utf-8", "surrogatepass")[:most].strip()
