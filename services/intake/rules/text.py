"""Text that people wrote, made safe to show on one line."""

import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""Control characters, line ends, and marks that turn the direction of what follows."""


def one_line(written: str | None) -> str | None:
    """The text on one line with single spaces; None if nothing can be seen. Case stays."""
    text = written or ""
    if not text.isprintable():
        text = _CONTROL.sub(" ", text)
    return " ".join(text.split()) or None


def staff_name(written: str | None) -> str | None:
    """The name of somebody of the clinic, who answers for something; None without a letter."""
    name = one_line(written)
    return name if name is not None and any(map(str.isalpha, name)) else None
