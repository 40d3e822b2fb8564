"""Everybody of the story, and the strings by which each datum of theirs is known again."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from deploy.local import demo_input
from tests.contract.fhir import invented
from tests.contract.fhir.examples import Tree, request, support
from tests.world.stories import submission

CLINIC_ZONE = ZoneInfo("America/Chicago")
SECRET = "vexqukeysecret0123456789abcdef0123456789"
CLINIC_KEY = f"vexquclinic.{SECRET}"
CLINIC = {
    "number": "first",
    "name": "Vexqu Hillside Practice",
    "email": "vexqudesk@clinic.example",
    "api_key": CLINIC_KEY,
    "zone": "America/Chicago",
}
COACH_NAMES = ("Vexquanna", "Vexquberta", "Vexqucarla")
COACH_PHONE = "+19185557{:03d}"
NATIVE_PHONE, MENDED_PHONE = "+15392078101", "+15392078102"
FREE_TEXT, CRISIS_TEXT = "vexqumorning was hard for me", "i want to kill myself vexqunight"

OF_PEOPLE = {
    "a name": "Vexqudelia",
    "a record number": "VEXQU-MRN-1",
    "an e-mail address": "vexquperson@people.example",
    "a phone number": "5392078101",
    "a phone number as it was written": "539-207-8102",
    "a name that was amended": "Vexquelmar",
    "who asks": "Vexqurequester",
    "a clinic that discloses": "Vexqudiscloser",
    "what is disclosed": "Vexquinformation",
    "how a consent is revoked": "Vexqurevocation",
    "who treats": "Vexqutreater",
    "a legal family name": "Vexqufamily",
    "a legal given name": "Vexqulegal",
    "a usual name": "Vexquusual",
    "a street": "Vexqustreet",
    "a phone number of a Bundle": "539-207-8103",
    "an e-mail address of a Bundle": "vexqubundle@people.example",
    "a family name in XML": "Vexquxmlfamily",
    "a given name in XML": "Vexquxmlgiven",
    "a street in XML": "Vexquxmlstreet",
    "a phone number in XML": "781-207-8104",
    "a text to us": "vexqumorning",
    "a text in danger": "vexqunight",
}
OF_COACHES = {
    **{f"the name of coach {name[-1]}": name for name in COACH_NAMES},
    "a coach's e-mail address": "vexqucoach@coaches.example",
    "a coach's phone number": "9185557001",
}
OF_CLINICS = {
    "a clinic's name": "Vexqu Hillside",
    "a clinic's e-mail address": "vexqudesk@",
    "an API key's secret": SECRET,
}
REFUSED = {"what was refused": "Vexqurefused"}
POISON = {"a dead letter": "Vexqupoison"}
"""Put on a topic by the test itself, so it is not looked for there."""


def native() -> dict[str, Any]:
    """A complete submission."""
    whole = submission(
        8101,
        name="Vexqudelia",
        phone=NATIVE_PHONE,
        email="vexquperson@people.example",
        record_number={"system": "https://clinic.example/mrn", "value": "VEXQU-MRN-1"},
    )
    whole["request"]["requester"] = {"name": "Dr. Vexqurequester"}
    whole["consent"] |= {
        "discloser": "Vexqudiscloser House",
        "information": "Vexquinformation and no more",
        "how_to_revoke": "Ask for Vexqurevocation",
    }
    whole["treatment_link"]["provider"] = "Vexqutreater House"
    return whole


def lacking() -> dict[str, Any]:
    """A submission without its signature and with half a phone number."""
    whole = submission(8102, name="Vexquelmar", phone="207-8102")
    del whole["consent"]["signed_on"]
    return whole


def mended() -> dict[str, Any]:
    return submission(8102, name="Vexquelmar", phone="539-207-8102")


def bundle_json() -> bytes:
    """A FHIR Bundle of a person with a legal name, a street and an e-mail address."""
    today = datetime.now(CLINIC_ZONE).date()
    person = invented.patient(
        identifier=None,
        name=[
            {"use": "official", "family": "Vexqufamily", "given": ["Vexqulegal"]},
            {"use": "usual", "given": ["Vexquusual"]},
        ],
        telecom=[
            {"system": "phone", "value": "539-207-8103", "use": "mobile"},
            {"system": "email", "value": "vexqubundle@people.example"},
        ],
        address=[{"line": ["12 Vexqustreet"], "state": "OK", "postalCode": "74047"}],
    )
    asked = request(invented.ME, today=today)
    resources: list[Tree] = [asked, *support(invented.ME, today=today)]
    entries: list[Tree] = [{"fullUrl": invented.ME, "resource": person}]
    entries += map(invented.entry, resources)
    return invented.bundle(entries, identifier={"system": "https://c.example", "value": "B-1"})


def bundle_xml() -> bytes:
    """The demonstration's Bundle in XML, of somebody else in the coaches' county."""
    today = datetime.now(CLINIC_ZONE).date()
    text = (Path(demo_input.__file__).parent / "okafor_bundle.xml").read_text()
    for old, new in {
        "{run}": "8104",
        "{today}": today.isoformat(),
        "{a_week_ago}": (today - timedelta(days=7)).isoformat(),
        "{in_a_year}": (today + timedelta(days=365)).isoformat(),
        'value="Okafor"': 'value="Vexquxmlfamily"',
        'value="Grace"': 'value="Vexquxmlgiven"',
        "781-555-0127": "781-207-8104",
        'value="Massachusetts"': 'value="Oklahoma"',
        'value="02062"': 'value="74047"',
        '<code value="remote"/>': '<code value="either"/>',
        '<city value="Norwood"/>': '<line value="7 Vexquxmlstreet"/><city value="Norwood"/>',
    }.items():
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def json_of(value: object) -> bytes:
    return json.dumps(value).encode()
