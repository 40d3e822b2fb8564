"""A consent counts only with every element of 42 CFR 2.31(a), for the organisation it names."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.codes import ConsentExpiryEvent, ConsentPurpose, LegalRole
from services.intake.rules.consent import ELEMENTS, PeerOrganisation, check, expires_on
from services.intake.rules.draft import Consent
from services.intake.rules.problems import Code
from tests.unit.intake.drawn import CONSENT, ORGANISATION, TODAY

ELEMENT_OF = {
    "names_person": Code.CONSENT_PERSON_MISSING,
    "discloser": Code.CONSENT_DISCLOSER_MISSING,
    "information": Code.CONSENT_INFORMATION_MISSING,
    "recipient": Code.CONSENT_RECIPIENT_MISSING,
    "purpose": Code.CONSENT_PURPOSE_MISSING,
    "how_to_revoke": Code.CONSENT_REVOCATION_MISSING,
    "expires_on": Code.CONSENT_EXPIRY_MISSING,
    "signature": Code.CONSENT_SIGNATURE_MISSING,
    "signer": Code.CONSENT_SIGNER_MISSING,
    "signed_on": Code.CONSENT_DATE_MISSING,
}
BROAD = replace(
    CONSENT,
    purpose=ConsentPurpose.TREATMENT_PAYMENT_OPERATIONS,
    redisclosure_statement=True,
    refusal_statement=True,
)
EMPTY = Consent()


def found(consent: Consent | None, role: LegalRole = LegalRole.PART2_PROGRAM) -> list[Code]:
    return [p.code for p in check(consent, today=TODAY, recipient=ORGANISATION, role=role)]


def without(*names: str) -> Consent:
    """The complete consent as if these elements were not stated."""
    kept = {f.name: getattr(CONSENT, f.name) for f in fields(CONSENT) if f.name not in names}
    return Consent(**kept)


def test_a_complete_consent_has_no_problem() -> None:
    assert found(CONSENT) == []


def test_no_consent_is_one_problem() -> None:
    assert found(None) == [Code.CONSENT_MISSING]


@pytest.mark.parametrize(("element", "code"), ELEMENT_OF.items())
def test_each_element_that_is_not_stated_has_a_code_of_its_own(element: str, code: Code) -> None:
    assert found(without(element)) == [code]


@given(st.sets(st.sampled_from(sorted(ELEMENT_OF))))
def test_every_missing_element_is_named_at_once(names: set[str]) -> None:
    assert set(found(without(*names))) == {ELEMENT_OF[name] for name in names}


def test_every_element_has_a_name_and_a_way_out() -> None:
    assert set(ELEMENTS) == set(ELEMENT_OF.values())


def test_a_consent_that_the_request_does_not_point_to_is_one_problem_that_lists_what_it_lacks() -> (
    None
):
    [problem] = check(
        replace(without("recipient", "signature"), is_tied=False),
        today=TODAY,
        recipient=ORGANISATION,
        role=LegalRole.PART2_PROGRAM,
    )
    assert problem.code is Code.CONSENT_MISSING
    assert "does not state the recipient, the signature." in problem.message


def test_a_complete_consent_that_the_request_does_not_point_to_authorises_nothing() -> None:
    assert found(replace(CONSENT, is_tied=False)) == [Code.CONSENT_MISSING]


def test_a_consent_that_is_not_in_force_is_refused() -> None:
    assert found(replace(CONSENT, is_active=False)) == [Code.CONSENT_NOT_ACTIVE]


@pytest.mark.parametrize("name", ["alongside  peer support", "APS", "urn:oid:1.2|77"])
def test_the_organisation_is_known_by_any_of_its_names(name: str) -> None:
    assert found(replace(CONSENT, recipient=name)) == []


@pytest.mark.parametrize(
    "name", ["my treating providers", "Alongside", "Alongside Peer Support of Ohio"]
)
def test_a_class_of_recipients_or_another_one_is_not_enough(name: str) -> None:
    assert found(replace(CONSENT, recipient=name)) == [Code.CONSENT_RECIPIENT_NOT_NAMED]


def test_a_consent_holds_through_its_last_day() -> None:
    assert found(replace(CONSENT, expires_on=TODAY)) == []
    assert found(replace(CONSENT, expires_on=TODAY - timedelta(days=1))) == [Code.CONSENT_EXPIRED]


def test_a_signature_of_tomorrow_is_refused() -> None:
    assert found(replace(CONSENT, signed_on=TODAY + timedelta(days=1))) == [
        Code.CONSENT_DATE_IN_FUTURE
    ]


def test_an_intermediary_needs_its_participants() -> None:
    assert found(CONSENT, LegalRole.INTERMEDIARY) == [Code.CONSENT_PARTICIPANTS_MISSING]
    named = replace(CONSENT, participants=("Example Recovery Centre",))
    assert found(named, LegalRole.INTERMEDIARY) == []


@pytest.mark.parametrize("statement", ["redisclosure_statement", "refusal_statement"])
def test_a_broad_purpose_needs_both_statements(statement: str) -> None:
    assert found(BROAD) == []
    kept = {f.name: getattr(BROAD, f.name) for f in fields(BROAD) if f.name != statement}
    assert found(Consent(**kept)) == [Code.CONSENT_STATEMENT_MISSING]


def test_only_a_broad_purpose_may_end_without_a_date() -> None:
    endless = ConsentExpiryEvent.END_OF_TREATMENT
    assert found(replace(BROAD, expires_on=None, expiry_event=endless)) == []
    assert found(replace(CONSENT, expires_on=None, expiry_event=endless)) == [
        Code.CONSENT_EXPIRY_NOT_ALLOWED
    ]


def test_a_date_wins_over_an_event_as_the_end() -> None:
    assert found(replace(CONSENT, expiry_event=ConsentExpiryEvent.NONE)) == []
    assert expires_on(replace(CONSENT, expiry_event=ConsentExpiryEvent.NONE)) == CONSENT.expires_on


def test_an_end_without_a_date_is_relied_on_for_a_year_after_the_signature() -> None:
    endless = replace(BROAD, expires_on=None, expiry_event=ConsentExpiryEvent.NONE)
    assert expires_on(endless) == TODAY + timedelta(days=365)
    old = replace(endless, signed_on=TODAY - timedelta(days=366))
    assert found(old) == [Code.CONSENT_EXPIRED]


def test_nothing_stated_is_no_end() -> None:
    assert expires_on(EMPTY) is None
    assert expires_on(replace(EMPTY, expiry_event=ConsentExpiryEvent.NONE)) is None


@given(st.text(max_size=30))
def test_no_sentence_repeats_what_was_sent(recipient: str) -> None:
    marked = f"canary {recipient} canary"
    consent = replace(without("purpose"), recipient=marked)
    for problem in check(
        consent,
        today=TODAY,
        recipient=PeerOrganisation("aps", frozenset()),
        role=LegalRole.PART2_PROGRAM,
    ):
        assert "canary" not in problem.message
