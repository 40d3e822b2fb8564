"""Whatever arrives is read or refused with one error; it never does anything else."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.intake.fhir.bundle import READ
from services.intake.fhir.read import MAX_BYTES, read_bundle
from services.intake.rules.json_tree import Json
from services.intake.rules.problems import Code
from services.intake.rules.reading import Reading, UnreadableError
from services.intake.rules.screen import screen
from tests.contract.fhir.examples import FHIR_JSON, FHIR_XML, Tree
from tests.contract.fhir.invented import TODAY, bundle, entries, order, patient
from tests.unit.intake.drawn import POLICY

NS = b'xmlns="http://hl7.org/fhir"'
PATIENT_XML = b"<Patient " + NS + b'><birthDate value="1988-04-12"/></Patient>'
BOMB = (
    b'<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<Patient " + NS + b'><id value="&b;"/></Patient>'
)
OUTSIDE = (
    b'<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    b"<Patient " + NS + b"><text>&x;</text></Patient>"
)


def read_or_refused(raw: bytes, content_type: str) -> Reading | Code:
    try:
        reading = read_bundle(raw, content_type, today=TODAY)
    except UnreadableError as error:
        return error.problem.code
    screen(reading, today=TODAY, policy=POLICY)
    return reading


@pytest.mark.parametrize(
    ("raw", "content_type", "code"),
    [
        (b"", FHIR_JSON, Code.UNREADABLE),
        (b"[]", FHIR_JSON, Code.UNREADABLE),
        (b"{}", FHIR_JSON, Code.UNREADABLE),
        (b'{"resourceType": 3}', FHIR_JSON, Code.UNREADABLE),
        (b'{"resourceType": "Bundle", "entry": [NaN]}', FHIR_JSON, Code.UNREADABLE),
        (b'{"a":' * 90 + b"1" + b"}" * 90, FHIR_JSON, Code.TOO_DEEP),
        (b"[" * 100_000, FHIR_JSON, Code.TOO_DEEP),
        (b" " * (MAX_BYTES + 1), FHIR_JSON, Code.TOO_LARGE),
        (b" " * (MAX_BYTES + 1), FHIR_XML, Code.TOO_LARGE),
        (b"", FHIR_XML, Code.UNREADABLE),
        (b"<Patient", FHIR_XML, Code.UNREADABLE),
        (b"<Patient/>", FHIR_XML, Code.UNREADABLE),
        (b'<Patient xmlns="http://example.org"/>', FHIR_XML, Code.UNREADABLE),
        (b'<?xml version="1.0" encoding="nope"?><a/>', FHIR_XML, Code.UNREADABLE),
        (b"<!DOCTYPE Patient><Patient " + NS + b"/>", FHIR_XML, Code.UNREADABLE),
        (BOMB, FHIR_XML, Code.UNREADABLE),
        (OUTSIDE, FHIR_XML, Code.UNREADABLE),
        (PATIENT_XML, "text/html", Code.UNSUPPORTED_TYPE),
        (PATIENT_XML, "", Code.UNSUPPORTED_TYPE),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(
    raw: bytes, content_type: str, code: Code
) -> None:
    assert read_or_refused(raw, content_type) is code


def test_the_limit_is_four_mebibytes_and_a_body_at_it_is_read() -> None:
    assert MAX_BYTES == 4_194_304
    raw = bundle(entries()).ljust(MAX_BYTES)
    assert isinstance(read_or_refused(raw, FHIR_JSON), Reading)


def test_xml_that_is_nested_too_deep_is_refused() -> None:
    inner = b'<item><linkId value="a"/>' * 100 + b"</item>" * 100
    raw = b"<QuestionnaireResponse " + NS + b">" + inner + b"</QuestionnaireResponse>"
    assert read_or_refused(raw, FHIR_XML) is Code.TOO_DEEP
    endless = b"<a>" * 5000 + b"</a>" * 5000
    raw = b"<Patient " + NS + b">" + endless + b"</Patient>"
    assert read_or_refused(raw, FHIR_XML) is Code.UNREADABLE


def test_what_fhir_does_not_know_in_xml_is_counted_and_the_rest_is_read() -> None:
    raw = (
        b"<Patient " + NS + b'><birthDate value="1988-04-12"/><shoe value="42"/>'
        b'<x:y xmlns:x="urn:x" value="1"/><active value="perhaps"/></Patient>'
    )
    reading = read_or_refused(raw, FHIR_XML)
    assert isinstance(reading, Reading)
    assert reading.draft.person is not None
    assert str(reading.draft.person.birth_date) == "1988-04-12"
    assert reading.warnings[0].message.startswith("2 elements")


def test_an_xml_bundle_with_resources_nobody_reads_is_read() -> None:
    raw = (
        b"<Bundle " + NS + b'><type value="batch"/><entry><resource><Claim><shoe/></Claim>'
        b"</resource></entry><entry><resource>" + PATIENT_XML + b"</resource></entry>"
        b'<total value="many"/></Bundle>'
    )
    reading = read_or_refused(raw, FHIR_XML)
    assert isinstance(reading, Reading)
    assert reading.draft.person is not None
    assert reading.warnings == ()


def test_an_element_without_a_value_is_not_there() -> None:
    raw = b"<Patient " + NS + b'><birthDate/><name><family value="R"/><given/></name></Patient>'
    reading = read_or_refused(raw, FHIR_XML)
    assert isinstance(reading, Reading)
    assert (reading.problems, reading.warnings) == ((), ())
    assert reading.draft.person is not None
    assert reading.draft.person.name == "R"


def test_utf_16_is_read_as_xml_declares_it() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?>' + PATIENT_XML.decode()
    reading = read_or_refused(text.encode("utf-16"), FHIR_XML)
    assert isinstance(reading, Reading)
    assert reading.draft.person is not None


def test_a_doctype_is_refused_in_any_encoding() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE p>' + PATIENT_XML.decode()
    assert read_or_refused(text.encode("utf-16"), FHIR_XML) is Code.UNREADABLE


@given(st.binary(max_size=400), st.sampled_from([FHIR_JSON, FHIR_XML, "text/plain"]))
def test_any_bytes_are_read_or_refused(raw: bytes, content_type: str) -> None:
    assert read_or_refused(raw, content_type)


NAMES = sorted({name for names in READ.values() for name in names} | {"value", "coding", "x"})
LEAVES: st.SearchStrategy[Json] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["2020-13-45", "9999-99", "{}", "[]", "#a", "Patient/sam", "urn:uuid:"])
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=15,
)
HOW_MANY = 30
ODD = settings(max_examples=HOW_MANY, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@ODD
@given(st.sampled_from(sorted(READ)), st.dictionaries(st.sampled_from(NAMES), TREES, max_size=6))
@example("Patient", {"name": ['{"family": "x"}'], "deceasedBoolean": 1, "deceasedDateTime": "2"})
@example("Patient", {"contained": [{"resourceType": "Zed"}, 3], "resourceType": "Zed"})
def test_any_content_of_a_resource_is_read_or_refused(kind: str, content: Tree) -> None:
    raw = bundle([*entries(), {"resource": {**content, "resourceType": kind}}])
    assert read_or_refused(raw, FHIR_JSON)


def broken(tree: Json, data: st.DataObject) -> Json:
    """The tree with one value, anywhere in it, replaced by anything."""
    if not tree or not isinstance(tree, dict | list) or data.draw(st.integers(0, 5)) == 0:
        return data.draw(TREES)
    if isinstance(tree, dict):
        name = data.draw(st.sampled_from(list(tree)))
        return {**tree, name: broken(tree[name], data)}
    index = data.draw(st.integers(0, len(tree) - 1))
    return [*tree[:index], broken(tree[index], data), *tree[index + 1 :]]


@ODD
@given(st.data())
def test_any_value_broken_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    tree: Json = json.loads(bundle(entries()))
    assert read_or_refused(json.dumps(broken(tree, data)).encode(), FHIR_JSON)


def element(name: str, value: str, inside: list[str]) -> str:
    safe = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return f'<{name} value="{safe}" url="{safe}">{"".join(inside)}</{name}>'


XML_NAMES = st.sampled_from([*NAMES, "given", "family", "code", "resource", "Patient", "div"])
XML_VALUES = st.text('<&ab12-:/ "', max_size=9)
ELEMENTS = st.recursive(
    st.builds(element, XML_NAMES, XML_VALUES, st.just([])),
    lambda inner: st.builds(element, XML_NAMES, XML_VALUES, st.lists(inner, max_size=3)),
    max_leaves=10,
)


@ODD
@given(st.sampled_from(sorted(READ)), st.lists(ELEMENTS, max_size=5))
def test_any_xml_is_read_or_refused(kind: str, inside: list[str]) -> None:
    raw = f'<{kind} xmlns="http://hl7.org/fhir">{"".join(inside)}</{kind}>'
    assert read_or_refused(raw.encode(), FHIR_XML)


CANARY = "CANARY-7731"


def test_no_problem_repeats_what_was_sent() -> None:
    person = patient(
        **{
            CANARY: 1,
            "birthDate": CANARY,
            "name": CANARY,
            "telecom": [{"system": "phone", "value": CANARY}],
            "address": [{"state": CANARY, "postalCode": CANARY}],
            "deceasedBoolean": CANARY,
        }
    )
    asked = order(
        status=CANARY, intent=CANARY, authoredOn=CANARY, subject={"reference": "Patient/sam"}
    )
    raw = bundle(entries(person=person, asked=asked))
    reading = read_bundle(raw, FHIR_JSON, today=TODAY)
    found = screen(reading, today=TODAY, policy=POLICY)
    assert found.problems
    for problem in (*found.problems, *found.warnings):
        assert CANARY not in problem.message
        assert CANARY not in problem.field
