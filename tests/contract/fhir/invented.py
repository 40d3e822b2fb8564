"""An invented person's Bundle, complete, to break and shuffle."""

import json
from datetime import date

from services.intake.fhir.read import read_bundle
from services.intake.rules.draft import Draft, Person, Request
from tests.contract.fhir.examples import FHIR_JSON, Tree, request, support

TODAY = date(2026, 3, 2)
ME = "urn:uuid:00000000-0000-4000-8000-000000000001"


def patient(**changes: object) -> Tree:
    tree: Tree = {
        "resourceType": "Patient",
        "id": "sam",
        "identifier": [
            {
                "type": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/v2-0203",
                            "code": "MR",
                        }
                    ]
                },
                "system": "https://clinic.example/mrn",
                "value": "M-1",
            }
        ],
        "name": [{"use": "usual", "given": ["Sam"], "family": "Rivera"}],
        "telecom": [{"system": "phone", "value": "918-555-0143", "use": "mobile"}],
        "birthDate": "1988-04-12",
        "address": [{"state": "OK", "postalCode": "74047"}],
        "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en"}]}}],
    }
    changed: Tree = json.loads(json.dumps(changes))
    return {name: value for name, value in {**tree, **changed}.items() if value is not None}


def order(**changes: object) -> Tree:
    changed: Tree = json.loads(json.dumps(changes))
    merged = {**request(ME, today=TODAY), **changed}
    return {name: value for name, value in merged.items() if value is not None}


def entries(*others: Tree, person: Tree | None = None, asked: Tree | None = None) -> list[Tree]:
    me: Tree = {"fullUrl": ME, "resource": person or patient()}
    rest = [asked or order(), *support(ME, today=TODAY), *others]
    return [me, *map(entry, rest)]


def entry(resource: Tree) -> Tree:
    return {"resource": resource}


def bundle(found: list[Tree], **more: object) -> bytes:
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": found, **more}
    ).encode()


def draft(*others: Tree, person: Tree | None = None, asked: Tree | None = None) -> Draft:
    raw = bundle(entries(*others, person=person, asked=asked))
    return read_bundle(raw, FHIR_JSON, today=TODAY).draft


def person_of(**changes: object) -> Person:
    found = draft(person=patient(**changes)).person
    assert found is not None
    return found


def request_of(*others: Tree, **changes: object) -> Request:
    found = draft(*others, asked=order(**changes)).request
    assert found is not None
    return found
