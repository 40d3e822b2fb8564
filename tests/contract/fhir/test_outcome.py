"""Problems leave as an OperationOutcome that FHIR's own model accepts."""

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome

from services.intake.fhir.outcome import to_operation_outcome
from services.intake.rules.json_tree import Json
from services.intake.rules.problems import PLACES, Code, Problem, problem
from tests.unit.intake.drawn import COMPLETE, verdict

ISSUE_TYPES = {
    *("structure", "too-long", "not-supported", "value", "not-found", "informational"),
    *("required", "business-rule", "throttled"),
}


def only_issue(found: Problem) -> dict[str, Json]:
    outcome = to_operation_outcome([found])
    assert OperationOutcome.model_validate(outcome)
    issues = outcome["issue"]
    assert isinstance(issues, list)
    [issue] = issues
    assert isinstance(issue, dict)
    return issue


@pytest.mark.parametrize("code", Code)
def test_every_code_makes_a_valid_issue(code: Code) -> None:
    found = problem(code, "A sentence.") if code in PLACES else Problem(code, "", "A sentence.")
    issue = only_issue(found)
    assert issue["severity"] == "error"
    assert issue["code"] in ISSUE_TYPES
    assert issue["details"] == {
        "coding": [
            {"system": "https://alongside.example/fhir/CodeSystem/problem", "code": code.kebab}
        ],
        "text": "A sentence.",
    }
    assert ("expression" in issue) == (code in PLACES)


def test_an_issue_names_its_element_as_fhirpath() -> None:
    assert only_issue(problem(Code.PHONE_UNUSABLE, "…"))["expression"] == ["Patient.telecom"]
    assert only_issue(Problem(Code.INVALID_VALUE, "Patient.birthDate", "…"))["expression"] == [
        "Patient.birthDate"
    ]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (Code.CONSENT_MISSING, "required"),
        (Code.PHONE_UNUSABLE, "required"),
        (Code.REASON_UNRESOLVED, "not-found"),
        (Code.REQUEST_NOT_ACTIVE, "business-rule"),
        (Code.DECEASED, "business-rule"),
    ],
)
def test_an_issue_has_the_type_that_fhir_gives_it(code: Code, kind: str) -> None:
    assert only_issue(problem(code, "…"))["code"] == kind


def test_a_warning_is_a_warning() -> None:
    outcome = to_operation_outcome([], [problem(Code.INSTRUMENT_MALFORMED, "…")])
    assert '"severity": "warning"' in str(outcome).replace("'", '"')


def test_nothing_wrong_is_said_because_an_empty_outcome_is_no_outcome() -> None:
    found = verdict(COMPLETE)
    outcome = to_operation_outcome(found.problems, found.warnings)
    assert OperationOutcome.model_validate(outcome)
    assert outcome["issue"] == [
        {
            "severity": "information",
            "code": "informational",
            "diagnostics": "Nothing is missing.",
        }
    ]
