"""FHIR R4 in: the bytes of a Bundle, or of one resource, to a draft."""

from datetime import date

from services.intake.fhir.bundle import READ, Bundle, Resource, bundle, take_in
from services.intake.fhir.care import treatment_link_of
from services.intake.fhir.consents import consent_of
from services.intake.fhir.history import events_of, substances_of
from services.intake.fhir.node import Node, Tree
from services.intake.fhir.people import person_of
from services.intake.fhir.questionnaires import answers_of
from services.intake.fhir.requests import business_key, candidates, key_of, request_of
from services.intake.fhir.shapes import Trimmed
from services.intake.rules import json_tree
from services.intake.rules.codes import SourceFormat
from services.intake.rules.draft import Draft
from services.intake.rules.problems import Code, Problem, in_order, problem
from services.intake.rules.reading import Reading

MAX_BYTES = 4 * 1024 * 1024
JSON_TYPES = frozenset({"application/fhir+json", "application/json", "text/json"})
XML_TYPES = frozenset({"application/fhir+xml", "application/xml", "text/xml"})


def read_bundle(raw: bytes, content_type: str, *, today: date) -> Reading:
    """Read a submission in FHIR: a Bundle of any type, or one resource.

    Lenient: what FHIR R4 does not know is left out with a warning, what has a wrong form with a
    problem. Names, addresses and numbers are those that hold `today`. The order of entries does
    not matter. A plain function with a plain result, so that a worker process can run it: a
    document of 3 MB takes about a second of processor time.

    Raises:
        UnreadableError: nothing of it can be read.
    """
    tree, unknown = _tree(raw, content_type)
    trimmed = Trimmed(unknown=unknown)
    found = _bundle(tree, trimmed)
    draft, ambiguous = _draft(found, today)
    return Reading(
        draft,
        in_order((*trimmed.problems, *ambiguous)),
        _ignored(trimmed.unknown),
    )


def _tree(raw: bytes, content_type: str) -> tuple[Tree, int]:
    kind = content_type.split(";")[0].strip().lower()
    if kind in XML_TYPES:
        from services.intake.fhir import xml_tree  # lxml is loaded by those who need it

        json_tree.check_size(raw, most_bytes=MAX_BYTES)
        tree, unknown = xml_tree.parse(raw, kinds=frozenset(READ))
        json_tree.check(tree)
        return _resource(tree), unknown
    if kind in JSON_TYPES:
        return _resource(json_tree.parse(raw, most_bytes=MAX_BYTES)), 0
    raise json_tree.unreadable(
        Code.UNSUPPORTED_TYPE,
        "This content type is not accepted. Send FHIR as application/fhir+json or "
        "application/fhir+xml.",
    )


def _resource(tree: json_tree.Json) -> Tree:
    if isinstance(tree, dict) and isinstance(tree.get("resourceType"), str):
        return tree
    raise json_tree.unreadable(
        Code.UNREADABLE, "This is not FHIR: the document has no resourceType at its root."
    )


def _bundle(tree: Tree, trimmed: Trimmed) -> Bundle:
    """The resources of a Bundle; a single resource is a Bundle of one."""
    if tree["resourceType"] != "Bundle":
        single = take_in(tree, trimmed)
        return bundle([single] if single else [])
    taken: list[Resource] = []
    entries = tree.get("entry", [])
    for entry in entries if isinstance(entries, list) else [entries]:
        resource = _entry(entry, trimmed)
        if resource is not None:
            taken.append(resource)
    return bundle(taken, key_of(Node(tree).node("identifier")))


def _entry(entry: json_tree.Json, trimmed: Trimmed) -> Resource | None:
    """The resource of an entry; an entry without one asks for something that is not done here."""
    if not isinstance(entry, dict):
        trimmed.fault("Bundle.entry")
        return None
    resource = Node(entry).node("resource")
    if entry.get("resource") is not None and resource.text("resourceType") is None:
        trimmed.fault("Bundle.entry.resource")
    return take_in(resource.tree, trimmed, Node(entry).text("fullUrl"))


def _draft(found: Bundle, today: date) -> tuple[Draft, list[Problem]]:
    requests = candidates(found)
    request = requests[0] if requests else None
    person = _person(request, found)
    return Draft(
        source=SourceFormat.FHIR,
        business_key=business_key(request, found) if request else found.identifier,
        person=person_of(person, today=today) if person else None,
        request=request_of(request, found) if request else None,
        consent=consent_of(request, person, found),
        treatment_link=treatment_link_of(request, found, today=today) if request else None,
        instruments=answers_of(person, found),
        events=events_of(person, found) if person else (),
        substances=substances_of(person, found) if person else (),
    ), _ambiguous(requests)


def _person(request: Resource | None, found: Bundle) -> Resource | None:
    """Whom the request is about; without a request, the only person who came."""
    if request is not None:
        subject = found.find(request.node.node("subject"), within=request)
        return subject if subject is not None and subject.kind == "Patient" else None
    patients = list(found.of("Patient"))
    return patients[0] if len(patients) == 1 else None


def _ambiguous(requests: list[Resource]) -> list[Problem]:
    if len(requests) < 2:
        return []
    return [
        problem(
            Code.REQUEST_AMBIGUOUS,
            "There is more than one request in the Bundle. Send one request for one person.",
        )
    ]


def _ignored(count: int) -> tuple[Problem, ...]:
    if not count:
        return ()
    what = "One element is" if count == 1 else f"{count} elements are"
    sentence = f"{what} not part of FHIR R4 and left out. Nothing waits for that."
    return (Problem(Code.ELEMENT_IGNORED, "", sentence),)
