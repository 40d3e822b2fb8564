"""A Bundle as a set of resources that point to each other, in no particular order."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from services.intake.fhir.node import Node, Tree
from services.intake.fhir.shapes import Trimmed, elements, model_of

READ: dict[str, frozenset[str]] = {
    kind: frozenset(names.split()) | {"resourceType", "id", "extension"}
    for kind, names in {
        "Patient": "identifier name telecom gender birthDate deceasedBoolean deceasedDateTime "
        "address communication",
        "ServiceRequest": "identifier status intent priority code orderDetail subject authoredOn "
        "requester reasonCode reasonReference supportingInfo doNotPerform",
        "Task": "identifier status intent priority code focus for authoredOn requester owner",
        "Consent": "status scope category patient dateTime performer organization provision",
        "CareTeam": "status subject participant managingOrganization telecom",
        "Organization": "identifier name telecom",
        "Practitioner": "name",
        "PractitionerRole": "practitioner organization telecom",
        "RelatedPerson": "patient",
        "Condition": "clinicalStatus verificationStatus code subject onsetDateTime "
        "abatementDateTime",
        "Encounter": "status class type reasonCode period subject",
        "QuestionnaireResponse": "status subject authored item",
    }.items()
}
"""The allow-list: resource types and elements that intake reads. Nothing else reaches a draft."""


@dataclass(frozen=True, slots=True, repr=False)
class Resource:
    """One resource with the url of its entry and what it contains."""

    kind: str
    node: Node
    full_url: str | None = None
    contained: tuple["Resource", ...] = ()

    @property
    def id(self) -> str | None:
        return self.node.text("id")

    @property
    def order(self) -> tuple[str, str, str, str]:
        """A total order that does not depend on where the entry stood."""
        content = json.dumps(self.node.tree, sort_keys=True)
        return (self.kind, self.full_url or "", self.id or "", content)


@dataclass(frozen=True, slots=True, repr=False)
class Bundle:
    """All resources that intake reads, in their own total order."""

    resources: tuple[Resource, ...]
    identifier: str | None = None
    _places: dict[str, Resource] = field(default_factory=dict)

    def of(self, kind: str) -> Iterator[Resource]:
        """The resources of one type."""
        return (resource for resource in self.resources if resource.kind == kind)

    def find(self, reference: Node, *, within: Resource) -> Resource | None:
        """What a Reference points to: contained, `urn:uuid:`, relative or an entry's full url.

        An absolute url that no entry has stays unresolved, even if some entry has the same id:
        it may be another server's. `display` is never read.
        """
        target = (reference.text("reference") or "").split("/_history/")[0]
        if target.startswith("#"):
            return next((r for r in within.contained if r.id == target.removeprefix("#")), None)
        return self._places.get(target)


def bundle(resources: Iterable[Resource], identifier: str | None = None) -> Bundle:
    """Index resources by full url and by `Type/id`. Of two with one name the first in order."""
    ordered = sorted(resources, key=lambda resource: resource.order)
    places: dict[str, Resource] = {}
    for resource in ordered:
        for place in (resource.full_url, f"{resource.kind}/{resource.id}"):
            if place and not place.endswith("/None"):
                places.setdefault(place, resource)
    return Bundle(tuple(ordered), identifier, places)


def take_in(tree: Tree, trimmed: Trimmed, full_url: str | None = None) -> Resource | None:
    """A resource cut down to the allow-list and to valid values; None for other types."""
    kind = tree.get("resourceType")
    if not isinstance(kind, str) or kind not in READ:
        return None
    known = elements(model_of(kind))
    trimmed.unknown += sum(name not in known and name not in _NOT_ELEMENTS for name in tree)
    wanted = {name: value for name, value in tree.items() if name in READ[kind]}
    wanted.pop("resourceType", None)
    content = trimmed.validate(trimmed.trim(wanted, model_of(kind), kind), kind)
    inner = tree.get("contained")
    trees = [item for item in inner if isinstance(item, dict)] if isinstance(inner, list) else []
    contained = [take_in(item, trimmed) for item in trees]
    return Resource(
        kind, Node(content), full_url, tuple(item for item in contained if item is not None)
    )


_NOT_ELEMENTS = frozenset({"resourceType", "fhir_comments"})
