"""The published peer-support story, with its defects: what is read, what is asked, what is not."""

from datetime import date
from pathlib import Path

import pytest

from services.intake.fhir.read import read_bundle
from services.intake.rules.codes import Pronouns, SafetyReason
from services.intake.rules.instruments import Standing
from services.intake.rules.problems import Code
from services.intake.rules.states import State
from tests.contract.fhir.examples import (
    TODAY,
    Tree,
    collected,
    content_type,
    files,
    issues,
    judged,
    read,
    request,
    support,
    tree_of,
)

REQUEST_ISSUES = [
    *("authored-on-missing", "consent-missing", "reason-unresolved"),
    *("request-not-active", "requester-missing"),
]
PERSON_ISSUES = ["phone-unusable", "treatment-link-missing", "zone-unknown"]
PATIENT = "Patient/bh-patient-example"
FOLDER = "bh-profiles"


def story(*starts: str) -> Tree:
    return collected(*(tree_of(FOLDER, start) for start in starts))


def with_patient(*others: Tree) -> Tree:
    return collected(tree_of(FOLDER, "bh-patient"), *others)


def answered(start: str, **answers: str | None) -> Tree:
    """An instrument of the story with some answers replaced or removed."""
    tree = tree_of(FOLDER, start)
    items = tree["item"]
    assert isinstance(items, list)
    kept: list[Tree] = []
    for item in items:
        assert isinstance(item, dict)
        code = "c" + str(item["linkId"]).strip("/").replace("-", "_")
        if code not in answers:
            kept.append(item)
        elif answers[code] is not None:
            coding: Tree = {"system": "http://loinc.org", "code": answers[code]}
            kept.append({**item, "answer": [{"valueCoding": coding}]})
    return {**tree, "item": [*kept]}


@pytest.mark.parametrize("path", files(FOLDER), ids=lambda path: path.name)
def test_every_file_of_the_story_parses_without_a_problem(path: Path) -> None:
    reading = read_bundle(path.read_bytes(), content_type(path), today=TODAY)
    assert reading.problems == ()
    assert reading.warnings == ()


def test_the_request_alone_has_exactly_its_five_issues() -> None:
    found = judged(tree_of(FOLDER, "ServiceRequest"))
    assert (found.state, issues(found)) == (State.NEEDS_INFO, REQUEST_ISSUES)


def test_with_the_patient_it_has_exactly_eight() -> None:
    found = judged(story("ServiceRequest", "bh-patient"))
    assert (found.state, issues(found)) == (
        State.NEEDS_INFO,
        sorted([*REQUEST_ISSUES, *PERSON_ISSUES]),
    )


def test_the_whole_story_still_has_exactly_these_eight() -> None:
    found = judged(collected(*(tree_of(FOLDER, path.name) for path in files(FOLDER))))
    assert issues(found) == sorted([*REQUEST_ISSUES, *PERSON_ISSUES])
    assert [warning.field for warning in found.warnings] == ["instruments.audit_c"]


def mended() -> tuple[Tree, list[Tree]]:
    patient = tree_of(FOLDER, "bh-patient")
    patient["telecom"] = [{"system": "phone", "value": "918-555-0143"}]
    addresses = patient["address"]
    assert isinstance(addresses, list)
    assert isinstance(addresses[1], dict)
    addresses[1].update({"state": "OK", "postalCode": "74047"})
    asked = {**tree_of(FOLDER, "ServiceRequest"), **request(PATIENT)}
    condition: Tree = {
        "resourceType": "Condition",
        "id": "depression-condition-example-1",
        "subject": {"reference": PATIENT},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "370143000"}]},
    }
    return asked, [patient, condition, *support(PATIENT)]


def test_with_all_eight_mended_it_is_ready() -> None:
    asked, others = mended()
    found = judged(collected(asked, *others))
    assert (found.state, found.problems) == (State.READY, ())
    assert found.zone == "America/Chicago"


@pytest.mark.parametrize(
    ("element", "issue"),
    [
        ("requester", "requester-missing"),
        ("authoredOn", "authored-on-missing"),
        ("status", "request-not-active"),
    ],
)
def test_with_one_of_them_left_only_that_one_is_asked(element: str, issue: str) -> None:
    asked, others = mended()
    asked.pop(element)
    assert issues(judged(collected(asked, *others))) == [issue]


def test_the_story_s_consent_is_not_sufficient_even_when_the_request_points_to_it() -> None:
    asked, others = mended()
    asked["supportingInfo"] = [
        {"reference": "Consent/SDOHCC-ConsentInformationDisclosure-example-1"},
        {"reference": "CareTeam/treating"},
    ]
    found = judged(collected(asked, *others, tree_of(FOLDER, "SDOHCC-Consent")))
    assert found.state is State.CONSENT_PENDING
    assert issues(found) == [
        *("consent-discloser-missing", "consent-expiry-missing", "consent-information-missing"),
        *("consent-purpose-missing", "consent-recipient-missing", "consent-revocation-missing"),
        *("consent-signature-missing", "consent-signer-missing"),
    ]


def test_the_care_team_is_a_candidate_and_no_attestation() -> None:
    asked, others = mended()
    asked["supportingInfo"] = [
        {"reference": "Consent/signed"},
        {"reference": "CareTeam/bh-care-team-example-1"},
    ]
    found = judged(collected(asked, *others, tree_of(FOLDER, "bh-care-team")))
    assert issues(found) == ["treatment-link-missing"]


def test_the_person_is_james_and_jennifer_appears_nowhere() -> None:
    draft = read(story("ServiceRequest", "bh-patient")).draft
    person = draft.person
    assert person is not None
    assert (person.name, person.pronouns, person.veteran) == ("James Wolff", Pronouns.HE, True)
    assert (person.birth_date, person.deceased) == (date(1961, 7, 16), False)
    assert (person.languages, person.phone) == (("en",), None)
    assert (person.address.state, person.address.postal_code) == ("FL", "74048")
    assert person.record_number is not None
    assert person.record_number.value == "1032702"
    for field in type(person).__dataclass_fields__:
        assert "Jennifer" not in str(getattr(person, field))


def test_before_he_chose_his_name_only_the_legal_one_is_there() -> None:
    person = read(tree_of(FOLDER, "bh-patient"), today=date(2016, 7, 21)).draft.person
    assert person is not None
    assert person.name == "Jennifer Wolff"


def test_phq_9_is_twelve_and_moderate_and_difficulty_does_not_count() -> None:
    [scored] = judged(with_patient(tree_of(FOLDER, "phq-9"))).scores
    assert (scored.standing, scored.score, scored.band) == (Standing.COMPLETE, 12, "moderate")
    assert (scored.stated_total, scored.stated_differs, scored.safety) == (12, False, frozenset())


def test_a_thought_of_self_harm_holds_and_a_missing_item_leaves_no_score() -> None:
    grave = judged(with_patient(answered("phq-9", c44260_8="LA6569-3")))
    assert (grave.state, grave.safety) == (
        State.SAFETY_HOLD,
        (SafetyReason.SELF_HARM_THOUGHTS,),
    )
    [torn] = judged(with_patient(answered("phq-9", c44250_9=None))).scores
    assert (torn.standing, torn.score) == (Standing.INCOMPLETE, None)


def test_the_torn_audit_c_has_no_score_and_is_asked_for_again() -> None:
    found = judged(with_patient(tree_of(FOLDER, "alcohol-use")))
    [scored] = found.scores
    assert (scored.standing, scored.score, scored.stated_total) == (Standing.MALFORMED, None, None)
    assert [warning.code for warning in found.warnings] == [Code.INSTRUMENT_MALFORMED]


def test_c_ssrs_is_all_no_and_holds_nothing() -> None:
    found = judged(with_patient(tree_of(FOLDER, "C-SSRS")))
    assert (found.scores[0].band, found.safety) == ("none", ())
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ("c93249_1", SafetyReason.SUICIDE_RISK_HIGH),
        ("c93250_9", SafetyReason.SUICIDE_RISK_HIGH),
        ("c93269_9", SafetyReason.SUICIDE_RISK_HIGH),
        ("c93248_3", SafetyReason.SUICIDE_RISK_MODERATE),
        ("c93267_3", SafetyReason.SUICIDE_RISK_MODERATE),
    ],
)
def test_one_grave_yes_holds(item: str, reason: SafetyReason) -> None:
    found = judged(with_patient(answered("C-SSRS", **{item: "LA33-6"})))
    assert (found.state, found.safety) == (State.SAFETY_HOLD, (reason,))


def test_a_history_is_no_evidence_of_today() -> None:
    draft = read(with_patient(tree_of(FOLDER, "substance-abuse"))).draft
    assert (draft.substances, draft.events) == ((), ())
