"""`Condition` and `Encounter` → coded reasons and recent events. None of it is ever shown."""

from collections.abc import Iterator

from services.intake.fhir.bundle import Bundle, Resource
from services.intake.fhir.node import Node
from services.intake.fhir.systems import (
    DETOX,
    HOSPITAL_STAY,
    ICD_10_CM,
    OVERDOSE,
    SNOMED,
    SUBSTANCE,
)
from services.intake.rules.codes import EventKind
from services.intake.rules.draft import Reason, RiskEvent

_CURRENT = frozenset({"active", "recurrence", "relapse"})
_WRONG = frozenset({"refuted", "entered-in-error"})


def reasons_of(request: Resource, bundle: Bundle) -> tuple[tuple[Reason, ...], bool]:
    """The request's own coded reasons, and whether one of them did not come along."""
    found = [reason for code in request.node.nodes("reasonCode") for reason in _coded(code)]
    unresolved = False
    for reference in request.node.nodes("reasonReference"):
        target = bundle.find(reference, within=request)
        unresolved = unresolved or target is None
        if target is not None:
            found += _coded(target.node.node("code"))
    return tuple(sorted(set(found))), unresolved


def substances_of(person: Resource, bundle: Bundle) -> tuple[Reason, ...]:
    """Current conditions of this person that speak of substance use: candidates, no proof."""
    found = {
        reason
        for condition in bundle.of("Condition")
        if is_about(condition, person, bundle) and _is_current(condition.node)
        for reason in _coded(condition.node.node("code"))
        if _is_substance(reason)
    }
    return tuple(sorted(found))


def events_of(person: Resource, bundle: Bundle) -> tuple[RiskEvent, ...]:
    """Overdoses and discharges of this person, with their days; age at the time is no matter."""
    found: set[RiskEvent] = set()
    for encounter in bundle.of("Encounter"):
        if is_about(encounter, person, bundle):
            found.update(_of_encounter(encounter.node))
    for condition in bundle.of("Condition"):
        onset = condition.node.day("onsetDateTime")
        overdose = OVERDOSE & set(condition.node.node("code").codes(SNOMED))
        if onset and overdose and is_about(condition, person, bundle) and _is_true(condition.node):
            found.add(RiskEvent(onset, EventKind.OVERDOSE))
    return tuple(sorted(found))


def _of_encounter(node: Node) -> Iterator[RiskEvent]:
    if node.text("status") in ("cancelled", "entered-in-error", "planned"):
        return
    starts, ends = node.node("period").day("start"), node.node("period").day("end")
    reasons = {code for reason in node.nodes("reasonCode") for code in reason.codes(SNOMED)}
    types = {code for kind in node.nodes("type") for code in kind.codes(SNOMED)}
    if starts and OVERDOSE & reasons:
        yield RiskEvent(starts, EventKind.OVERDOSE)
    if ends and DETOX & types:
        yield RiskEvent(ends, EventKind.DETOX_RELEASE)
    elif ends and node.node("class").text("code") in HOSPITAL_STAY:
        yield RiskEvent(ends, EventKind.HOSPITAL_DISCHARGE)


def _coded(concept: Node) -> list[Reason]:
    return [
        Reason(system, code)
        for coding in concept.nodes("coding")
        if (system := coding.text("system")) and (code := coding.text("code"))
    ]


def is_about(resource: Resource, person: Resource | None, bundle: Bundle) -> bool:
    """Whether a record is this person's: it says so, or says nobody who came along.

    A record whose subject cannot be resolved is counted: missing a danger is worse than a
    needless look by a human.
    """
    subject = bundle.find(resource.node.node("subject"), within=resource)
    return subject is None or subject is person


def _is_true(node: Node) -> bool:
    return not any(
        coding.text("code") in _WRONG for coding in node.node("verificationStatus").nodes("coding")
    )


def _is_current(node: Node) -> bool:
    """Stated as active, or not stated, and neither refuted nor ended."""
    stated = {coding.text("code") for coding in node.node("clinicalStatus").nodes("coding")}
    ended = node.text("abatementDateTime") is not None
    return _is_true(node) and not ended and (not stated or bool(stated & _CURRENT))


def _is_substance(reason: Reason) -> bool:
    """SNOMED CT by list; ICD-10-CM F10–F19."""
    if reason.system == SNOMED:
        return reason.code in SUBSTANCE
    return reason.system == ICD_10_CM and reason.code[:3] in {f"F{n}" for n in range(10, 20)}
