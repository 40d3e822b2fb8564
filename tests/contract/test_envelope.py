"""The envelope: CloudEvents in binary mode, and nothing that a record holds makes reading raise
anything but PermanentError."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import PermanentError
from shared.events import EVENT_TYPES, OWNERS, OfferExpired
from shared.messaging.envelope import (
    MAX_BODY,
    Envelope,
    Headers,
    Outbound,
    RecordHead,
    read,
    read_head,
    texts,
)
from shared.messaging.macs import HEADER, EventKeys, NotFromOwnerError
from tests.contract.samples import samples_of
from tests.world.event_keys import EVENT_KEYS

LooseHeaders = list[tuple[str, bytes | None]]

NAMES = (
    "ce_specversion",
    "ce_id",
    "ce_type",
    "ce_source",
    "ce_time",
    "ce_subject",
    "ce_sequence",
    "ce_epoch",
    "content-type",
    "correlation_id",
    "traceparent",
)
EVENT_ID = UUID("0192f0c1-7a4b-7c3d-9e2f-000000000001")
CORRELATION_ID = UUID("0192f0c1-7a4b-7c3d-9e2f-000000000002")
AT = datetime(2026, 11, 2, 15, 4, 5, 123456, UTC)

TRICKY_TEXTS = (
    "",
    " ",
    "1.0",
    "0",
    "-1",
    "007",
    "1_000",
    "²",
    "٣",
    "9" * 18,
    "9" * 19,
    "9" * 5000,
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-11-02",
    "2026-11-02T15:04:05",
    "2026-W45-1",
    "{" + str(EVENT_ID) + "}",
    "urn:uuid:" + str(EVENT_ID),
    str(EVENT_ID),
    *EVENT_TYPES,
)

values = st.none() | st.binary(max_size=40) | st.sampled_from(TRICKY_TEXTS).map(str.encode)
any_headers = st.lists(
    st.tuples(st.sampled_from(NAMES) | st.text(max_size=12), values), max_size=14
)
bodies = (
    st.none()
    | st.binary(max_size=200)
    | st.sampled_from([file.read_bytes() for name in EVENT_TYPES for file in samples_of(name)])
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode())
)
moments = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001 (hypothesis adds the zone)
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda east: timezone(timedelta(minutes=east))),
)
topics = st.sampled_from(sorted({kind.topic for kind in EVENT_TYPES.values()}))
ALL = frozenset(EVENT_TYPES)


def whole(event_type: str, *, seq: int = 7) -> tuple[Headers, bytes, UUID]:
    """Headers, body and key of a faultless record."""
    body = samples_of(event_type)[-1].read_bytes()
    key = EVENT_TYPES[event_type].model_validate_json(body).key
    sent = Outbound(
        source=OWNERS[EVENT_TYPES[event_type].topic],
        topic=EVENT_TYPES[event_type].topic,
        type=event_type,
        key=key,
        seq=seq,
        epoch=3,
        event_id=EVENT_ID,
        occurred_at=AT,
        correlation_id=CORRELATION_ID,
        body=body,
    )
    return [one for one in sent.headers(EVENT_KEYS) if one[0] != HEADER], body, key


def signed(topic: str, headers: LooseHeaders, body: bytes | None) -> LooseHeaders:
    """With the MAC of the topic's owner: what is wrong with it is the owner's own fault."""
    mac = EVENT_KEYS.mac(OWNERS[topic], topic, texts(headers), body or b"")
    return [*headers, (HEADER, mac.encode())]


def try_to_read(
    topic: str, key: bytes | None, headers: LooseHeaders, body: bytes | None
) -> Envelope | str:
    """The envelope, or the code of the refusal."""
    try:
        return read(
            topic=topic,
            key=key,
            headers=signed(topic, headers, body),
            body=body,
            used=ALL,
            keys=EVENT_KEYS,
        )
    except PermanentError as error:
        return error.code


@given(topics, st.none() | st.binary(max_size=40), any_headers, bodies)
def test_no_record_raises_anything_but_a_permanent_error(
    topic: str, key: bytes | None, headers: LooseHeaders, body: bytes | None
) -> None:
    answer = try_to_read(topic, key, headers, body)
    assert isinstance(answer, Envelope) or answer.replace("_", "").isalpha()


@given(st.sampled_from(sorted(EVENT_TYPES)), st.sampled_from(NAMES), values)
def test_a_faultless_record_with_one_header_replaced_is_read_or_refused(
    event_type: str, name: str, value: bytes | None
) -> None:
    """Null, not UTF-8, empty, of another kind: a code, never another exception."""
    headers, body, key = whole(event_type)
    replaced: LooseHeaders = [*((one, old) for one, old in headers if one != name), (name, value)]
    try_to_read(EVENT_TYPES[event_type].topic, str(key).encode(), replaced, body)
    read_head(str(key).encode(), replaced)


@given(st.sampled_from(sorted(EVENT_TYPES)), bodies)
def test_a_faultless_record_with_another_body_is_read_or_refused(
    event_type: str, body: bytes | None
) -> None:
    headers, _, key = whole(event_type)
    answer = try_to_read(EVENT_TYPES[event_type].topic, str(key).encode(), [*headers], body)
    if isinstance(answer, Envelope):
        assert answer.event is not None
        assert answer.event.key == key


@given(st.none() | st.binary(max_size=60), any_headers)
def test_the_place_of_a_record_is_always_readable(key: bytes | None, headers: LooseHeaders) -> None:
    place = read_head(key, headers)
    assert place.type is None or place.type in EVENT_TYPES
    assert place.seq is None or 0 < place.seq < 10**18


@given(st.sampled_from(sorted(EVENT_TYPES)))
def test_what_the_relay_writes_is_what_a_consumer_reads(event_type: str) -> None:
    headers, body, key = whole(event_type)
    kind = EVENT_TYPES[event_type]
    assert try_to_read(kind.topic, str(key).encode(), [*headers], body) == Envelope(
        event_id=EVENT_ID,
        type=event_type,
        topic=kind.topic,
        key=key,
        seq=7,
        epoch=3,
        occurred_at=AT,
        correlation_id=CORRELATION_ID,
        event=kind.model_validate_json(body),
    )
    assert read_head(None, [*headers]) == RecordHead(key, 7, event_type, EVENT_ID)


@given(moments, st.integers(1, 10**18 - 1), st.uuids(), st.uuids())
def test_time_order_and_ids_survive_the_journey(
    at: datetime, seq: int, event_id: UUID, correlation_id: UUID
) -> None:
    body = samples_of(OfferExpired.type)[-1].read_bytes()
    key = OfferExpired.model_validate_json(body).key
    sent = Outbound(
        source="matching",
        topic=OfferExpired.topic,
        type=OfferExpired.type,
        key=key,
        seq=seq,
        epoch=1,
        event_id=event_id,
        occurred_at=at,
        correlation_id=correlation_id,
        body=body,
    )
    headers: LooseHeaders = [*sent.headers(EVENT_KEYS)]
    answer = read(
        topic=OfferExpired.topic,
        key=str(key).encode(),
        headers=headers,
        body=body,
        used=ALL,
        keys=EVENT_KEYS,
    )
    assert isinstance(answer, Envelope)
    assert (answer.occurred_at, answer.seq) == (at.astimezone(UTC), seq)
    assert (answer.event_id, answer.correlation_id) == (event_id, correlation_id)


def test_the_headers_are_those_of_cloudevents_in_binary_mode() -> None:
    """CloudEvents 1.0, Kafka protocol binding §3.2; extensions and W3C's trace."""
    headers, _, key = whole("referral.accepted")
    assert headers == [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(EVENT_ID).encode()),
        ("ce_type", b"referral.accepted"),
        ("ce_source", b"/alongside/intake"),
        ("ce_time", b"2026-11-02T15:04:05.123456+00:00"),
        ("ce_subject", str(key).encode()),
        ("ce_sequence", b"7"),
        ("ce_epoch", b"3"),
        ("content-type", b"application/json"),
        ("correlation_id", str(CORRELATION_ID).encode()),
        ("traceparent", b"00-" + CORRELATION_ID.hex.encode() + b"-9e2f000000000001-01"),
    ]


def without(name: str) -> LooseHeaders:
    return [one for one in whole("referral.held")[0] if one[0] != name]


def changed(name: str, value: bytes | None) -> LooseHeaders:
    return [*without(name), (name, value)]


HELD = EVENT_TYPES["referral.held"].topic
KEY = str(whole("referral.held")[2]).encode()
BODY = whole("referral.held")[1]
OTHER_KEY = b"0192f0c1-7a4b-7c3d-9e2f-00000000ffff"


@pytest.mark.parametrize(
    ("code", "topic", "key", "headers", "body"),
    [
        *(
            ("envelope_incomplete", HELD, KEY, without(name), BODY)
            for name in ("ce_specversion", "ce_id", "ce_type", "ce_time", "ce_sequence", "ce_epoch")
        ),
        ("envelope_incomplete", HELD, KEY, changed("ce_id", None), BODY),
        ("envelope_incomplete", HELD, KEY, changed("ce_type", b"\xff\xfe"), BODY),
        ("envelope_incomplete", HELD, KEY, changed("ce_specversion", b"0.3"), BODY),
        ("envelope_incomplete", HELD, KEY, changed("ce_sequence", b"0"), BODY),
        ("envelope_incomplete", HELD, KEY, changed("ce_time", b"2026-11-02T15:04:05"), BODY),
        ("envelope_incomplete", HELD, KEY, changed("ce_time", b"0001-01-01T00:00:00+14:00"), BODY),
        ("unknown_type", HELD, KEY, changed("ce_type", b"referral.sold"), BODY),
        ("type_on_wrong_topic", "alongside.people.v1", KEY, without(""), BODY),
        ("key_differs_from_subject", HELD, None, without(""), BODY),
        ("key_differs_from_subject", HELD, b"\xff", without(""), BODY),
        ("key_differs_from_subject", HELD, OTHER_KEY, without(""), BODY),
        ("key_differs_from_body", HELD, OTHER_KEY, changed("ce_subject", OTHER_KEY), BODY),
        ("tombstone", HELD, KEY, without(""), None),
        ("tombstone", HELD, KEY, without(""), b""),
        ("body_too_large", HELD, KEY, without(""), BODY + b" " * MAX_BODY),
        ("body_invalid", HELD, KEY, without(""), b"\xff"),
        ("body_invalid", HELD, KEY, without(""), b"[]"),
        ("body_invalid", HELD, KEY, without(""), b"{}"),
        ("body_invalid", HELD, KEY, without(""), b"[" * 100_000),
        ("body_invalid", HELD, KEY, without(""), BODY.replace(b"safety", b"sold")),
    ],
    ids=lambda value: value if isinstance(value, str) and "." not in value else "",
)
def test_each_fault_has_its_code(
    code: str, topic: str, key: bytes | None, headers: LooseHeaders, body: bytes | None
) -> None:
    assert try_to_read(topic, key, headers, body) == code


def test_a_record_without_correlation_starts_its_own() -> None:
    answer = try_to_read(HELD, KEY, without("correlation_id"), BODY)
    assert isinstance(answer, Envelope)
    assert answer.correlation_id == EVENT_ID


def test_the_body_of_a_type_that_is_not_used_is_left_unread() -> None:
    headers = signed(HELD, without(""), b"\xff")
    answer = read(
        topic=HELD, key=KEY, headers=headers, body=b"\xff", used=frozenset(), keys=EVENT_KEYS
    )
    assert (answer.event, answer.seq) == (None, 7)


def refused(headers: LooseHeaders, body: bytes | None, keys: EventKeys = EVENT_KEYS) -> bool:
    try:
        read(topic=HELD, key=KEY, headers=headers, body=body, used=ALL, keys=keys)
    except NotFromOwnerError:
        return True
    except PermanentError:
        return False
    return False


GENUINE = signed(HELD, without(""), BODY)


def test_a_record_without_a_mac_is_refused_whatever_else_it_says() -> None:
    assert not refused(GENUINE, BODY)
    assert refused(without(""), BODY)
    assert refused([], b"")


@given(st.sampled_from(sorted(set(NAMES) - {"content-type", "traceparent"})), st.binary(max_size=9))
def test_no_header_that_decides_anything_can_be_changed(name: str, value: bytes) -> None:
    others = [one for one in GENUINE if one[0] != name]
    old = dict(GENUINE)[name]
    assert refused([*others, (name, value)], BODY) == (value != old)


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_no_byte_of_a_body_can_be_changed(place: int, flip: int) -> None:
    body = bytearray(BODY)
    body[place] ^= flip
    assert refused(GENUINE, bytes(body))


def test_bytes_cannot_move_between_a_header_and_the_body() -> None:
    others = [one for one in GENUINE if one[0] != "correlation_id"]
    longer = (dict(GENUINE)["correlation_id"] or b"") + BODY[:1]
    assert refused([*others, ("correlation_id", longer)], BODY[1:])


def test_no_service_can_speak_for_another_one() -> None:
    mac = EVENT_KEYS.mac("matching", HELD, texts(without("")), BODY)
    assert refused([*without(""), (HEADER, mac.encode())], BODY)


def test_a_key_is_rotated_without_a_record_being_refused() -> None:
    old, new = EVENT_KEYS.by_owner["intake"][0], bytes(range(32))
    both, only_new = EventKeys({"intake": [new, old]}), EventKeys({"intake": [new]})
    mac = both.mac("intake", HELD, texts(without("")), BODY)
    fresh: LooseHeaders = [*without(""), (HEADER, mac.encode())]
    assert not refused(fresh, BODY, only_new)
    assert not refused(GENUINE, BODY, both)
    assert refused(GENUINE, BODY, only_new)
