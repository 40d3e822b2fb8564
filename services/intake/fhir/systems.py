"""The code systems, extensions and codes that intake reads, each under one name.

What R4 has no element for is stated by extensions and code systems of our own, under `OURS`:

- on `Consent`, `part2-consent` with `rightToRevoke` (string: how), `signature` (code: paper or
  electronic), and for broad purposes `expiryEvent` (code), `redisclosureStatement` and
  `refusalStatement` (boolean);
- on `CareTeam`, `treatment-link-verified-on` (date): the clinic's word that the link stands;
- on `Patient`, `contact-profile` with `text`, `voicemail` and `sharedPhone` (boolean) and any
  number of `hours` (string such as `Mon 09:00-12:00`, local time);
- in `ServiceRequest.orderDetail`, codes of the systems named in `ORDER_DETAIL`.
"""

OURS = "https://alongside.example/fhir"
PART_2_CONSENT = f"{OURS}/StructureDefinition/part2-consent"
LINK_VERIFIED_ON = f"{OURS}/StructureDefinition/treatment-link-verified-on"
CONTACT_PROFILE = f"{OURS}/StructureDefinition/contact-profile"
WITHDRAWAL_RISK = f"{OURS}/StructureDefinition/withdrawal-risk"
KIND_OF_SUPPORT = f"{OURS}/CodeSystem/kind-of-support"
MODALITY = f"{OURS}/CodeSystem/modality"
MUST = f"{OURS}/CodeSystem/must"
PREFER = f"{OURS}/CodeSystem/prefer"
PATHWAY = f"{OURS}/CodeSystem/fit-pathway"
AGE_BAND = f"{OURS}/CodeSystem/fit-age-band"
SPIRITUALITY = f"{OURS}/CodeSystem/fit-spirituality"
FAMILY = f"{OURS}/CodeSystem/fit-family"

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
SDOHCC = "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"

PRONOUNS = "http://hl7.org/fhir/StructureDefinition/individual-pronouns"
TIME_ZONE = "http://hl7.org/fhir/StructureDefinition/timezone"
VETERAN = (
    "http://hl7.org/fhir/us/military-service/StructureDefinition/military-service-veteran-status"
)

PEER_SUPPORT = frozenset({"461481000124109", "3457005"})
"""SNOMED CT: referral to peer support; patient referral, where a clinic has nothing finer."""

CONTACT_PROHIBITED = "contacting-subject-prohibited"

OVERDOSE = frozenset({"55680006"})
DETOX = frozenset({"56876005", "228366006"})
SUBSTANCE = frozenset({"7200002", "5602001", "75544000"})
"""SNOMED CT codes for alcohol and opioids. `371422002`, a history, is no evidence of today."""

HOSPITAL_STAY = frozenset({"IMP", "ACUTE", "NONAC"})
"""Encounter classes of v3-ActCode whose end is a discharge."""
