"""Phone numbers: E.164 or nothing. A number is never guessed, because a text may reach anybody."""

import phonenumbers

REGIONS = frozenset({"US", "PR", "VI", "GU", "AS", "MP"})
"""Where texts may be sent: the United States and its territories."""


def normalise(written: str | None, *, regions: frozenset[str] = REGIONS) -> str | None:
    """E.164 of a number as people write it, or nothing if no such number can exist.

    Spaces, dashes and brackets do not matter. Area code 555, too few digits and numbers of
    other countries give nothing.
    """
    if not written or len(written) > 40:
        return None
    try:
        number = phonenumbers.parse(written, "US")
    except phonenumbers.NumberParseException:
        return None
    region = phonenumbers.region_code_for_number(number)
    if number.extension or region not in regions:
        return None
    if not phonenumbers.is_valid_number_for_region(number, region):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
