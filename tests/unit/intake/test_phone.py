"""A number is E.164 or nothing."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.phone import REGIONS, normalise


@pytest.mark.parametrize(
    "written",
    ["918-555-0143", "(918) 555 0143", "+1 918.555.0143", "1-918-555-0143", " 9185550143 "],
)
def test_a_number_is_understood_as_people_write_it(written: str) -> None:
    assert normalise(written) == "+19185550143"


@pytest.mark.parametrize(
    "written",
    [
        *(None, "", "555-555-5555", "555-485-8209", "(555) appoint", "918-555", "0143"),
        *("639 442 6719", "+44 20 7946 0958", "918-555-0143 x12", "918-555-0143" * 5),
    ],
)
def test_what_cannot_be_reached_is_nothing(written: str | None) -> None:
    assert normalise(written) is None


def test_a_territory_counts_as_the_united_states() -> None:
    assert normalise("787-555-0101") == "+17875550101"


@given(st.text(max_size=60))
def test_any_text_gives_a_number_of_the_country_or_nothing(written: str) -> None:
    number = normalise(written)
    assert number is None or (number.startswith("+1") and len(number) == 12)


@given(st.text(max_size=60))
def test_a_normal_number_stays_as_it_is(written: str) -> None:
    number = normalise(written)
    assert normalise(number) == number


_GROUPED = r"(\+?1)?([ .()-]{0,2}[0-9]){10}[ .()-]?"


@given(st.from_regex(_GROUPED, fullmatch=True))
def test_ten_digits_are_read_as_the_parser_reads_them(written: str) -> None:
    number = phonenumbers.parse(written, "US")
    exists = phonenumbers.is_valid_number(number)
    here = exists and phonenumbers.region_code_for_number(number) in REGIONS
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert normalise(written) == (e164 if here else None)
