"""How many parts a text takes on the air (3GPP TS 23.038: GSM 7-bit, else UCS-2)."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")


def parts(body: str) -> int:
    """Wiring that `body` is split into; an empty text still takes one."""
    characters = set(body)
    if characters <= _BASIC:
        return _split(len(body), whole=160, each=153)
    if characters <= _BASIC | _EXTENDED:
        septets = len(body) + sum(body.count(character) for character in _EXTENDED)
        return _split(septets, whole=160, each=153)
    return _split(len(body.encode("utf-16-be")) // 2, whole=70, each=67)


def _split(units: int, *, whole: int, each: int) -> int:
    return 1 if units <= whole else -(-units // each)
