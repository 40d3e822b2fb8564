"""FHIR XML into the tree that FHIR JSON would give, without DOCTYPE, entities or network.

The models tell which elements repeat and which hold numbers; what they do not know is left out
and counted. Narratives are not read.
"""

import math
from dataclasses import dataclass

from lxml import etree

from services.intake.fhir.node import Tree
from services.intake.fhir.shapes import Element, Model, elements, model_of
from services.intake.rules.json_tree import DEPTH, Json, too_deep, unreadable
from services.intake.rules.problems import Code

FHIR = "{http://hl7.org/fhir}"


def parse(raw: bytes, *, kinds: frozenset[str]) -> tuple[Tree, int]:
    """Read one resource or Bundle; resources of other kinds than `kinds` keep their name only.

    Gives the tree and how many elements were left out because FHIR R4 does not know them.

    Raises:
        UnreadableError: not XML, a DOCTYPE, not FHIR, or nested too deep.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise unreadable(
            Code.UNREADABLE, "This is not well-formed XML. Check it with an XML parser."
        ) from None
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise unreadable(
            Code.UNREADABLE, "XML with a DOCTYPE is not accepted. Send it without one."
        )
    if not root.tag.startswith(FHIR):
        raise unreadable(
            Code.UNREADABLE, "This is not FHIR: the root is not in http://hl7.org/fhir."
        )
    reader = _Reader(kinds | {"Bundle"})
    return reader.resource(root, 0), reader.unknown


@dataclass(slots=True)
class _Reader:
    kinds: frozenset[str]
    unknown: int = 0

    def resource(self, element: "etree._Element", depth: int) -> Tree:
        kind = _name(element)
        if kind not in self.kinds:
            return {"resourceType": kind}
        return {"resourceType": kind, **self._content(element, model_of(kind), depth)}

    def _content(self, element: "etree._Element", model: Model, depth: int) -> Tree:
        if depth > DEPTH:
            raise too_deep()
        known = elements(model)
        tree: Tree = {}
        lists: dict[str, list[Json]] = {}
        if "url" in element.attrib and "url" in known:
            tree["url"] = element.attrib["url"]
        for child in element:
            name = _name(child)
            found = known.get(name)
            if found is None:
                self.unknown += 1
            elif _is_narrative(name, child):
                continue
            elif (value := self._value(child, found, depth)) is not None:
                tree[name] = value
                if found.repeats:
                    tree[name] = lists.setdefault(name, [])
                    lists[name].append(value)
        return tree

    def _value(self, child: "etree._Element", found: Element, depth: int) -> Json:
        if found.model is None:
            return _plain(child.get("value"), found.plain)
        if found.model.get_resource_type() == "Resource":
            return next((self.resource(inner, depth + 1) for inner in child), None)
        return self._content(child, found.model, depth + 1) or None


def _is_narrative(name: str, child: "etree._Element") -> bool:
    """A narrative is XHTML for people; `text` elsewhere is a string with a value."""
    return name == "text" and child.get("value") is None


def _name(element: "etree._Element") -> str:
    """The local name; an element of another namespace has none that FHIR knows."""
    tag = str(element.tag)
    return tag.removeprefix(FHIR) if tag.startswith(FHIR) else ""


def _plain(written: str | None, plain: type) -> Json:
    """A primitive as JSON would hold it. What does not convert stays text for the models."""
    if written is None or plain is str:
        return written
    if plain is bool:
        return {"true": True, "false": False}.get(written, written)
    try:
        number = int(written) if plain is int else float(written)
    except ValueError:
        return written
    return number if math.isfinite(number) else written
