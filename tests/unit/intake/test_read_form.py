"""The native JSON submission: strict in shape, whole in its answer, silent about values."""

import json
import textwrap
from copy import deepcopy
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules import form
from services.intake.rules.codes import (
    EventKind,
    Intent,
    KindOfSupport,
    Pathway,
    SourceFormat,
    Urgency,
    Wish,
)
from services.intake.rules.draft import ContactHours, Reason, RiskEvent
from services.intake.rules.json_tree import Json
from services.intake.rules.problems import Code
from services.intake.rules.read_form import MAX_BYTES, path_of, read_submission
from services.intake.rules.reading import Reading, UnreadableError

DOCUMENTED = textwrap.dedent((form.__doc__ or "").partition("::")[2])
EXAMPLE: dict[str, dict[str, Json]] = json.loads(DOCUMENTED)


def read(tree: object) -> Reading:
    return read_submission(json.dumps(tree).encode())


def places(tree: object) -> list[tuple[Code, str]]:
    return [(problem.code, problem.field) for problem in read(tree).problems]


def changed(part: str, **values: Json) -> dict[str, dict[str, Json]]:
    tree = deepcopy(EXAMPLE)
    tree.setdefault(part, {}).update(values)
    return tree


def test_the_documented_example_is_read_whole() -> None:
    reading = read(EXAMPLE)
    draft, person, request = reading.draft, reading.draft.person, reading.draft.request
    assert reading.problems == ()
    assert person is not None
    assert request is not None
    assert (draft.source, draft.business_key) == (
        SourceFormat.JSON,
        "https://clinic.example/referrals|R-1001",
    )
    assert (person.name, person.birth_date, person.phone, person.languages) == (
        *("Sam Rivera", date(1988, 4, 12), "+19185550143"),
        ("en",),
    )
    assert (person.address.state, person.address.postal_code) == ("OK", "74047")
    assert (person.contact.text_ok, person.contact.voicemail_ok) == (True, False)
    assert request.authored_on == datetime(2026, 3, 2, 21, 4, 5, tzinfo=UTC)
    assert request.kinds_of_support == (KindOfSupport.MENTORING,)
    assert (request.must, request.urgency) == ((Wish.WOMAN,), Urgency.ROUTINE)
    assert draft.consent is not None
    assert draft.consent.is_tied
    assert draft.consent.expires_on == date(2027, 3, 1)
    assert draft.treatment_link is not None
    assert draft.treatment_link.verified_on == date(2026, 3, 1)


def test_an_empty_submission_is_read_and_left_to_screening() -> None:
    reading = read({})
    assert reading.problems == ()
    assert reading.draft.consent is None
    assert reading.draft.request is not None
    assert reading.draft.request.intent is Intent.ORDER


def test_every_field_that_breaks_its_shape_is_named_at_once_and_the_rest_is_kept() -> None:
    tree = changed("person", birth_date="12.04.1988", languages=["en", "!!", "es"], phone=9)
    tree["request"].update({"urgency": "soon", "authored_on": "2026-03-02T15:04:05"})
    tree["surprise"] = {}
    reading = read(tree)
    assert {(p.code, p.field) for p in reading.problems} == {
        (Code.INVALID_VALUE, "person.birth_date"),
        (Code.INVALID_VALUE, "person.languages[1]"),
        (Code.INVALID_VALUE, "person.phone"),
        (Code.INVALID_VALUE, "request.urgency"),
        (Code.INVALID_VALUE, "request.authored_on"),
        (Code.UNKNOWN_FIELD, "surprise"),
    }
    assert reading.draft.person is not None
    assert reading.draft.person.languages == ("en", "es")
    assert reading.draft.person.name == "Sam Rivera"


@pytest.mark.parametrize(
    ("part", "field", "value", "sentence"),
    [
        ("person", "birth_date", "0", "Write a real date as YYYY-MM-DD."),
        ("person", "birth_date", 0, "Write a real date as YYYY-MM-DD."),
        ("person", "birth_date", "2023-02-29", "Write a real date as YYYY-MM-DD."),
        (
            *("request", "authored_on", 1700000000),
            "Write a time as YYYY-MM-DDThh:mm:ss with an offset from UTC.",
        ),
        (
            *("request", "authored_on", "2026-03-02T10:00"),
            "Add the offset from UTC to the time, such as -06:00 or Z.",
        ),
        ("request", "urgency", "x", "Use one of these: 'fast_lane', 'urgent' or 'routine'."),
        ("person", "deceased", "yes", "Write true or false."),
        ("person", "name", "", "This text is empty. Fill it in or leave the field out."),
        ("person", "name", "x" * 129, "This text is too long. Shorten it."),
        ("person", "email", "sam", "This value does not have the form that is required here."),
    ],
)
def test_a_sentence_says_the_way_out(part: str, field: str, value: Json, sentence: str) -> None:
    [problem] = read(changed(part, **{field: value})).problems
    assert (problem.code, problem.field) == (Code.INVALID_VALUE, f"{part}.{field}")
    assert problem.message == sentence


def test_a_missing_part_takes_its_whole_with_it() -> None:
    tree = changed("person", contact={"hours": [{"weekday": 1, "start_minute": 540}]})
    reading = read(tree)
    assert [(p.code, p.field) for p in reading.problems] == [
        (Code.MISSING_VALUE, "person.contact.hours[0].end_minute")
    ]
    assert reading.draft.person is not None
    assert reading.draft.person.contact.hours == ()


def test_names_of_unknown_fields_are_not_repeated_unless_they_are_plain() -> None:
    assert places({"Jane Doe, 555-1234": 1, "persn": {}}) == [
        (Code.UNKNOWN_FIELD, "?"),
        (Code.UNKNOWN_FIELD, "persn"),
    ]
    assert path_of(("person", "languages", 0, "x y")) == "person.languages[0].?"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40))
def test_no_sentence_repeats_what_was_sent(text: str) -> None:
    canary = f"cän4ry{text}"
    fields = ["birth_date", "phone", "email", "pronouns", "zone", "deceased", "languages"]
    tree = {"person": dict.fromkeys(fields, canary), "request": canary, "events": [canary]}
    for problem in read(tree).problems:
        assert "cän4ry" not in problem.message
        assert "cän4ry" not in problem.field


def test_codes_come_sorted_once_and_a_must_is_no_wish() -> None:
    tree = changed(
        "request",
        kinds_of_support=["mentoring", "advocacy", "mentoring"],
        must=["woman"],
        prefer=["veteran", "woman"],
        fit={"pathway": "twelve_step"},
        reasons=[{"system": "s", "code": "b"}, {"system": "s", "code": "a"}],
    )
    request = read(tree).draft.request
    assert request is not None
    assert request.kinds_of_support == (KindOfSupport.ADVOCACY, KindOfSupport.MENTORING)
    assert (request.must, request.prefer) == ((Wish.WOMAN,), (Wish.VETERAN,))
    assert request.fit.pathway is Pathway.TWELVE_STEP
    assert request.reasons == (Reason("s", "a"), Reason("s", "b"))


def test_hours_instruments_and_events_are_read() -> None:
    tree: dict[str, Json] = {
        "person": {"contact": {"hours": [{"weekday": 2, "start_minute": 540, "end_minute": 1020}]}},
        "instruments": [
            {"instrument": "c_ssrs", "items": {"/93246-7": "LA32-8"}, "stated_level": "LA9194-7"}
        ],
        "events": [{"kind": "overdose", "on": "2026-02-20"}],
    }
    draft = read(tree).draft
    assert draft.person is not None
    assert draft.person.contact.hours == (ContactHours(2, 540, 1020),)
    assert draft.instruments[0].items == (("93246-7", "LA32-8"),)
    assert draft.instruments[0].stated_level == "LA9194-7"
    assert draft.events == (RiskEvent(date(2026, 2, 20), EventKind.OVERDOSE),)


def test_a_requester_without_a_name_or_a_reference_is_none() -> None:
    request = read(changed("request", requester={"name": "  "})).draft.request
    assert request is not None
    assert request.requester is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", Code.UNREADABLE),
        (b"[]", Code.UNREADABLE),
        (b'"text"', Code.UNREADABLE),
        (b"{", Code.UNREADABLE),
        (b"\xff\xfe{}", Code.UNREADABLE),
        (b'{"person": {"name": "a\\u0000b"}}', Code.UNREADABLE),
        (b'{"person": {"name": "\\ud800"}}', Code.UNREADABLE),
        (b'{"a\\u0000b": 1}', Code.UNREADABLE),
        (b'{"request": NaN}', Code.UNREADABLE),
        (b'{"request": 1e999}', Code.UNREADABLE),
        (b'{"request": ' + b"9" * 5000 + b"}", Code.UNREADABLE),
        (b'{"a":' * 70 + b"1" + b"}" * 70, Code.TOO_DEEP),
        (b"[" * 60_000, Code.TOO_DEEP),
        (b" " * (MAX_BYTES + 1), Code.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(raw: bytes, code: Code) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_submission(raw)
    assert caught.value.problem.code is code
    assert str(caught.value) == caught.value.problem.message


def test_a_body_at_the_limit_is_read() -> None:
    assert read_submission(b"{}".ljust(MAX_BYTES)).problems == ()


def reading_or_refusal(raw: bytes) -> Reading | str:
    try:
        return read_submission(raw)
    except UnreadableError as error:
        return error.problem.message


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    assert reading_or_refusal(raw)


KEYS = st.sampled_from(
    [*EXAMPLE, *form.PersonForm.model_fields, *form.RequestForm.model_fields, "x"]
)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(KEYS, TREES, max_size=6))
def test_any_tree_is_read_or_refused(tree: dict[str, Json]) -> None:
    assert reading_or_refusal(json.dumps(tree).encode())


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20))
def test_a_name_is_read_alike_alone_and_beside_a_field_that_nobody_knows(name: str) -> None:
    """A form that breaks no rule is read in one pass, any other with care."""
    alone = changed("person", name=name)
    try:
        beside = read({**alone, "unknown": 1})
    except UnreadableError:
        with pytest.raises(UnreadableError):
            read(alone)
    else:
        assert read(alone).draft == beside.draft


@pytest.mark.parametrize("mark", [" ", "\ufeff"])
def test_what_stands_around_the_object_changes_nothing(mark: str) -> None:
    raw = mark.encode() + json.dumps(EXAMPLE).encode()
    assert read_submission(raw) == read(EXAMPLE)
