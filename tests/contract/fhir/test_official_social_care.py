"""The 29 published social-care examples: all parse, none is taken for what it is not."""

import json
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from services.intake.fhir.read import read_bundle
from services.intake.fhir.shapes import Trimmed, model_of
from services.intake.rules.phone import normalise
from services.intake.rules.problems import Code
from services.intake.rules.states import State
from tests.contract.fhir.examples import (
    FHIR_JSON,
    Tree,
    collected,
    files,
    issues,
    judged,
    read,
    request,
    support,
    tree_of,
)
from tests.unit.intake.drawn import CREEK

FOLDER = "sdohcc"
PATIENT = "Patient/pat-53234"
MARRIED = date(2020, 7, 22)
SPOKEN: Tree = {"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en"}]}}


def tasks(*starts: str) -> list[Tree]:
    return [tree_of(FOLDER, f"Task-SDOHCC-Task{start}") for start in starts]


def everything() -> Tree:
    return collected(*(json.loads(path.read_text()) for path in files(FOLDER)))


@pytest.mark.parametrize("path", files(FOLDER), ids=lambda path: path.stem)
def test_every_example_parses_without_a_problem(path: Path) -> None:
    reading = read_bundle(path.read_bytes(), FHIR_JSON, today=MARRIED)
    assert (reading.problems, reading.warnings) == ((), ())


@pytest.mark.parametrize("path", files(FOLDER), ids=lambda path: path.stem)
def test_no_element_of_an_example_is_trimmed_away(path: Path) -> None:
    tree = json.loads(path.read_text())
    kind = tree.pop("resourceType")
    trimmed = Trimmed()
    assert trimmed.validate(trimmed.trim(tree, model_of(kind), kind), kind) == tree
    assert (trimmed.unknown, trimmed.problems) == (0, [])


def test_all_of_them_are_there() -> None:
    assert len(files(FOLDER)) == 29


@pytest.mark.parametrize(
    ("today", "name"),
    [
        (date(2020, 7, 21), "COLIN ABBAS"),
        (date(2020, 7, 22), "COLIN BAXTER"),
        (date(2026, 3, 2), "COLIN BAXTER"),
    ],
)
def test_colin_has_the_name_of_the_day(today: date, name: str) -> None:
    person = read(tree_of(FOLDER, "Patient"), today=today).draft.person
    assert person is not None
    assert person.name == name


def test_colin_lives_in_mounds_and_is_asked_for_number_and_language() -> None:
    found = judged(tree_of(FOLDER, "Patient"), today=MARRIED)
    person = read(tree_of(FOLDER, "Patient"), today=MARRIED).draft.person
    assert person is not None
    assert (person.address.state, person.address.postal_code) == ("OK", "74048")
    assert (person.languages, person.phone) == ((), None)
    assert {"phone-unusable", "language-missing"} <= set(issues(found))
    assert "zone-unknown" not in issues(found)


def test_race_and_ethnicity_leave_no_trace() -> None:
    person = read(tree_of(FOLDER, "Patient"), today=MARRIED).draft.person
    assert person is not None
    values = [str(getattr(person, field.name)) for field in fields(person)]
    assert not any("2106-3" in value or "Mixed" in value or "Hispanic" in value for value in values)


def test_a_peer_support_request_for_colin_is_ready_once_he_can_be_reached() -> None:
    patient = tree_of(FOLDER, "Patient")
    patient["telecom"] = [{"system": "phone", "value": "918-555-0155"}]
    patient["communication"] = [SPOKEN]
    address = patient["address"]
    assert isinstance(address, list)
    assert isinstance(address[1], dict)
    address[1]["postalCode"] = "74047"
    found = judged(
        collected(patient, request(PATIENT, today=MARRIED), *support(PATIENT, today=MARRIED)),
        today=MARRIED,
    )
    assert (found.state, found.problems) == (State.READY, ())
    assert found.county is CREEK


def test_the_task_says_who_asks_and_who_owns() -> None:
    asked = tree_of(FOLDER, "ServiceRequest-SDOHCC-ServiceRequestActive")
    others = [
        tree_of(FOLDER, start)
        for start in (
            *("Organization-SDOHCC-OrganizationCoordinationPlatform", "PractitionerRole"),
            *("Practitioner-SDOHCC", "Patient"),
        )
    ]
    [accepted] = tasks("ReferralManagementOrderFulfillmentAccepted")
    found = read(collected(asked, accepted, *others)).draft.request
    assert found is not None
    assert found.requester is not None
    assert found.owner is not None
    assert (found.requester.name, found.owner.name) == ("Dr Jan Water", "ABC Coordination Platform")
    assert found.authored_on is not None
    assert found.authored_on.date() == date(2020, 9, 11)
    assert found.status == "active"


def test_a_completed_task_makes_its_request_history() -> None:
    asked = tree_of(FOLDER, "ServiceRequest-SDOHCC-ServiceRequestActive")
    [completed] = tasks("ReferralManagementOrderFulfillmentCompleted")
    found = judged(collected(asked, completed, tree_of(FOLDER, "Patient")))
    assert "request-not-active" in issues(found)


@pytest.mark.parametrize(
    "start",
    [
        *("PatientInformationRequest", "PatientMakeAppointment"),
        *("PatientReviewInformation", "PatientRiskQuestionnaire"),
    ],
)
def test_a_task_for_a_patient_is_never_a_referral(start: str) -> None:
    [task] = tasks(start)
    found = read(collected(task, tree_of(FOLDER, "Patient"))).draft
    assert found.request is None
    assert found.business_key is None


def test_no_social_care_request_is_taken_for_peer_support() -> None:
    found = judged(everything())
    assert {"request-not-peer-support", "request-ambiguous"} <= set(issues(found))
    assert found.state is State.NEEDS_INFO


def test_sub_referrals_are_original_orders_and_history() -> None:
    for path in files(FOLDER):
        if "Subreferral" in path.name:
            found = judged(json.loads(path.read_text()))
            assert "request-not-active" in issues(found)
            assert "intent-unsupported" not in issues(found)


def test_food_and_work_are_no_evidence_of_substance_use() -> None:
    draft = read(everything()).draft
    assert (draft.substances, draft.events, draft.instruments) == ((), (), ())


def test_a_document_alone_authorises_nothing() -> None:
    asked = request(PATIENT)
    asked["supportingInfo"] = [
        {"reference": "Consent/SDOHCC-ConsentInformationDisclosureExample"},
        {"reference": "CareTeam/treating"},
    ]
    whole = collected(
        asked, tree_of(FOLDER, "Patient"), tree_of(FOLDER, "Consent"), *support(PATIENT)
    )
    assert {
        *("consent-recipient-missing", "consent-purpose-missing", "consent-signature-missing"),
        *("consent-expiry-missing", "consent-signer-missing", "consent-revocation-missing"),
    } <= set(issues(judged(whole)))


def test_the_two_published_patients_share_a_number_and_are_two_people() -> None:
    colin = read(tree_of(FOLDER, "Patient")).draft.person
    james = read(tree_of("bh-profiles", "bh-patient")).draft.person
    assert colin is not None
    assert james is not None
    assert colin.record_number == james.record_number
    assert (colin.birth_date, colin.name) != (james.birth_date, james.name)


@pytest.mark.parametrize("number", ["(555) appoint", "(555) office", "639 442 6719"])
def test_the_published_numbers_reach_nobody_here(number: str) -> None:
    assert normalise(number) is None


def test_the_issue_of_a_request_alone_names_no_person() -> None:
    [path] = [path for path in files(FOLDER) if "ServiceRequestActive" in path.name]
    found = judged(json.loads(path.read_text()))
    assert Code.PERSON_MISSING not in {problem.code for problem in found.problems}
