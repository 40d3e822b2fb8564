"""`Consent` → the elements of 42 CFR §2.31(a), each from one place; see `systems` for ours.

Person: `patient`. Discloser: `organization`. Information: `provision.code`. Recipient: the
`provision.actor` with role PRCP, or the only one with IRCP; further IRCP are participants.
Purpose: `provision.purpose`. Expiry: `provision.period.end`. Signer: `performer`. Date:
`dateTime`. An attachment is never read: a document alone authorises nothing.
"""

from services.intake.fhir.bundle import Bundle, Resource
from services.intake.fhir.node import Node
from services.intake.fhir.requests import key_of, name_behind
from services.intake.fhir.systems import ACT_REASON, PART_2_CONSENT, PARTICIPATION
from services.intake.rules.codes import (
    ConsentExpiryEvent,
    ConsentPurpose,
    SignatureKind,
    SignerCapacity,
)
from services.intake.rules.draft import Consent

_BROAD = {"TREAT", "HPAYMT", "HOPERAT"}
_PURPOSES = {
    "COC": ConsentPurpose.CARE_COORDINATION,
    "CAREMGT": ConsentPurpose.CARE_COORDINATION,
    "TREAT": ConsentPurpose.TREATMENT,
}


def consent_of(request: Resource | None, person: Resource | None, bundle: Bundle) -> Consent | None:
    """The consent that the request points to; else one that came along and authorises nothing."""
    if request is not None:
        for reference in request.node.nodes("supportingInfo"):
            found = bundle.find(reference, within=request)
            if found is not None and found.kind == "Consent":
                return _consent(found, person, bundle, is_tied=True)
    for consent in bundle.of("Consent"):
        if bundle.find(consent.node.node("patient"), within=consent) is person:
            return _consent(consent, person, bundle, is_tied=False)
    return None


def _consent(
    consent: Resource, person: Resource | None, bundle: Bundle, *, is_tied: bool
) -> Consent:
    node = consent.node
    provision = node.node("provision")
    ours = node.extension(PART_2_CONSENT)
    recipients = _actors(provision, consent, bundle)
    patient = bundle.find(node.node("patient"), within=consent)
    return Consent(
        is_tied=is_tied,
        is_active=node.text("status") == "active" and _is_plain(provision),
        is_of_somebody_else=patient is not None and patient is not person,
        names_person=patient is not None and patient is person,
        discloser=next(
            (
                name
                for organisation in node.nodes("organization")
                if (name := name_behind(organisation, consent, bundle))
            ),
            None,
        ),
        information=_information(provision),
        recipient=recipients[0] if recipients else None,
        purpose=_purpose(provision),
        how_to_revoke=ours.extension("rightToRevoke").text("valueString"),
        expires_on=provision.node("period").day("end"),
        expiry_event=_expiry_event(ours),
        signature=_signature(ours),
        signer=_signer(consent, person, bundle),
        signed_on=node.day("dateTime"),
        redisclosure_statement=ours.extension("redisclosureStatement").flag("valueBoolean") is True,
        refusal_statement=ours.extension("refusalStatement").flag("valueBoolean") is True,
        participants=tuple(recipients[1:]),
    )


def _is_plain(provision: Node) -> bool:
    """Whether a provision permits without exceptions; what denies a part is for a human to read."""
    return provision.text("type") != "deny" and not provision.nodes("provision")


def _actors(provision: Node, consent: Resource, bundle: Bundle) -> list[str]:
    """Who receives, the primary recipient first. One that did not come along has no name."""
    found: list[tuple[bool, str]] = []
    for actor in provision.nodes("actor"):
        roles = set(actor.node("role").codes(PARTICIPATION))
        reference = actor.node("reference")
        name = name_behind(reference, consent, bundle) or key_of(reference.node("identifier"))
        if name and roles & {"PRCP", "IRCP"}:
            found.append(("PRCP" not in roles, name))
    return [name for _, name in sorted(found)]


def _information(provision: Node) -> str | None:
    """What is disclosed, in the words of the form."""
    words = [
        code.text("text") or next((d for c in code.nodes("coding") if (d := c.text("display"))), "")
        for code in provision.nodes("code")
    ]
    return "; ".join(word for word in words if word)[:500] or None


def _purpose(provision: Node) -> ConsentPurpose | None:
    codes = {
        code
        for coding in provision.nodes("purpose")
        if coding.text("system") == ACT_REASON and (code := coding.text("code"))
    }
    if codes >= _BROAD:
        return ConsentPurpose.TREATMENT_PAYMENT_OPERATIONS
    return next((purpose for code, purpose in _PURPOSES.items() if code in codes), None)


def _expiry_event(ours: Node) -> ConsentExpiryEvent | None:
    code = ours.extension("expiryEvent").text("valueCode")
    return ConsentExpiryEvent(code) if code in set(ConsentExpiryEvent) else None


def _signature(ours: Node) -> SignatureKind | None:
    code = ours.extension("signature").text("valueCode")
    return SignatureKind(code) if code in set(SignatureKind) else None


def _signer(consent: Resource, person: Resource | None, bundle: Bundle) -> SignerCapacity | None:
    for performer in consent.node.nodes("performer"):
        found = bundle.find(performer, within=consent)
        if found is not None and found is person:
            return SignerCapacity.PERSON
        if found is not None and found.kind == "RelatedPerson":
            return SignerCapacity.LEGAL_REPRESENTATIVE
    return None
