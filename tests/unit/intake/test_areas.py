"""Where a person lives is told by state and ZIP together, or it is asked."""

from collections import Counter
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.areas import AreaTableError, is_zone, locate, parse
from services.intake.rules.draft import Address
from services.intake.rules.problems import Code
from services.intake.rules.us_states import STATES, ZIP_PREFIXES, state_code, zip_fits
from tests.unit.intake.drawn import CREEK, NORFOLK, TULSA

SERVED = (CREEK, TULSA, NORFOLK)
TABLE = resources.files("shared") / "served_counties.toml"


@pytest.mark.parametrize(
    ("address", "county"),
    [
        (Address("OK", None, "74047"), CREEK),
        (Address("Oklahoma", None, "74104-1234"), TULSA),
        (Address(" massachusetts ", None, " 02062 "), NORFOLK),
        (Address("Ok.", "Creek County", None), CREEK),
        (Address("OK", "tulsa", "74104"), TULSA),
        (Address("OK", "Creek", "73102"), CREEK),
    ],
)
def test_state_and_zip_or_county_tell_the_county(address: Address, county: object) -> None:
    found = locate(address, SERVED)
    assert (found.county, found.gap) == (county, None)


@pytest.mark.parametrize(
    "address",
    [
        Address("FL", None, "74048"),
        Address("OK", None, "02062"),
        Address(None, None, "74047"),
        Address("Oklahomer", None, "74047"),
        Address("OK"),
        Address("OK", None, "7404"),
        Address("OK", "Creek", "74104"),
        Address(),
    ],
)
def test_a_contradiction_or_a_gap_is_asked_about(address: Address) -> None:
    assert locate(address, SERVED).gap is Code.ZONE_UNKNOWN


@pytest.mark.parametrize(
    "address",
    [Address("OK", None, "73102"), Address("AK", None, "99501"), Address("OK", "Osage", None)],
)
def test_a_clear_place_where_nobody_works_is_not_served(address: Address) -> None:
    assert locate(address, SERVED).gap is Code.AREA_NOT_SERVED


@given(st.sampled_from(sorted(STATES)), st.integers(0, 99999))
def test_a_place_is_found_or_the_gap_has_a_code(state: str, number: int) -> None:
    found = locate(Address(state, None, f"{number:05d}"), SERVED)
    assert (found.county is None) == (found.gap is not None)
    assert found.gap in (None, Code.ZONE_UNKNOWN, Code.AREA_NOT_SERVED)


@pytest.mark.parametrize("code", STATES)
def test_a_state_is_understood_short_and_in_full(code: str) -> None:
    assert state_code(code.lower()) == code
    assert state_code(f"  {STATES[code].upper()} ") == code
    assert code in ZIP_PREFIXES


def test_what_is_no_state_is_none() -> None:
    assert state_code("Bavaria") is state_code("") is state_code(None) is None


def test_few_zip_prefixes_serve_two_states() -> None:
    served = Counter(
        prefix
        for ranges in ZIP_PREFIXES.values()
        for low, high in ranges
        for prefix in range(low, high + 1)
    )
    assert {prefix for prefix, states in served.items() if states > 1} == {
        *(55, 63, 201, 755, 967, 969)
    }


@pytest.mark.parametrize(
    ("state", "zip_code"),
    [("OK", "74047"), ("MA", "01013"), ("AZ", "85001"), ("TX", "73301"), ("NY", "06390")],
)
def test_known_zip_codes_lie_in_their_states(state: str, zip_code: str) -> None:
    assert zip_fits(state, zip_code)


def test_the_table_of_the_service_holds_five_counties_in_their_zones() -> None:
    served = {county.fips: county for county in parse(TABLE.read_text())}
    assert {fips: (c.state, c.name, c.zone) for fips, c in served.items()} == {
        "40037": ("OK", "Creek", "America/Chicago"),
        "40143": ("OK", "Tulsa", "America/Chicago"),
        "25021": ("MA", "Norfolk", "America/New_York"),
        "25013": ("MA", "Hampden", "America/New_York"),
        "04013": ("AZ", "Maricopa", "America/Phoenix"),
    }
    for county in served.values():
        assert ZoneInfo(county.zone)
        assert all(zip_fits(county.state, code) for code in county.postal_codes)


GOOD = """
[[county]]
state = "OK"
name = "Creek"
fips = "40037"
zone = "America/Chicago"
zips = ["74047"]
"""


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        ("county = [", "not TOML"),
        (GOOD.replace('"OK"', '"Bavaria"'), "Creek needs a state"),
        (GOOD.replace('"40037"', "40037"), "FIPS code of 5 digits"),
        (GOOD.replace('"40037"', '"4003"'), "FIPS code of 5 digits"),
        (GOOD.replace("America/Chicago", "CST"), "IANA zone"),
        (GOOD.replace('zone = "America/Chicago"', ""), "IANA zone"),
        (GOOD.replace('["74047"]', '["7404"]'), "list of ZIP codes"),
        (GOOD.replace('["74047"]', '"74047"'), "list of ZIP codes"),
        (GOOD + GOOD, "stands in two"),
        (GOOD + GOOD.replace("40037", "40143").replace("Creek", "Tulsa"), "stands in two"),
    ],
)
def test_a_table_that_breaks_a_rule_is_refused_by_its_rule(table: str, rule: str) -> None:
    assert parse(GOOD)[0].name == "Creek"
    with pytest.raises(AreaTableError, match=rule):
        parse(table)


@pytest.mark.parametrize("name", ["CST", "/etc/passwd", "../../etc/passwd", "", "A/B", "a/\0"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    assert not is_zone(name)
    assert is_zone("America/Indiana/Knox")
