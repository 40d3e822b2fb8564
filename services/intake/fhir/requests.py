"""`ServiceRequest`, and the `Task` that asks to fulfil it → the request."""

from enum import StrEnum
from typing import TypeVar

from services.intake.fhir.bundle import Bundle, Resource
from services.intake.fhir.history import reasons_of
from services.intake.fhir.node import Node, moment_of
from services.intake.fhir.systems import (
    AGE_BAND,
    CONTACT_PROHIBITED,
    FAMILY,
    KIND_OF_SUPPORT,
    MODALITY,
    MUST,
    PATHWAY,
    PEER_SUPPORT,
    PREFER,
    SDOHCC,
    SNOMED,
    SPIRITUALITY,
    V2_0203,
    WITHDRAWAL_RISK,
)
from services.intake.rules.codes import (
    AgeBand,
    FamilySituation,
    KindOfSupport,
    Modality,
    Pathway,
    SourceStatus,
    Spirituality,
    Urgency,
    Wish,
)
from services.intake.rules.draft import FitFactors, Request, Requester

_URGENCY = {"stat": Urgency.URGENT, "asap": Urgency.URGENT, "urgent": Urgency.URGENT}
_OVER = frozenset({"rejected", "cancelled", "failed", "completed", "entered-in-error"})
"""Task statuses after which nothing is asked for any more."""

C = TypeVar("C", bound=StrEnum)


def candidates(bundle: Bundle) -> list[Resource]:
    """The requests for peer support; if there is none, all requests. Open ones come first."""
    requests = sorted(bundle.of("ServiceRequest"), key=lambda r: (not _is_open(r), r.order))
    return [request for request in requests if _is_peer_support(request)] or requests


def request_of(request: Resource, bundle: Bundle) -> Request:
    """The request, with what only its Task states: who asks, when, how fast."""
    node = request.node
    task = task_of(request, bundle)
    details = node.nodes("orderDetail")
    reasons, has_unresolved = reasons_of(request, bundle)
    return Request(
        status=_status(node, task),
        intent=node.text("intent"),
        is_peer_support=_is_peer_support(request),
        requester=_requester("requester", request, task, bundle),
        owner=_named(task.node.node("owner"), task, bundle) if task else None,
        authored_on=moment_of(node.text("authoredOn") or _of_task(task, "authoredOn")),
        urgency=_URGENCY.get(
            node.text("priority") or _of_task(task, "priority") or "", Urgency.ROUTINE
        ),
        modality=_one(details, MODALITY, Modality) or Modality.EITHER,
        kinds_of_support=_all(details, KIND_OF_SUPPORT, KindOfSupport),
        must=_all(details, MUST, Wish),
        prefer=tuple(
            wish for wish in _all(details, PREFER, Wish) if wish not in _all(details, MUST, Wish)
        ),
        fit=_fit(details),
        contacting_person_prohibited=any(CONTACT_PROHIBITED in d.codes(SDOHCC) for d in details),
        withdrawal_risk=node.extension(WITHDRAWAL_RISK).flag("valueBoolean") is True,
        reasons=reasons,
        has_unresolved_reason=has_unresolved,
        source_ids=tuple(sorted(f"{r.kind}/{r.id}" for r in (request, task) if r and r.id)),
    )


def task_of(request: Resource, bundle: Bundle) -> Resource | None:
    """The Task that asks to fulfil this request; Tasks for patients ask for something else."""
    for task in bundle.of("Task"):
        codes = {
            c for coding in task.node.node("code").nodes("coding") if (c := coding.text("code"))
        }
        focus = bundle.find(task.node.node("focus"), within=task)
        if focus is request and "fulfill" in codes:
            return task
    return None


def business_key(request: Resource, bundle: Bundle) -> str | None:
    """The clinic's own identifier: type `PLAC` on request or Task, else the Bundle's."""
    task = task_of(request, bundle)
    for resource in (request, task):
        for identifier in resource.node.nodes("identifier") if resource else []:
            if "PLAC" in identifier.node("type").codes(V2_0203) and (key := key_of(identifier)):
                return key
    return bundle.identifier


def key_of(identifier: Node) -> str | None:
    """`system|value` of an Identifier that has a value."""
    value = identifier.text("value")
    return f"{identifier.text('system') or ''}|{value}" if value else None


def name_behind(reference: Node, within: Resource, bundle: Bundle) -> str | None:
    """The name of the practitioner or organisation that a Reference resolves to."""
    found = bundle.find(reference, within=within)
    if found is None:
        return None
    match found.kind:
        case "Organization":
            return found.node.text("name")
        case "Practitioner":
            return _practitioner_name(found)
        case "PractitionerRole":
            return name_behind(found.node.node("practitioner"), found, bundle) or name_behind(
                found.node.node("organization"), found, bundle
            )
        case _:
            return None


def _practitioner_name(practitioner: Resource) -> str | None:
    for name in practitioner.node.nodes("name"):
        if name.text("use") != "old":
            parts = [*name.texts("prefix"), *name.texts("given"), name.text("family") or ""]
            return name.text("text") or " ".join(part for part in parts if part) or None
    return None


def _is_peer_support(request: Resource) -> bool:
    """Whether peer support is asked for; `doNotPerform` turns an order into its opposite."""
    asked = PEER_SUPPORT & set(request.node.node("code").codes(SNOMED))
    return bool(asked) and request.node.flag("doNotPerform") is not True


def _is_open(request: Resource) -> bool:
    return request.node.text("status") in (SourceStatus.ACTIVE, SourceStatus.DRAFT)


def _status(node: Node, task: Resource | None) -> str | None:
    """The request's own status, unless its Task says that it is over."""
    over = _of_task(task, "status")
    return over if over in _OVER else node.text("status")


def _of_task(task: Resource | None, name: str) -> str | None:
    return task.node.text(name) if task else None


def _requester(
    name: str, request: Resource, task: Resource | None, bundle: Bundle
) -> Requester | None:
    own = _named(request.node.node(name), request, bundle)
    return own or (_named(task.node.node(name), task, bundle) if task else None)


def _named(reference: Node, within: Resource, bundle: Bundle) -> Requester | None:
    """Somebody who is named by reference or identifier; a display text alone names nobody."""
    target = reference.text("reference") or key_of(reference.node("identifier"))
    return Requester(name_behind(reference, within, bundle), target) if target else None


def _all(details: list[Node], system: str, codes: type[C]) -> tuple[C, ...]:
    known = set(codes)
    found = {code for detail in details for code in detail.codes(system) if code in known}
    return tuple(sorted(codes(code) for code in found))


def _one(details: list[Node], system: str, codes: type[C]) -> C | None:
    return next(iter(_all(details, system, codes)), None)


def _fit(details: list[Node]) -> FitFactors:
    return FitFactors(
        pathway=_one(details, PATHWAY, Pathway) or Pathway.UNKNOWN,
        age_band=_one(details, AGE_BAND, AgeBand) or AgeBand.UNKNOWN,
        spirituality=_one(details, SPIRITUALITY, Spirituality) or Spirituality.UNKNOWN,
        family=_one(details, FAMILY, FamilySituation) or FamilySituation.UNKNOWN,
    )
