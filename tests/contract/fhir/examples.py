"""The official examples, read where they lie, and the additions that a test makes to them."""

import json
import os
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from services.intake.fhir import xml_tree
from services.intake.fhir.bundle import READ
from services.intake.fhir.read import read_bundle
from services.intake.fhir.systems import LINK_VERIFIED_ON, PART_2_CONSENT
from services.intake.rules.json_tree import Json
from services.intake.rules.reading import Reading
from services.intake.rules.screen import Verdict, screen
from tests.unit.intake.drawn import POLICY

DEFAULT = Path(__file__).parents[3].parent / "shared" / "data" / "fhir"
EXAMPLES = Path(os.environ.get("ALONGSIDE_FHIR_EXAMPLES", DEFAULT))
"""Where the examples lie; tests of official files run whenever they do."""

FHIR_JSON, FHIR_XML = "application/fhir+json", "application/fhir+xml"
TERMS = "http://terminology.hl7.org/CodeSystem"
TODAY = date(2024, 2, 1)

Tree = dict[str, Json]


def files(folder: str) -> list[Path]:
    """The examples of one folder, in a fixed order."""
    return sorted((EXAMPLES / folder).glob("*"))


def content_type(path: Path) -> str:
    return FHIR_XML if path.suffix == ".xml" else FHIR_JSON


@cache
def text_of(path: Path) -> str:
    """The resource as JSON text, whatever its format."""
    raw = path.read_bytes()
    if path.suffix == ".xml":
        return json.dumps(xml_tree.parse(raw, kinds=frozenset(READ))[0])
    return raw.decode()


def tree_of(folder: str, start: str) -> Tree:
    """A fresh copy of the one example whose file name starts so."""
    [path] = [path for path in files(folder) if path.name.startswith(start)]
    tree: Tree = json.loads(text_of(path))
    return tree


def collected(*resources: Tree) -> Tree:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in resources],
    }


def read(tree: Tree, *, today: date = TODAY) -> Reading:
    return read_bundle(json.dumps(tree).encode(), FHIR_JSON, today=today)


def judged(tree: Tree, *, today: date = TODAY) -> Verdict:
    return screen(read(tree, today=today), today=today, policy=POLICY)


def issues(found: Verdict) -> list[str]:
    """The codes of a verdict as FHIR writes them, sorted."""
    return sorted(problem.code.kebab for problem in found.problems)


def concept(system: str, code: str) -> Tree:
    return {"coding": [{"system": system, "code": code}]}


ORGANISATION: Tree = {
    "resourceType": "Organization",
    "id": "peers",
    "name": "Alongside Peer Support",
}
CLINIC: Tree = {
    "resourceType": "Organization",
    "id": "clinic",
    "name": "Example Clinic",
    "telecom": [{"system": "phone", "value": "918-555-0100"}],
}
DOCTOR: Tree = {
    "resourceType": "Practitioner",
    "id": "doctor",
    "name": [{"family": "Ortiz", "given": ["Ana"]}],
}


def consent(patient: str, *, today: date = TODAY) -> Tree:
    """A sufficient consent of a patient, signed today."""
    return {
        "resourceType": "Consent",
        "id": "signed",
        "extension": [
            {
                "url": PART_2_CONSENT,
                "extension": [
                    {"url": "rightToRevoke", "valueString": "In writing, at any time"},
                    {"url": "signature", "valueCode": "electronic"},
                ],
            }
        ],
        "status": "active",
        "scope": concept(f"{TERMS}/consentscope", "patient-privacy"),
        "category": [concept(f"{TERMS}/v3-ActCode", "IDSCL")],
        "patient": {"reference": patient},
        "dateTime": today.isoformat(),
        "performer": [{"reference": patient}],
        "organization": [{"reference": "Organization/clinic"}],
        "provision": {
            "period": {"end": (today + timedelta(days=180)).isoformat()},
            "actor": [
                {
                    "role": concept(f"{TERMS}/v3-ParticipationType", "PRCP"),
                    "reference": {"reference": "Organization/peers"},
                }
            ],
            "purpose": [{"system": f"{TERMS}/v3-ActReason", "code": "COC"}],
            "code": [{"text": "Name, contact details and the request"}],
        },
    }


def care_team(patient: str, *, today: date = TODAY) -> Tree:
    """An attested treatment link."""
    return {
        "resourceType": "CareTeam",
        "id": "treating",
        "extension": [{"url": LINK_VERIFIED_ON, "valueDate": today.isoformat()}],
        "status": "active",
        "subject": {"reference": patient},
        "managingOrganization": [{"reference": "Organization/clinic"}],
    }


def request(patient: str, *, today: date = TODAY) -> Tree:
    """An order for peer support that lacks nothing."""
    return {
        "resourceType": "ServiceRequest",
        "id": "asked",
        "status": "active",
        "intent": "order",
        "priority": "routine",
        "code": concept("http://snomed.info/sct", "461481000124109"),
        "subject": {"reference": patient},
        "authoredOn": today.isoformat(),
        "requester": {"reference": "Practitioner/doctor"},
        "supportingInfo": [{"reference": "Consent/signed"}, {"reference": "CareTeam/treating"}],
    }


def support(patient: str, *, today: date = TODAY) -> list[Tree]:
    """Everything that a request needs besides the person."""
    return [
        consent(patient, today=today),
        care_team(patient, today=today),
        ORGANISATION,
        CLINIC,
        DOCTOR,
    ]
