"""JSON as it comes from outside, read into plain values with limits on size, depth and text."""

import json
import math
from collections.abc import Iterable, Iterator

from services.intake.rules.problems import Code, Problem
from services.intake.rules.reading import UnreadableError

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

DEPTH = 64
"""Nesting that no honest submission reaches; deeper input is refused unread."""


def unreadable(code: Code, message: str) -> UnreadableError:
    """The error for input of which nothing can be used."""
    return UnreadableError(Problem(code, "", message))


def parse(raw: bytes, *, most_bytes: int) -> Json:
    """Read one JSON document in UTF-8.

    Raises:
        UnreadableError: too large, too deep, not JSON, not finite numbers, or text that holds
            NUL or half a character, which no database keeps.
    """
    check_size(raw, most_bytes=most_bytes)
    try:
        tree: Json = json.loads(
            raw.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=_finite
        )
    except RecursionError:
        raise too_deep() from None
    except ValueError:
        # The parser's own message would quote what was sent.
        raise unreadable(
            Code.UNREADABLE, "This is not JSON in UTF-8. Check the document with a JSON parser."
        ) from None
    check(tree)
    return tree


def check_size(raw: bytes, *, most_bytes: int) -> None:
    """Refuse a body that is larger than its channel takes."""
    if len(raw) > most_bytes:
        raise unreadable(
            Code.TOO_LARGE,
            f"The document is larger than {most_bytes // 1024} KiB. Send one person at a time, "
            "without attachments.",
        )


def check(tree: Json) -> None:
    """Refuse what is nested too deep or holds text that cannot be kept."""
    for value, depth in _walk(tree):
        if depth > DEPTH:
            raise too_deep()
        if isinstance(value, str) and not _is_keepable(value):
            raise unreadable(
                Code.UNREADABLE,
                "The document holds a NUL or half a character. Write plain UTF-8 text.",
            )


def too_deep() -> UnreadableError:
    return unreadable(Code.TOO_DEEP, f"The document is nested deeper than {DEPTH} levels.")


Place = tuple[int | str, ...]
"""Where a value stands in a tree: names of objects and indices of lists, from the root."""


def last_first(places: Iterable[Place]) -> list[Place]:
    """Later list entries first, so that taking one out leaves the places of the others true."""
    return sorted(
        set(places), key=lambda place: [str(step).zfill(9) for step in place], reverse=True
    )


def take(tree: Json, place: Place) -> bool:
    """Take one value out of a tree. False when there is nothing at that place.

    The empty place is the tree itself: it loses all that it holds.
    """
    if not place and isinstance(tree, dict | list):
        tree.clear()
        return True
    for step in place[:-1]:
        if isinstance(tree, dict):
            tree = tree.get(str(step))
        elif isinstance(tree, list) and isinstance(step, int) and step < len(tree):
            tree = tree[step]
        else:
            return False
    last = place[-1] if place else None
    if isinstance(tree, dict) and isinstance(last, str) and last in tree:
        del tree[last]
        return True
    if isinstance(tree, list) and isinstance(last, int) and last < len(tree):
        del tree[last]
        return True
    return False


def _walk(tree: Json) -> Iterator[tuple[Json, int]]:
    waiting: list[tuple[Json, int]] = [(tree, 0)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        if isinstance(value, dict):
            waiting.extend((key, depth) for key in value)
            waiting.extend((child, depth + 1) for child in value.values())
        elif isinstance(value, list):
            waiting.extend((child, depth + 1) for child in value)


def _is_keepable(text: str) -> bool:
    return (text.isascii() and "\0" not in text) or not any(map(_is_bad, text))


def _is_bad(character: str) -> bool:
    return character == "\0" or "\ud800" <= character <= "\udfff"


def _no_constant(_name: str) -> Json:
    raise ValueError("not a JSON number")


def _finite(written: str) -> float:
    number = float(written)
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number
