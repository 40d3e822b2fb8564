"""Phone numbers: E.164 or None. A number is never guessed, because a text may reach anybody."""

import re

import phonenumbers

REGIONS = frozenset({"US", "PR", "VI", "GU", "AS", "MP"})
"""Where texts may be sent: the United States and its territories."""


def normalise(written: str | None, *, regions: frozenset[str] = REGIONS) -> str | None:
    """E.164 of a number as people write it, or None if no such number can exist.

    Spaces, dashes and brackets do not matter. Area code 555, too few digits and numbers of
    other countries give None.
    """
    if not written or len(written) > 40:
        return None
    number = _number(written)
    if number is None:
        return None
    region = phonenumbers.region_code_for_number(number)
    if number.extension or region not in regions:
        return None
    if not phonenumbers.is_valid_number_for_region(number, region):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_TEN_DIGITS = re.compile(r"(?:\+?1)?([2-9][0-9]{9})")
_GROUPING = str.maketrans("", "", " -.()")


def _number(written: str) -> phonenumbers.PhoneNumber | None:
    """The number that is written. Ten digits, however grouped, need no parser, which is slow."""
    plain = _TEN_DIGITS.fullmatch(written.translate(_GROUPING))
    if plain:
        return phonenumbers.PhoneNumber(country_code=1, national_number=int(plain[1]))
    try:
        return phonenumbers.parse(written, "US")
    except phonenumbers.NumberParseException:
        return None
