"""Where support is offered: counties, their zones and ZIP codes, and finding a person's own.

State and ZIP must agree before anything is concluded from them; where they do not, nobody
guesses. The table is data of the deployment and an argument here.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from services.intake.rules.draft import Address
from services.intake.rules.problems import Code
from services.intake.rules.us_states import state_code, zip_fits

_ZIP = re.compile(r"(\d{5})(?:-?\d{4})?", re.ASCII)
_COUNTY_WORDS = re.compile(r"\s+(county|parish|borough)$")


class AreaTableError(ValueError):
    """The table of served counties cannot be used; names the county and the rule."""


@dataclass(frozen=True, slots=True)
class County:
    """A served county. `fips` has five digits, `zone` is its IANA zone."""

    state: str
    name: str
    fips: str
    zone: str
    postal_codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Located:
    """What an address tells: a served county with its zone, or the code of what is wrong."""

    county: County | None = None
    gap: Code | None = None


def parse(text: str) -> tuple[County, ...]:
    """Read the table of served counties from TOML, `[[county]]` by `[[county]]`.

    Raises:
        AreaTableError: a county is incomplete or names no known state or zone, or a FIPS
            code or a ZIP code occurs twice.
    """
    try:
        rows = tomllib.loads(text).get("county", [])
    except tomllib.TOMLDecodeError as error:
        raise AreaTableError("the table of served counties is not TOML") from error
    counties = tuple(_county(row) for row in rows)
    for values in (
        [county.fips for county in counties],
        [code for county in counties for code in county.postal_codes],
    ):
        if len(set(values)) < len(values):
            raise AreaTableError("a FIPS code or a ZIP code stands in two served counties")
    return counties


def _county(row: Mapping[str, object]) -> County:
    name = str(row.get("name", "?"))
    state = state_code(str(row.get("state", "")))
    fips, zone, codes = row.get("fips"), row.get("zone"), row.get("zips")
    if state is None or not isinstance(fips, str) or not re.fullmatch(r"\d{5}", fips):
        raise AreaTableError(f"served county {name} needs a state and a FIPS code of 5 digits")
    if not isinstance(zone, str) or not is_zone(zone):
        raise AreaTableError(f"served county {name} needs an IANA zone")
    if not isinstance(codes, list) or not all(_ZIP.fullmatch(str(code)) for code in codes):
        raise AreaTableError(f"served county {name} needs a list of ZIP codes of 5 digits")
    return County(state, name, fips, zone, frozenset(str(code) for code in codes))


def is_zone(name: str) -> bool:
    """Whether this is an IANA zone such as `America/Chicago`; a bare `CST` is not one."""
    if "/" not in name or name.startswith(("/", ".")):
        return False
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def locate(address: Address, counties: Iterable[County]) -> Located:
    """Find the county of an address.

    `zone_unknown`: state and ZIP contradict each other, or too little is stated to tell a
    county and with it a zone. `area_not_served`: the place is clear and nobody works there.
    """
    state = state_code(address.state)
    found = _ZIP.fullmatch((address.postal_code or "").strip())
    postal_code = found.group(1) if found else None
    if state is None or (postal_code is not None and not zip_fits(state, postal_code)):
        return Located(gap=Code.ZONE_UNKNOWN)
    served = [county for county in counties if county.state == state]
    if address.county is not None:
        return _by_name(address.county, postal_code, served)
    if postal_code is None:
        return Located(gap=Code.ZONE_UNKNOWN)
    return _by_postal_code(postal_code, served)


def _by_postal_code(postal_code: str, served: Iterable[County]) -> Located:
    for county in served:
        if postal_code in county.postal_codes:
            return Located(county)
    return Located(gap=Code.AREA_NOT_SERVED)


def _by_name(name: str, postal_code: str | None, served: Iterable[County]) -> Located:
    """The stated county wins; a ZIP code of another served county contradicts it."""
    named = next((county for county in served if _plain(county.name) == _plain(name)), None)
    if named is None:
        return Located(gap=Code.AREA_NOT_SERVED)
    others = [c for c in served if c is not named and postal_code in c.postal_codes]
    return Located(gap=Code.ZONE_UNKNOWN) if others else Located(named)


def _plain(name: str) -> str:
    return _COUNTY_WORDS.sub("", " ".join(name.casefold().split()))
