"""Finding a planted string in bytes: as it is, in any case, and written as base64 or hex."""

import base64
from collections.abc import Iterable, Iterator, Mapping

Places = Mapping[str, Iterable[bytes]]
"""The name of a place → everything that lies there."""


def found(planted: Mapping[str, str], places: Places) -> list[str]:
    """Whose string lies where; empty when nothing went astray."""
    return sorted(
        {
            f"{whose} in {place}"
            for place, pieces in places.items()
            for piece in pieces
            for whose, text in planted.items()
            if holds(piece, text)
        }
    )


def holds(piece: bytes, text: str) -> bool:
    """Whether the text stands in the piece, in whatever form."""
    lowered = piece.lower()
    return any(form in lowered for form in _plain_forms(text)) or any(
        form in piece for form in _base64_forms(text.encode())
    )


def _plain_forms(text: str) -> Iterator[bytes]:
    raw = text.lower().encode()
    yield raw
    yield text.lower().encode("utf-16-le")
    yield text.encode().hex().encode()


def _base64_forms(raw: bytes) -> Iterator[bytes]:
    """Where the text stands in what was encoded shifts its letters: three forms."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + raw)
        yield encoded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
