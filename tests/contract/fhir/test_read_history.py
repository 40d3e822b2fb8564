"""Conditions, encounters and instruments: what counts as danger, reason or answer."""

from datetime import date

import pytest

from services.intake.fhir.systems import ICD_10_CM, LOINC, SNOMED
from services.intake.rules.codes import EventKind, InstrumentName
from services.intake.rules.draft import Reason, RiskEvent
from services.intake.rules.json_tree import Json
from tests.contract.fhir.examples import Tree, concept
from tests.contract.fhir.invented import ME, draft, order, patient, request_of

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
DETOX, OVERDOSE, CHECKUP = "56876005", "55680006", "162673000"


def condition(code: Tree, **changes: Json) -> Tree:
    tree: Tree = {
        "resourceType": "Condition",
        "clinicalStatus": concept(CLINICAL, "active"),
        "subject": {"reference": ME},
        "code": code,
    }
    return {**tree, **changes}


def encounter(kind: str, reason: str | None = None, **changes: Json) -> Tree:
    tree: Tree = {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": ACT, "code": "AMB"},
        "type": [concept(SNOMED, kind)],
        "subject": {"reference": ME},
        "period": {"start": "2026-02-20T22:00:00-06:00", "end": "2026-02-22T08:00:00-06:00"},
    }
    if reason is not None:
        tree["reasonCode"] = [concept(SNOMED, reason)]
    return {**tree, **changes}


@pytest.mark.parametrize(
    ("code", "counts"),
    [
        (concept(SNOMED, "7200002"), True),
        (concept(SNOMED, "5602001"), True),
        (concept(SNOMED, "371422002"), False),
        (concept(SNOMED, "38341003"), False),
        (concept(ICD_10_CM, "F10.20"), True),
        (concept(ICD_10_CM, "F19"), True),
        (concept(ICD_10_CM, "F20.0"), False),
        (concept(ICD_10_CM, "F09"), False),
        (concept("http://example.org", "F10.20"), False),
    ],
)
def test_a_substance_is_known_by_code(code: Tree, counts: bool) -> None:
    assert bool(draft(condition(code)).substances) is counts


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"clinicalStatus": None}, True),
        ({"clinicalStatus": concept(CLINICAL, "recurrence")}, True),
        ({"clinicalStatus": concept(CLINICAL, "resolved")}, False),
        ({"abatementDateTime": "2020"}, False),
        ({"verificationStatus": concept(VERIFIED, "confirmed")}, True),
        ({"verificationStatus": concept(VERIFIED, "refuted")}, False),
        ({"verificationStatus": concept(VERIFIED, "entered-in-error")}, False),
        ({"subject": {"reference": "Patient/other"}}, False),
    ],
)
def test_only_a_current_condition_of_this_person_counts(
    changes: dict[str, Json], counts: bool
) -> None:
    found = draft(patient(id="other"), condition(concept(SNOMED, "7200002"), **changes))
    assert found.substances == ((Reason(SNOMED, "7200002"),) if counts else ())


@pytest.mark.parametrize(
    ("found", "event"),
    [
        (encounter(CHECKUP, OVERDOSE), RiskEvent(date(2026, 2, 20), EventKind.OVERDOSE)),
        (encounter(DETOX), RiskEvent(date(2026, 2, 22), EventKind.DETOX_RELEASE)),
        (
            {**encounter(CHECKUP), "class": {"system": ACT, "code": "IMP"}},
            RiskEvent(date(2026, 2, 22), EventKind.HOSPITAL_DISCHARGE),
        ),
        (encounter(CHECKUP), None),
        (encounter(DETOX, status="cancelled"), None),
        (encounter(DETOX, period={"start": "2026-02-20"}), None),
        (encounter(DETOX, subject={"reference": "Patient/other"}), None),
        (
            condition(concept(SNOMED, OVERDOSE), onsetDateTime="2026-02-20"),
            RiskEvent(date(2026, 2, 20), EventKind.OVERDOSE),
        ),
        (condition(concept(SNOMED, OVERDOSE)), None),
        (
            condition(
                concept(SNOMED, OVERDOSE),
                onsetDateTime="2026-02-20",
                verificationStatus=concept(VERIFIED, "refuted"),
            ),
            None,
        ),
    ],
)
def test_an_overdose_or_a_discharge_is_an_event_of_its_day(
    found: Tree, event: RiskEvent | None
) -> None:
    assert draft(patient(id="other"), found).events == ((event,) if event else ())


def answer(link: str, **value: Json) -> Json:
    return {"linkId": link, "answer": [value]}


def coded(code: str) -> dict[str, Json]:
    return {"valueCoding": {"system": LOINC, "code": code}}


def response(*items: Json, **changes: Json) -> Tree:
    tree: Tree = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": {"reference": ME},
        "authored": "2026-02-27T10:00:00Z",
        "item": list(items),
    }
    return {**tree, **changes}


def test_items_are_known_by_code_with_or_without_a_slash_and_in_groups() -> None:
    group: Json = {
        "linkId": "/44249-1",
        "item": [
            answer("/44249-1/44250-9", **coded("LA6568-5")),
            answer("44255-8", **coded("LA6569-3")),
        ],
    }
    [found] = draft(response(group, answer("/44261-6", valueInteger=1))).instruments
    assert found.instrument is InstrumentName.PHQ_9
    assert found.items == (("44250-9", "LA6568-5"), ("44255-8", "LA6569-3"))
    assert (found.stated_total, found.foreign) == (1, ())
    assert found.answered_on == date(2026, 2, 27)


@pytest.mark.parametrize(
    "item",
    [
        answer("44250-9", valueString="0"),
        answer("44250-9", valueInteger=0),
        answer("44250-9", valueCoding={"system": "http://example.org", "code": "LA6568-5"}),
        {"linkId": "44250-9", "answer": [coded("LA6568-5"), coded("LA6569-3")]},
        answer("76504-0", valueInteger=3),
    ],
)
def test_what_is_no_coded_answer_or_another_items_is_foreign(item: Json) -> None:
    [found] = draft(response(answer("44255-8", **coded("LA6568-5")), item)).instruments
    assert len(found.foreign) == 1
    assert found.items == (("44255-8", "LA6568-5"),)


def test_a_count_of_days_is_left_out_as_a_number_and_foreign_to_scoring_as_a_code() -> None:
    drinks = answer("68519-8", **coded("LA15695-2"))
    [number] = draft(response(drinks, answer("68517-2", valueDecimal=4))).instruments
    assert (number.items, number.foreign) == ((("68519-8", "LA15695-2"),), ())
    [code] = draft(response(drinks, answer("68517-2", **coded("LA15695-2")))).instruments
    assert ("68517-2", "LA15695-2") in code.items


def test_the_stated_level_is_kept_as_a_code() -> None:
    [found] = draft(response(answer("93374-7", **coded("LA9194-7")))).instruments
    assert (found.instrument, found.stated_level) == (InstrumentName.C_SSRS, "LA9194-7")


@pytest.mark.parametrize(
    "found",
    [
        response(answer("12345-6", **coded("LA33-6"))),
        response({"linkId": "44250-9"}),
        response(answer("44250-9", **coded("LA6568-5")), status="in-progress"),
        response(answer("44250-9", **coded("LA6568-5")), status="entered-in-error"),
    ],
)
def test_what_is_unfinished_or_not_ours_is_no_instrument(found: Tree) -> None:
    assert draft(found).instruments == ()


def test_a_requester_who_is_no_professional_has_no_name_here() -> None:
    found = request_of(requester={"reference": ME}).requester
    assert found is not None
    assert found.name is None


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ([{"use": "old", "family": "Gone"}, {"family": "Ortiz", "prefix": ["Dr."]}], "Dr. Ortiz"),
        ([{"use": "old", "family": "Gone"}], None),
        ([{"text": "Ana Ortiz, MD"}], "Ana Ortiz, MD"),
    ],
)
def test_a_requester_has_the_name_of_today(names: list[Tree], name: str | None) -> None:
    doctor: Tree = {"resourceType": "Practitioner", "id": "second", "name": [*names]}
    found = request_of(doctor, requester={"reference": "Practitioner/second"}).requester
    assert found is not None
    assert found.name == name


def test_a_role_is_named_by_its_person_else_by_its_organisation() -> None:
    role: Tree = {
        "resourceType": "PractitionerRole",
        "id": "role",
        "practitioner": {"reference": "Practitioner/nobody"},
        "organization": {"reference": "Organization/clinic"},
    }
    found = request_of(role, requester={"reference": "PractitionerRole/role"}).requester
    assert found is not None
    assert found.name == "Example Clinic"


def test_an_identifier_of_another_type_is_no_business_key() -> None:
    other: Json = [{"system": "s", "value": "1"}]
    assert draft(asked=order(identifier=other)).business_key is None
