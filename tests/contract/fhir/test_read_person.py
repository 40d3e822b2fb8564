"""Of a Patient only what is allowed, and of that only what holds today."""

from datetime import date

import pytest

from services.intake.fhir.read import read_bundle
from services.intake.fhir.systems import CONTACT_PROFILE
from services.intake.rules.codes import Gender, Pronouns
from services.intake.rules.draft import ContactHours
from services.intake.rules.problems import Code
from tests.contract.fhir.examples import FHIR_JSON, Tree, concept
from tests.contract.fhir.invented import TODAY, bundle, entries, patient, person_of


def name(use: str | None, given: str, **period: str) -> Tree:
    tree: Tree = {"given": [given], "family": "Rivera", "period": {**period}}
    return tree if use is None else {**tree, "use": use}


@pytest.mark.parametrize(
    ("names", "used"),
    [
        ([name("official", "Samuel"), name("usual", "Sam")], "Sam Rivera"),
        ([name("usual", "Sam", end="2026-03-01"), name("official", "Samuel")], "Samuel Rivera"),
        ([name("usual", "Sam", end="2026-03"), name("official", "Samuel")], "Sam Rivera"),
        ([name("usual", "Sam", start="2027"), name("official", "Samuel")], "Samuel Rivera"),
        ([name("usual", "Sam", end="2025"), name("maiden", "Ada")], None),
        ([name("old", "Ada"), name("maiden", "Ada")], None),
        ([name(None, "Ada", start="2019"), name(None, "Sam", start="2021-05")], "Sam Rivera"),
        ([name("usual", "sAM")], "sAM Rivera"),
        ([{"text": "Sam R."}], "Sam R."),
        ([{"given": ["  "], "family": ""}], None),
        ([{"given": ["Sam"]}], "Sam"),
        ([], None),
    ],
)
def test_the_name_is_the_usual_one_of_today(names: list[Tree], used: str | None) -> None:
    assert person_of(name=names).name == used


def phone(value: str, **more: object) -> dict[str, object]:
    return {"system": "phone", "value": value, **more}


@pytest.mark.parametrize(
    ("telecoms", "used"),
    [
        ([phone("918-555-0101", use="old"), phone("918-555-0102")], "+19185550102"),
        ([phone("918-555-0101", period={"end": "2025"})], None),
        ([phone("918-555-0101", use="work"), phone("918-555-0102")], "+19185550102"),
        ([phone("918-555-0101", use="home"), phone("918-555-0102", use="mobile")], "+19185550102"),
        ([phone("918-555-0101"), phone("918-555-0102", rank=1)], "+19185550102"),
        ([phone("555-555-5555", use="mobile"), phone("918-555-0102")], "+19185550102"),
        ([{"system": "sms", "value": "918-555-0102"}], "+19185550102"),
        ([{"system": "fax", "value": "918-555-0102"}], None),
    ],
)
def test_the_number_is_one_that_holds_today(telecoms: list[Tree], used: str | None) -> None:
    assert person_of(telecom=telecoms).phone == used


def test_the_address_is_the_home_of_today() -> None:
    found = person_of(
        address=[
            {"use": "old", "state": "FL", "postalCode": "33101"},
            {"state": "MA", "postalCode": "02062", "period": {"end": "2025-12-31"}},
            {"use": "work", "state": "MA", "postalCode": "02090"},
            {"use": "home", "state": "OK", "postalCode": "74104", "district": "Tulsa"},
        ]
    ).address
    assert (found.state, found.postal_code, found.county) == ("OK", "74104", "Tulsa")


def test_languages_come_as_tags_with_the_preferred_first() -> None:
    def spoken(code: str, *, preferred: bool = False) -> dict[str, object]:
        return {"language": concept("urn:ietf:bcp:47", code), "preferred": preferred}

    found = person_of(
        communication=[spoken("en"), spoken("not a tag"), spoken("es-MX", preferred=True)]
    )
    assert found.languages == ("es-MX", "en")


@pytest.mark.parametrize("changes", [{"deceasedBoolean": True}, {"deceasedDateTime": "2020"}])
def test_a_death_is_read_from_either_element(changes: dict[str, object]) -> None:
    assert person_of(**changes).deceased
    assert not person_of(deceasedBoolean=False).deceased


def test_a_stated_day_of_death_outweighs_a_denial_and_both_are_asked_about() -> None:
    person = patient(deceasedBoolean=False, deceasedDateTime="2020-05-05")
    reading = read_bundle(bundle(entries(person=person)), FHIR_JSON, today=TODAY)
    assert reading.draft.person is not None
    assert reading.draft.person.deceased
    assert [(p.code, p.field) for p in reading.problems] == [
        (Code.INVALID_VALUE, "Patient.deceasedBoolean")
    ]


def test_pronouns_zone_gender_and_contact_profile_are_read() -> None:
    pronoun = {
        "url": "http://hl7.org/fhir/StructureDefinition/individual-pronouns",
        "extension": [
            {"url": "value", "valueCodeableConcept": concept("http://loinc.org", "LA29520-6")}
        ],
    }
    zone = {
        "url": "http://hl7.org/fhir/StructureDefinition/timezone",
        "valueCode": "America/Denver",
    }
    profile = {
        "url": CONTACT_PROFILE,
        "extension": [
            {"url": "text", "valueBoolean": True},
            {"url": "sharedPhone", "valueBoolean": True},
            {"url": "hours", "valueString": "Wed 09:15-12:30"},
            {"url": "hours", "valueString": "Wed 12:00-09:00"},
            {"url": "hours", "valueString": "any time"},
            {"url": "hours", "valueString": "Sun 20:00-24:00"},
            {"url": "hours", "valueString": "Sun 20:00-24:01"},
            {"url": "hours", "valueString": "Sun 20:60-21:00"},
        ],
    }
    found = person_of(extension=[pronoun, zone, profile], gender="female")
    assert (found.pronouns, found.zone, found.gender) == (
        *(Pronouns.THEY, "America/Denver", Gender.FEMALE),
    )
    assert (found.contact.text_ok, found.contact.voicemail_ok) == (True, False)
    assert found.contact.shared_phone
    assert found.contact.hours == (ContactHours(2, 555, 750), ContactHours(6, 1200, 1440))
    assert not person_of().contact.text_ok


def test_a_month_is_no_birth_date() -> None:
    assert person_of(birthDate="1988-04").birth_date is None
    assert person_of(birthDate="1988-04-12").birth_date == date(1988, 4, 12)


def test_the_record_number_is_the_usual_one_of_type_mr_that_holds_today() -> None:
    def number(kind: str, value: str, **more: object) -> dict[str, object]:
        code = concept("http://terminology.hl7.org/CodeSystem/v2-0203", kind)
        return {"type": code, "system": "s", "value": value, **more}

    found = person_of(
        identifier=[
            number("SS", "1"),
            number("MR", "2"),
            number("MR", "3", use="usual"),
            number("MR", "0", use="old"),
            number("MR", "4", use="usual", period={"end": "2020"}),
        ]
    ).record_number
    assert found is not None
    assert (found.system, found.value) == ("s", "3")
    assert (
        person_of(identifier=[number("SS", "1"), {"system": "s", "value": "5"}]).record_number
        is None
    )


def test_a_very_long_name_is_cut_to_what_a_name_field_holds() -> None:
    assert person_of(name=[{"family": "x" * 200}]).name == "x" * 128
