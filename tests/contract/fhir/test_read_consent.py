"""Each element of a consent is stated in one place of a Bundle, and without it is missing."""

import json
from collections.abc import Callable

import pytest

from services.intake.fhir.read import read_bundle
from services.intake.fhir.systems import PART_2_CONSENT
from services.intake.rules.codes import (
    ConsentExpiryEvent,
    ConsentPurpose,
    SignatureKind,
    SignerCapacity,
)
from services.intake.rules.draft import Consent, TreatmentLink
from services.intake.rules.json_tree import Json
from services.intake.rules.screen import screen
from tests.contract.fhir.examples import FHIR_JSON, TERMS, Tree, concept
from tests.contract.fhir.invented import ME, TODAY, bundle, entries, order
from tests.unit.intake.drawn import POLICY

OURS: tuple[str, str, int, str] = ("signed", "extension", 0, "extension")
Change = Callable[[dict[str, Tree]], None]


def changed(change: Change) -> bytes:
    """The complete Bundle after a change to its resources, which are named by their type."""
    found = json.loads(json.dumps(entries()))
    change({entry["resource"]["id"]: entry["resource"] for entry in found})
    return bundle(found)


def issues(change: Change) -> list[str]:
    reading = read_bundle(changed(change), FHIR_JSON, today=TODAY)
    return [p.code.value for p in screen(reading, today=TODAY, policy=POLICY).problems]


def consent(change: Change) -> Consent:
    found = read_bundle(changed(change), FHIR_JSON, today=TODAY).draft.consent
    assert found is not None
    return found


def link(change: Change) -> TreatmentLink | None:
    return read_bundle(changed(change), FHIR_JSON, today=TODAY).draft.treatment_link


def at(tree: Json, *path: str | int) -> dict[str, Json]:
    """The object at the end of a path; `Json` has no place where it does not lead."""
    for step in path:
        tree = inner(tree, step)
    assert isinstance(tree, dict)
    return tree


def inner(tree: Json, step: str | int) -> Json:
    if isinstance(step, int):
        assert isinstance(tree, list)
        return tree[step]
    assert isinstance(tree, dict)
    return tree[step]


def without(resource: str, *path: str | int) -> Change:
    """Take one element out of a resource."""

    def change(resources: dict[str, Tree]) -> None:
        at(resources[resource], *path[:-1]).pop(str(path[-1]))

    return change


def with_(resource: str, *path: str | int, value: Json) -> Change:
    """Replace one element of a resource."""

    def change(resources: dict[str, Tree]) -> None:
        at(resources[resource], *path[:-1])[str(path[-1])] = value

    return change


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (without("signed", "organization"), "consent_discloser_missing"),
        (without("signed", "provision", "code"), "consent_information_missing"),
        (without("signed", "provision", "actor"), "consent_recipient_missing"),
        (without("signed", "provision", "purpose"), "consent_purpose_missing"),
        (without("signed", "provision", "period"), "consent_expiry_missing"),
        (without("signed", "performer"), "consent_signer_missing"),
        (without("signed", "dateTime"), "consent_date_missing"),
        (without("signed", "patient"), "consent_person_missing"),
        (
            without("signed", "extension", 0, "extension", 0, "valueString"),
            "consent_revocation_missing",
        ),
        (
            without("signed", "extension", 0, "extension", 1, "valueCode"),
            "consent_signature_missing",
        ),
        (with_("signed", "status", value="inactive"), "consent_not_active"),
        (with_("signed", "provision", "type", value="deny"), "consent_not_active"),
        (with_("signed", "provision", "provision", value=[{"type": "deny"}]), "consent_not_active"),
        (with_("peers", "name", value="Another Organisation"), "consent_recipient_not_named"),
        (without("asked", "supportingInfo"), "consent_missing"),
    ],
)
def test_what_a_consent_does_not_state_is_named(change: Change, code: str) -> None:
    assert code in issues(change)
    assert all(name.startswith(("consent_", "treatment_link_")) for name in issues(change))


def test_a_complete_consent_is_read_element_by_element() -> None:
    found = consent(lambda _: None)
    assert (found.is_tied, found.is_active, found.names_person) == (True, True, True)
    assert (found.discloser, found.recipient) == ("Example Clinic", "Alongside Peer Support")
    assert found.information == "Name, contact details and the request"
    assert (found.purpose, found.signature, found.signer) == (
        *(ConsentPurpose.CARE_COORDINATION, SignatureKind.ELECTRONIC, SignerCapacity.PERSON),
    )
    assert found.how_to_revoke == "In writing, at any time"
    assert found.signed_on == TODAY


def test_a_relative_signs_as_a_representative() -> None:
    def change(resources: dict[str, Tree]) -> None:
        mother: Tree = {
            "resourceType": "RelatedPerson",
            "id": "mother",
            "patient": {"reference": ME},
        }
        resources["signed"]["contained"] = [mother]
        resources["signed"]["performer"] = [{"reference": "#mother"}]

    assert consent(change).signer is SignerCapacity.LEGAL_REPRESENTATIVE


def test_a_doctor_cannot_sign_for_the_person() -> None:
    change = with_("signed", "performer", value=[{"reference": "Practitioner/doctor"}])
    assert consent(change).signer is None


def test_a_consent_of_another_person_does_not_name_this_one() -> None:
    assert not consent(with_("signed", "patient", value={"reference": "Patient/x"})).names_person


@pytest.mark.parametrize(
    ("codes", "purpose"),
    [
        (["TREAT"], ConsentPurpose.TREATMENT),
        (["CAREMGT"], ConsentPurpose.CARE_COORDINATION),
        (["TREAT", "HPAYMT", "HOPERAT"], ConsentPurpose.TREATMENT_PAYMENT_OPERATIONS),
        (["HMARKT"], None),
    ],
)
def test_the_purpose_is_a_code(codes: list[str], purpose: ConsentPurpose | None) -> None:
    value: Json = [{"system": f"{TERMS}/v3-ActReason", "code": code} for code in codes]
    assert consent(with_("signed", "provision", "purpose", value=value)).purpose is purpose


def test_the_primary_recipient_comes_first_and_others_are_participants() -> None:
    def actor(role: str, organisation: str) -> Tree:
        return {
            "role": concept(f"{TERMS}/v3-ParticipationType", role),
            "reference": {"reference": f"Organization/{organisation}"},
        }

    value: Json = [actor("IRCP", "clinic"), actor("PRCP", "peers"), actor("CST", "clinic")]
    found = consent(with_("signed", "provision", "actor", value=value))
    assert (found.recipient, found.participants) == ("Alongside Peer Support", ("Example Clinic",))


def test_what_a_broad_consent_says_is_read_from_the_extension() -> None:
    value: Json = [
        {
            "url": PART_2_CONSENT,
            "extension": [
                {"url": "expiryEvent", "valueCode": "end_of_treatment"},
                {"url": "redisclosureStatement", "valueBoolean": True},
                {"url": "refusalStatement", "valueBoolean": True},
            ],
        }
    ]
    found = consent(with_("signed", "extension", value=value))
    assert found.expiry_event is ConsentExpiryEvent.END_OF_TREATMENT
    assert found.redisclosure_statement
    assert found.refusal_statement


def test_an_attested_care_team_is_the_treatment_link() -> None:
    assert link(lambda _: None) is not None
    found = link(with_("treating", "telecom", value=[{"system": "email", "value": "a@b.example"}]))
    assert found is not None
    assert (found.provider, found.contact) == ("Example Clinic", "+19185550100")
    assert found.verified_on == TODAY


@pytest.mark.parametrize(
    "change",
    [
        without("treating", "extension"),
        with_("treating", "status", value="inactive"),
        with_("treating", "extension", 0, "valueDate", value="2026"),
        with_("asked", "supportingInfo", value=[{"reference": "Consent/signed"}]),
    ],
)
def test_a_care_team_that_nobody_vouches_for_is_no_link(change: Change) -> None:
    assert link(change) is None
    assert issues(change) == ["treatment_link_missing"]


def test_the_first_participant_who_came_along_is_the_provider() -> None:
    def change(resources: dict[str, Tree]) -> None:
        team = resources["treating"]
        team.pop("managingOrganization")
        team["telecom"] = [{"system": "phone", "value": "918-555-0111"}]
        team["participant"] = [
            {"member": {"reference": "Practitioner/gone", "display": "Dr. Gone"}},
            {"member": {"reference": "Practitioner/doctor"}, "period": {"end": "2020"}},
            {"member": {"reference": "Organization/clinic"}},
        ]

    found = link(change)
    assert found is not None
    assert (found.provider, found.contact) == ("Example Clinic", "+19185550111")


def test_an_attested_team_without_anybody_named_is_no_whole_link() -> None:
    found = link(without("treating", "managingOrganization"))
    assert found is not None
    assert (found.provider, found.contact) == (None, None)
    assert issues(without("treating", "managingOrganization")) == ["treatment_link_missing"]


def test_the_consent_is_found_behind_other_information() -> None:
    behind: Json = [{"reference": "CareTeam/treating"}, {"reference": "Consent/signed"}]
    assert consent(with_("asked", "supportingInfo", value=behind)).is_tied


def test_another_persons_loose_consent_is_none() -> None:
    def change(resources: dict[str, Tree]) -> None:
        resources["asked"].pop("supportingInfo")
        resources["signed"]["patient"] = {"reference": "Patient/x"}

    assert read_bundle(changed(change), FHIR_JSON, today=TODAY).draft.consent is None


def test_an_order_that_is_complete_has_no_issue() -> None:
    assert issues(with_("asked", "priority", value=order()["priority"])) == []
