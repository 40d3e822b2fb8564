"""What the demo's clinic sends is FHIR R4 to the last element."""

import json
from datetime import date

import pytest
from fhir.resources.R4B.bundle import Bundle

from deploy.local.demo_input import DOCUMENTS, FHIR_JSON, FHIR_XML, Document, body
from services.intake.fhir import xml_tree
from services.intake.fhir.bundle import READ

BUNDLES = [found for found in DOCUMENTS if found.content_type in (FHIR_JSON, FHIR_XML)]


@pytest.mark.parametrize("document", BUNDLES, ids=lambda document: document.file)
def test_a_bundle_of_the_demo_is_valid(document: Document) -> None:
    raw = body(document, run="7", today=date(2026, 11, 22))
    tree, unknown = json.loads(raw) if document.content_type == FHIR_JSON else {}, 0
    if document.content_type == FHIR_XML:
        tree, unknown = xml_tree.parse(raw, kinds=frozenset(READ))
    assert unknown == 0
    assert Bundle.model_validate(tree)
