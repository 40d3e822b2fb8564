"""What somebody of the staff may write: `OK` and two digits, and START."""

import re

_OK = re.compile(r"\W*ok(?:ay)?\W*([1-9][0-9])\W*", re.IGNORECASE | re.ASCII)
_INCOMPLETE = re.compile(r"\W*(?:ok(?:ay)?\W*)?\d{0,4}\W*", re.IGNORECASE | re.ASCII)
_START = re.compile(r"\W*(?:start|unstop)\W*", re.IGNORECASE | re.ASCII)


def code_in(body: str) -> int | None:
    """The digits of `OK 41`; None for any other text, also one that says more."""
    found = _OK.fullmatch(body)
    return int(found[1]) if found else None


def lacks_code(body: str) -> bool:
    """Whether they answer a call and do not name it as its text asks: "OK", "41", "ok 4"."""
    said = any(map(str.isalnum, body))
    return said and code_in(body) is None and _INCOMPLETE.fullmatch(body) is not None


def says_start(body: str) -> bool:
    """Whether they want texts again."""
    return _START.fullmatch(body) is not None
