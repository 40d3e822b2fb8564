"""One code in two spellings, at a place in two formats."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.problems import PLACES, Code, Problem, expression, in_order, problem

problems = st.builds(
    Problem, st.sampled_from(Code), st.sampled_from(["a", "b"]), st.sampled_from(["x", "y"])
)


@pytest.mark.parametrize("code", Code)
def test_a_code_is_snake_case_for_us_and_kebab_case_for_fhir(code: Code) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code.value)
    assert code.kebab == code.value.replace("_", "-")


def test_the_codes_of_the_published_example_are_spelt_as_fhir_spells_them() -> None:
    assert {
        *("request-not-active", "requester-missing", "authored-on-missing", "consent-missing"),
        *("reason-unresolved", "phone-unusable", "zone-unknown", "treatment-link-missing"),
    } <= {code.kebab for code in Code}


@pytest.mark.parametrize("code", PLACES)
def test_a_place_is_a_field_of_ours_and_an_element_of_fhir(code: Code) -> None:
    found = problem(code, "…")
    assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", found.field)
    assert re.fullmatch(r"[A-Z][A-Za-z]+(\.[A-Za-z]+)*", expression(found))


def test_a_place_that_reading_named_stays() -> None:
    found = Problem(Code.INVALID_VALUE, "Patient.birthDate", "…")
    assert expression(found) == "Patient.birthDate"


@given(st.lists(problems), st.data())
def test_problems_come_once_and_in_one_order(found: list[Problem], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(found))
    ordered = in_order(found)
    assert in_order(shuffled) == ordered
    assert set(ordered) == set(found)
    assert len(ordered) == len(set(found))


def test_only_consent_codes_are_about_consent() -> None:
    assert Code.CONSENT_MISSING.is_about_consent
    assert not Code.PHONE_UNUSABLE.is_about_consent
