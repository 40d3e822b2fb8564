"""What a Bundle says, wherever it says it and in whatever order."""

import json
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.fhir.read import read_bundle
from services.intake.fhir.systems import OURS, SDOHCC, SNOMED
from services.intake.rules.codes import (
    FamilySituation,
    KindOfSupport,
    Modality,
    Pathway,
    Urgency,
    Wish,
)
from services.intake.rules.draft import Draft, Reason
from services.intake.rules.json_tree import Json
from services.intake.rules.problems import Code
from services.intake.rules.reading import Reading, UnreadableError
from services.intake.rules.screen import screen
from services.intake.rules.states import State
from tests.contract.fhir.examples import FHIR_JSON, Tree, concept
from tests.contract.fhir.invented import (
    ME,
    TODAY,
    bundle,
    draft,
    entries,
    entry,
    order,
    patient,
    request_of,
)
from tests.unit.intake.drawn import POLICY

V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"


def answers(code: str, subject: str = ME) -> Tree:
    """A PHQ-9 of this person with one answer to its ninth item."""
    coding: Tree = {"system": "http://loinc.org", "code": code}
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": {"reference": subject},
        "item": [{"linkId": "44260-8", "answer": [{"valueCoding": coding}]}],
    }


def facts(found: Draft) -> str:
    """A draft as text, down to the last field."""

    def plain(value: object) -> object:
        names = getattr(value, "__dataclass_fields__", None)
        if names is not None:
            return {name: plain(getattr(value, name)) for name in names}
        return [plain(item) for item in value] if isinstance(value, tuple) else str(value)

    return json.dumps(plain(found), sort_keys=True)


def test_a_complete_bundle_is_ready() -> None:
    reading = read_bundle(bundle(entries()), FHIR_JSON, today=TODAY)
    found = screen(reading, today=TODAY, policy=POLICY)
    assert (found.state, found.problems, found.warnings) == (State.READY, (), ())


@given(st.data())
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_the_order_of_entries_does_not_matter(data: st.DataObject) -> None:
    twins = [
        order(id="other"),
        patient(id="other", name=[{"family": "Other"}]),
        answers("LA6568-5"),
        answers("LA6571-9"),
    ]
    found = entries(*twins)
    shuffled = data.draw(st.permutations(found))
    one = read_bundle(bundle(found), FHIR_JSON, today=TODAY)
    other = read_bundle(bundle(shuffled), FHIR_JSON, today=TODAY)
    assert facts(one.draft) == facts(other.draft)
    assert one.problems == other.problems


@pytest.mark.parametrize("kind", ["collection", "transaction", "batch", "message", "searchset"])
def test_a_bundle_of_any_type_is_read(kind: str) -> None:
    raw = bundle(entries(), type=kind)
    assert facts(read_bundle(raw, FHIR_JSON, today=TODAY).draft) == facts(draft())


@pytest.mark.parametrize(
    "content_type",
    ["application/fhir+json", "application/json", "Application/FHIR+JSON; charset=utf-8"],
)
def test_json_is_taken_under_its_usual_names(content_type: str) -> None:
    assert read_bundle(bundle(entries()), content_type, today=TODAY).problems == ()


def test_a_worker_process_gives_back_the_same_reading_or_the_same_error() -> None:
    raw = bundle(entries())
    here = read_bundle(raw, FHIR_JSON, today=TODAY)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there: Reading = pool.submit(read_bundle, raw, FHIR_JSON, today=TODAY).result()
        assert facts(there.draft) == facts(here.draft)
        assert (there.problems, there.warnings) == (here.problems, here.warnings)
        refused = pool.submit(read_bundle, b"{", FHIR_JSON, today=TODAY)
        with pytest.raises(UnreadableError, match="not JSON"):
            refused.result()


@pytest.mark.parametrize(
    ("reference", "resolves"),
    [
        (ME, True),
        ("Patient/sam", True),
        ("Patient/sam/_history/3", True),
        ("https://ehr.example/fhir/Patient/sam", False),
        ("Patient/nobody", False),
        ("#sam", False),
        ("Organization/clinic", False),
    ],
)
def test_a_reference_resolves_to_what_came_along_or_not_at_all(
    reference: str, resolves: bool
) -> None:
    found = draft(asked=order(subject={"reference": reference}))
    assert (found.person is not None) is resolves


def test_an_absolute_reference_resolves_to_the_entry_with_that_url() -> None:
    url = "https://ehr.example/fhir/Patient/sam"
    found = entries(asked=order(subject={"reference": url}))
    found[0]["fullUrl"] = url
    assert read_bundle(bundle(found), FHIR_JSON, today=TODAY).draft.person is not None


def test_a_contained_reason_counts_and_an_absent_one_is_an_issue() -> None:
    condition: Tree = {
        "resourceType": "Condition",
        "id": "why",
        "code": concept(SNOMED, "370143000"),
        "subject": {"reference": ME},
    }
    there = request_of(contained=[condition], reasonReference=[{"reference": "#why"}])
    assert (there.reasons, there.has_unresolved_reason) == ((Reason(SNOMED, "370143000"),), False)
    gone = request_of(reasonReference=[{"reference": "#why"}, {"display": "Depression"}])
    assert (gone.reasons, gone.has_unresolved_reason) == ((), True)


@pytest.mark.parametrize(
    ("priority", "urgency"),
    [
        ("routine", Urgency.ROUTINE),
        ("urgent", Urgency.URGENT),
        ("asap", Urgency.URGENT),
        ("stat", Urgency.URGENT),
        (None, Urgency.ROUTINE),
    ],
)
def test_priority_says_how_fast(priority: str | None, urgency: Urgency) -> None:
    assert request_of(priority=priority).urgency is urgency


def test_wishes_kinds_and_fit_are_codes_in_order_details() -> None:
    def detail(system: str, code: str) -> Tree:
        return concept(f"{OURS}/CodeSystem/{system}", code)

    found = request_of(
        orderDetail=[
            detail("kind-of-support", "mentoring"),
            detail("kind-of-support", "cooking"),
            detail("modality", "remote"),
            detail("must", "woman"),
            detail("prefer", "woman"),
            detail("prefer", "veteran"),
            detail("fit-pathway", "secular"),
            detail("fit-family", "parenting"),
            concept(SDOHCC, "contacting-subject-prohibited"),
        ]
    )
    assert found.kinds_of_support == (KindOfSupport.MENTORING,)
    assert (found.modality, found.must, found.prefer) == (
        *(Modality.REMOTE, (Wish.WOMAN,), (Wish.VETERAN,)),
    )
    assert (found.fit.pathway, found.fit.family) == (Pathway.SECULAR, FamilySituation.PARENTING)
    assert found.contacting_person_prohibited


def task(**changes: object) -> Tree:
    tree: Tree = {
        "resourceType": "Task",
        "id": "doing",
        "identifier": [{"type": concept(V2, "PLAC"), "system": "s", "value": "T-1"}],
        "status": "requested",
        "intent": "order",
        "priority": "urgent",
        "code": concept("http://hl7.org/fhir/CodeSystem/task-code", "fulfill"),
        "focus": {"reference": "ServiceRequest/asked"},
        "authoredOn": "2026-02-27T10:00:00-06:00",
        "requester": {"reference": "Practitioner/doctor"},
    }
    changed: Tree = json.loads(json.dumps(changes))
    return {**tree, **changed}


def test_a_task_says_what_its_request_does_not() -> None:
    bare = request_of(task(), requester=None, authoredOn=None, priority=None)
    assert bare.authored_on == datetime(2026, 2, 27, 16, tzinfo=UTC)
    assert bare.requester is not None
    assert (bare.requester.name, bare.urgency) == ("Ana Ortiz", Urgency.URGENT)
    own = request_of(task())
    assert own.authored_on == datetime(2026, 3, 2, tzinfo=UTC)
    assert own.urgency is Urgency.ROUTINE


def test_a_task_for_something_else_says_nothing() -> None:
    other = task(code=concept("http://hl7.org/fhir/CodeSystem/task-code", "approve"))
    assert request_of(other, requester=None).requester is None
    elsewhere = task(focus={"reference": "ServiceRequest/elsewhere"})
    assert request_of(elsewhere, requester=None).requester is None


def test_the_business_key_is_the_placer_s_else_the_bundle_s() -> None:
    placer = order(identifier=[{"type": concept(V2, "PLAC"), "system": "s", "value": "R-1"}])
    of_bundle = {"identifier": {"system": "b", "value": "B-1"}}

    def key(found: list[Tree], **more: object) -> str | None:
        return read_bundle(bundle(found, **more), FHIR_JSON, today=TODAY).draft.business_key

    assert key(entries(asked=placer), **of_bundle) == "s|R-1"
    assert key(entries(task()), **of_bundle) == "s|T-1"
    assert key(entries(), **of_bundle) == "b|B-1"
    assert key(entries()) is None


def test_a_requester_is_named_by_reference_never_by_its_display() -> None:
    known = request_of(requester={"reference": "Practitioner/doctor", "display": "Somebody"})
    assert known.requester is not None
    assert known.requester.name == "Ana Ortiz"
    unknown = request_of(requester={"reference": "Practitioner/9", "display": "Somebody"})
    assert unknown.requester is not None
    assert unknown.requester.name is None
    assert request_of(requester={"display": "Somebody"}).requester is None


def test_a_danger_whose_subject_is_unresolved_still_counts_and_another_s_does_not() -> None:
    grave = answers("LA6571-9", subject="https://ehr.example/Patient/1")
    assert len(draft(grave).instruments) == 1
    other = answers("LA6571-9", subject="Patient/other")
    assert draft(patient(id="other"), other).instruments == ()


def test_unknown_elements_are_counted_and_what_breaks_its_form_is_named() -> None:
    odd = patient(favouriteColour="blue", birthDate="1988-13-40", telecom="918-555-0143")
    odd["name"] = [{"family": "Rivera", "given": ["Sam"], "nick": "S"}]
    reading = read_bundle(bundle(entries(person=odd)), FHIR_JSON, today=TODAY)
    assert [(p.code, p.field) for p in reading.problems] == [
        (Code.INVALID_VALUE, "Patient.birthDate"),
        (Code.INVALID_VALUE, "Patient.telecom"),
    ]
    [ignored] = reading.warnings
    assert ignored.message.startswith("2 elements are not part of FHIR R4 ")
    assert reading.draft.person is not None
    assert reading.draft.person.name == "Sam Rivera"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"deceasedBoolean": "true"}, "Patient.deceasedBoolean"),
        ({"deceasedBoolean": 1}, "Patient.deceasedBoolean"),
        ({"birthDate": 0}, "Patient.birthDate"),
        ({"name": '{"family": "x"}'}, "Patient.name"),
        ({"name": ['{"family": "x"}']}, "Patient.name"),
        ({"telecom": [{"rank": True}]}, "Patient.telecom.rank"),
        ({"identifier": [{"value": 12}]}, "Patient.identifier.value"),
    ],
)
def test_a_value_of_another_type_is_named_and_never_believed(
    changes: dict[str, object], field: str
) -> None:
    raw = bundle(entries(person=patient(**changes)))
    reading = read_bundle(raw, FHIR_JSON, today=TODAY)
    assert [(p.code, p.field) for p in reading.problems] == [(Code.INVALID_VALUE, field)]


@pytest.mark.parametrize(
    ("entry_", "field"),
    [
        ("text", "Bundle.entry"),
        ({"resource": []}, "Bundle.entry.resource"),
        ({"resource": {"id": "a"}}, "Bundle.entry.resource"),
    ],
)
def test_an_entry_that_is_none_is_named(entry_: Json, field: str) -> None:
    found: list[Json] = [*entries(), entry_, {"request": {"method": "DELETE", "url": "Patient/1"}}]
    raw = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": found}).encode()
    reading = read_bundle(raw, FHIR_JSON, today=TODAY)
    assert [(p.code, p.field) for p in reading.problems] == [(Code.INVALID_VALUE, field)]
    assert reading.draft.person is not None


def test_two_requests_for_peer_support_are_one_too_many() -> None:
    found = read_bundle(bundle(entries(order(id="second"))), FHIR_JSON, today=TODAY)
    assert [problem.code for problem in found.problems] == [Code.REQUEST_AMBIGUOUS]


def test_another_order_beside_the_request_is_not_the_request() -> None:
    meal = order(id="a", code=concept(SNOMED, "467771000124109"))
    found = read_bundle(bundle(entries(meal)), FHIR_JSON, today=TODAY)
    assert found.problems == ()
    assert found.draft.request is not None
    assert found.draft.request.source_ids == ("ServiceRequest/asked",)


def test_without_a_request_the_only_person_is_read_and_of_two_none() -> None:
    alone = [entry(patient())]
    two = [*alone, entry(patient(id="other"))]
    assert read_bundle(bundle(alone), FHIR_JSON, today=TODAY).draft.person is not None
    assert read_bundle(bundle(two), FHIR_JSON, today=TODAY).draft.person is None


def test_an_order_not_to_do_it_is_no_request_for_it() -> None:
    assert request_of().is_peer_support
    assert not request_of(doNotPerform=True).is_peer_support


@pytest.mark.parametrize("status", ["rejected", "cancelled", "failed", "completed"])
def test_a_task_that_is_over_makes_its_request_history(status: str) -> None:
    assert request_of(task(status=status)).status == status
    assert request_of(task(status="accepted")).status == "active"
