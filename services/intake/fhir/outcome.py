"""Problems as a FHIR OperationOutcome."""

from collections.abc import Iterable

from services.intake.rules.json_tree import Json
from services.intake.rules.problems import Code, Problem, expression

PROBLEM_SYSTEM = "https://alongside.example/fhir/CodeSystem/problem"

_ISSUE_TYPES = {
    Code.UNREADABLE: "structure",
    Code.TOO_LARGE: "too-long",
    Code.TOO_DEEP: "structure",
    Code.UNSUPPORTED_TYPE: "not-supported",
    Code.INVALID_VALUE: "value",
    Code.REASON_UNRESOLVED: "not-found",
    Code.PERSON_MISSING: "not-found",
    Code.QUOTA_REACHED: "throttled",
    Code.ELEMENT_IGNORED: "informational",
}


def to_operation_outcome(
    problems: Iterable[Problem], warnings: Iterable[Problem] = ()
) -> dict[str, Json]:
    """An OperationOutcome with one issue per problem and per warning.

    `issue.code` is FHIR's own class; our code is in `details.coding`, in kebab-case. An outcome
    without issues is not allowed in FHIR, so "nothing wrong" is said as information.
    """
    issues: list[Json] = [
        *(_issue(problem, "error") for problem in problems),
        *(_issue(warning, "warning") for warning in warnings),
    ]
    return {"resourceType": "OperationOutcome", "issue": issues or [_ALL_OK]}


_ALL_OK: dict[str, Json] = {
    "severity": "information",
    "code": "informational",
    "diagnostics": "Nothing is missing.",
}


def _issue(problem: Problem, severity: str) -> dict[str, Json]:
    place = expression(problem)
    issue: dict[str, Json] = {
        "severity": severity,
        "code": _issue_type(problem.code),
        "details": {
            "coding": [{"system": PROBLEM_SYSTEM, "code": problem.code.kebab}],
            "text": problem.message,
        },
        "diagnostics": problem.message,
    }
    return {**issue, "expression": [place]} if place else issue


def _issue_type(code: Code) -> str:
    missing = code.value.endswith(("_missing", "_unusable", "_unknown"))
    return _ISSUE_TYPES.get(code, "required" if missing else "business-rule")
